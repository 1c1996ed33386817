#include "server/membership/base_routes.h"

#include <charconv>
#include <utility>

#include "server/wire_error.h"

namespace aisle {
namespace {

constexpr std::chrono::minutes route_time{6};  // a base is copied and hashed before it is described

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

HttpResponse describe(const HttpRequest& request, BaseStore& store, const FindShards& find) {
  const auto shards = find(request.path_parameters.at("index"),
                           static_cast<std::uint32_t>(number(request.path_parameters.at("generation"))));
  if (shards == nullptr) {
    return refuse({ErrorCode::NotFound, "this node does not have the generation"}, request.request_id);
  }
  const auto manifest = store.make(*shards);
  if (!manifest) return refuse(manifest.error(), request.request_id);
  return {.body = encode_base(*manifest)};
}

HttpResponse part(const HttpRequest& request, const BaseStore& store) {
  constexpr std::string_view offset = "offset=";
  const std::string_view query = request.query_string;
  const auto bytes = store.read(request.path_parameters.at("id"),
                                static_cast<std::uint32_t>(number(request.path_parameters.at("shard"))),
                                request.path_parameters.at("file"),
                                query.starts_with(offset) ? number(query.substr(offset.size())) : 0);
  if (!bytes) return refuse(bytes.error(), request.request_id);
  return {.content_type = "application/octet-stream", .body = *bytes};
}

}  // namespace

Status add_base_routes(HttpServer& server, std::shared_ptr<BaseStore> store, FindShards find) {
  RouteOptions options;
  options.time_max = route_time;
  AISLE_CHECK(server.route("GET", "/internal/v1/indexes/{index}/generations/{generation}/base", options,
                           [store, find = std::move(find)](const HttpRequest& request) {
                             return describe(request, *store, find);
                           }));
  return server.route("GET", "/internal/v1/base/{id}/{shard}/{file}", options,
                      [store](const HttpRequest& request) { return part(request, *store); });
}

}  // namespace aisle
