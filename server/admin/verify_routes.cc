#include "server/admin/verify_routes.h"

#include <nlohmann/json.hpp>

#include "server/index_service.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

Json to_json(const VerifyStatus& status) {
  Json out = {{"running", status.running}, {"repair", status.repair}, {"generation", status.generation}};
  if (!status.error.empty()) out["error"] = status.error;
  if (status.report) out["report"] = Json::parse(status.report->json());
  return out;
}

Result<Json> start(IndexService& index, const JsonReader& body) {
  body.allow_only({"repair"});
  const bool repair = body.bool_or("repair", false);
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  AISLE_CHECK(index.verification().start(repair));
  return to_json(index.verification().status());
}

Result<Json> look(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  return to_json(index.verification().status());
}

Result<Json> dead_letters(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  Json list = Json::array();
  for (const DeadLetter& letter : index.dead_letters()) {
    list.push_back({{"id", letter.id}, {"error", letter.error}, {"lsn", format_lsn(letter.lsn)}});
  }
  return Json{{"dead_letters", std::move(list)}};
}

}  // namespace

Status add_verify_routes(HttpServer& server, const FindIndex& find) {
  const RouteOptions options{.time_max = std::chrono::seconds(60)};
  AISLE_CHECK(server.route("GET", "/admin/v1/indexes/{index}/verify", options, admin_handler(find, look)));
  AISLE_CHECK(
      server.route("POST", "/admin/v1/indexes/{index}/verify", options, admin_handler(find, start, 202)));
  return server.route("GET", "/admin/v1/indexes/{index}/dead_letters", options,
                      admin_handler(find, dead_letters));
}

}  // namespace aisle
