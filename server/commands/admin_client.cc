#include "server/commands/admin_client.h"

#include <fmt/format.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"
#include "server/commands/commands.h"
#include "server/http/url.h"
#include "server/service_config.h"

namespace aisle {
namespace {

constexpr const char* default_url = "http://127.0.0.1:8701";

Result<std::string> url_of(const AdminPlace& place) {
  if (!place.url.empty()) return place.url;
  if (place.config.empty()) return default_url;
  AISLE_TRY(const ServiceConfig config, ServiceConfig::load(place.config));
  if (config.admin.port == 0) {
    return fail(ErrorCode::InvalidArgument,
                place.config.string() +
                    " leaves the admin port open (/admin/port is 0): name the service with --admin");
  }
  return fmt::format("http://{}:{}", config.admin.address, config.admin.port);
}

Result<httplib::Client> connect(const std::string& url) {
  const auto no_address = [&] {
    return fail(ErrorCode::InvalidArgument, "\"" + url + "\" is no http:// address");
  };
  if (!url.starts_with("http://")) return no_address();  // the library would throw
  httplib::Client client(url);
  if (!client.is_valid()) return no_address();
  client.set_connection_timeout(std::chrono::seconds(5));
  client.set_read_timeout(AdminClient::answer_wait);
  return client;
}

// What the service answered, or its refusal as an error.
Result<nlohmann::json> read_answer(const std::string& url, const httplib::Result& answer) {
  if (!answer) return fail(ErrorCode::Unavailable, url + ": " + httplib::to_string(answer.error()));
  auto json = parse_json(answer->body, {.bytes_max = 64U << 20U});
  if (!json) {
    return fail(ErrorCode::Internal, fmt::format("{} answered {} without JSON", url, answer->status));
  }
  if (answer->status < 400) return json;
  if (!json->is_object() || !json->contains("error")) {
    return fail(ErrorCode::Internal, fmt::format("{} answered {}", url, answer->status));
  }
  JsonReader::ErrorSink ignored;
  const JsonReader error = JsonReader(*json, "", ignored).member("error");
  return fail(code_of_name(error.string_or("code", "")), error.string_or("message", ""));
}

}  // namespace

Result<AdminClient> AdminClient::of(const AdminPlace& place) {
  AISLE_TRY(std::string url, url_of(place));
  AISLE_CHECK(connect(url));
  return AdminClient(std::move(url));
}

Result<nlohmann::json> AdminClient::get(const std::string& path) const {
  AISLE_TRY(httplib::Client client, connect(url_));
  return read_answer(url_, client.Get(path.c_str()));
}

Result<nlohmann::json> AdminClient::post(const std::string& path, const nlohmann::json& body) const {
  AISLE_TRY(httplib::Client client, connect(url_));
  return read_answer(url_, client.Post(path.c_str(), dump_json(body), "application/json"));
}

std::string admin_path(const std::string& index, const std::string& rest) {
  return "/admin/v1/indexes/" + percent_encode(index) + "/" + rest;
}

int ask_service(const AdminPlace& place,
                const std::function<Result<nlohmann::json>(const AdminClient&)>& exchange,
                const std::function<void(const nlohmann::json&)>& show) {
  const auto client = AdminClient::of(place);
  if (!client) return report(client.error());
  const auto answer = exchange(*client);
  if (!answer) return report(answer.error());
  show(*answer);
  return 0;
}

}  // namespace aisle
