#include "server/admin/generation_routes.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "server/index_service.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

Json to_json(const GenerationStatus& status) {
  return {{"number", status.ref.number},
          {"role", status.role},
          {"shards", status.ref.shards},
          {"schema_hash", status.ref.schema_hash},
          {"analyzer_version", status.ref.analyzer_version},
          {"created", status.created},
          {"fed", status.fed},
          {"products", status.products},
          {"bytes", status.bytes},
          {"lsn", format_lsn(status.lsn)}};
}

// Folders of this process and, in a cluster, streams of JetStream.
Result<Json> collect(IndexService& index, bool only_tell) {
  AISLE_TRY(const auto folders, index.collect_garbage(only_tell));
  AISLE_TRY(const auto streams, index.collect_streams(only_tell));
  Json list = Json::array();
  for (const GarbageFolder& one : folders) {
    list.push_back({{"folder", one.path.filename().string()}, {"bytes", one.bytes}});
  }
  for (const GarbageStream& one : streams) list.push_back({{"stream", one.name}, {"bytes", one.bytes}});
  return list;
}

Json to_json(const ReindexPlan& plan) {
  return {{"from", plan.from},
          {"to", plan.to},
          {"shards", plan.shards},
          {"products", plan.products},
          {"changes", plan.changes},
          {"bytes_now", plan.bytes_now},
          {"bytes_needed", plan.bytes_needed},
          {"bytes_free", plan.bytes_free}};
}

Json to_json(const ReindexStatus& status) {
  Json json = to_json(status.manifest);
  json["under_way"] = status.manifest.under_way();
  json["progress"] = {{"stage", status.stage},
                      {"products", status.products},
                      {"estimate", status.estimate},
                      {"per_second", status.per_second},
                      {"seconds_left", status.seconds_left},
                      {"waits_for", status.problem},
                      {"bytes", status.bytes}};
  return json;
}

Result<Json> list_generations(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  AISLE_TRY(const auto state, index.state().read());
  Json list = Json::array();
  for (const GenerationStatus& status : index.generations()) list.push_back(to_json(status));
  Json changes = Json::array();
  for (const StateChange& change : state->changes) {
    changes.push_back(
        {{"at", change.at}, {"who", change.who}, {"what", change.what}, {"comment", change.comment}});
  }
  AISLE_TRY(Json garbage, collect(index, true));
  return Json{{"index", index.name()},
              {"state_version", state->version},
              {"switched_at", state->switched_at},
              {"generations", std::move(list)},
              {"needs_reindex", index.status().needs_reindex},
              {"garbage", std::move(garbage)},
              {"changes", std::move(changes)}};
}

Result<Json> status_of_reindex(IndexService& index) {
  const auto status = index.reindexer().status();
  if (!status) return fail(ErrorCode::NotFound, "index \"" + index.name() + "\" has never been rebuilt");
  return to_json(*status);
}

Result<Json> reindex_status(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  return status_of_reindex(index);
}

Result<Json> start_reindex(IndexService& index, const JsonReader& body) {
  body.allow_only({"shards", "force", "dry_run", "who", "comment"});
  ReindexRequest request;
  request.shards =
      static_cast<std::uint32_t>(body.integer_or("shards", 0, 0, GenerationManifest::shards_max));
  request.force = body.bool_or("force", false);
  request.who = body.string_or("who", "");
  request.comment = body.string_or("comment", "");
  const bool dry_run = body.bool_or("dry_run", false);
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  if (dry_run) {
    AISLE_TRY(const ReindexPlan plan, index.reindexer().plan(request));
    return to_json(plan);
  }
  AISLE_TRY(const ReindexManifest manifest, index.reindexer().start(request));
  return to_json(manifest);
}

Result<Json> cancel_reindex(IndexService& index, const JsonReader& body) {
  body.allow_only({"who"});
  const std::string who = body.string_or("who", "");
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  AISLE_CHECK(index.reindexer().cancel(who));
  return status_of_reindex(index);
}

Result<Json> roll_back(IndexService& index, const JsonReader& body) {
  body.allow_only({"who", "comment"});
  const std::string who = body.string_or("who", "");
  const std::string comment = body.string_or("comment", "");
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  AISLE_TRY(const IndexState state, index.reindexer().rollback(who, comment));
  return Json{{"active", state.active.number},
              {"previous", state.previous->number},
              {"state_version", state.version}};
}

Result<Json> collect_garbage(IndexService& index, const JsonReader& body) {
  body.allow_only({"dry_run"});
  const bool dry_run = body.bool_or("dry_run", false);
  AISLE_CHECK(body.status());
  AISLE_TRY(Json garbage, collect(index, dry_run));
  return Json{{dry_run ? "found" : "deleted", std::move(garbage)}};
}

Result<Json> read_again(IndexService& index, const JsonReader& body) {
  body.allow_only({"ids"});
  const std::vector<std::string> ids = body.strings_or_empty("ids");
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  if (ids.empty()) return fail(ErrorCode::InvalidArgument, "/ids is empty, expected ids of products");
  AISLE_CHECK(index.source().repair(ids));
  return Json{{"queued", ids.size()}};
}

Result<Json> read_all_again(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  const auto active = index.active();
  if (!active->fed()) return fail(ErrorCode::FailedPrecondition, "the active generation takes no changes");
  AISLE_CHECK(index.source().resync(*active));
  return Json{{"generation", active->number()}};
}

Result<Json> confirm(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  AISLE_CHECK(index.require_lead());
  AISLE_CHECK(index.source().confirm());
  return Json::object();
}

}  // namespace

Status add_generation_routes(HttpServer& server, const FindIndex& find) {
  const RouteOptions slow{.time_max = std::chrono::seconds(60)};
  const auto to = [&](AdminAction action, int status = 200) {
    return admin_handler(find, std::move(action), status);
  };
  AISLE_CHECK(server.route("GET", "/admin/v1/indexes/{index}/generations", slow, to(list_generations)));
  AISLE_CHECK(server.route("GET", "/admin/v1/indexes/{index}/reindex", slow, to(reindex_status)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/reindex", slow, to(start_reindex, 202)));
  AISLE_CHECK(
      server.route("POST", "/admin/v1/indexes/{index}/reindex/cancel", slow, to(cancel_reindex, 202)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/rollback", slow, to(roll_back)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/gc", slow, to(collect_garbage)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/repair", slow, to(read_again, 202)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/resync", slow, to(read_all_again, 202)));
  return server.route("POST", "/admin/v1/indexes/{index}/confirm", slow, to(confirm));
}

}  // namespace aisle
