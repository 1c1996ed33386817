#include "server/admin/admin_request.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "server/wire_error.h"

namespace aisle {
namespace {

Status check_content_type(const HttpRequest& request) {
  const std::string_view type = request.header("content-type").value_or("");
  if (request.method != "POST" || type.substr(0, type.find(';')) == "application/json") return {};
  return fail(ErrorCode::InvalidArgument,
              "content-type is \"" + std::string(type.substr(0, 64)) + "\", expected application/json");
}

Result<nlohmann::json> run(const FindIndex& find, const AdminAction& action, const HttpRequest& request) {
  AISLE_CHECK(check_content_type(request));
  const std::string& name = request.path_parameters.at("index");
  IndexService* index = find(name);
  if (index == nullptr) return fail(ErrorCode::NotFound, "there is no index \"" + name + "\"");
  AISLE_TRY(const nlohmann::json json, parse_json(request.body.empty() ? "{}" : request.body));
  JsonReader::ErrorSink sink;
  const JsonReader body(json, "", sink);
  if (!body.is_object()) return fail(ErrorCode::InvalidArgument, "the body is not a JSON object");
  return action(*index, body);
}

}  // namespace

HttpHandler admin_handler(FindIndex find, AdminAction action, int status) {
  return [find = std::move(find), action = std::move(action), status](const HttpRequest& request) {
    const auto result = run(find, action, request);
    if (!result) return refuse(result.error(), request.request_id);
    return HttpResponse{.status = status, .body = dump_json(*result)};
  };
}

}  // namespace aisle
