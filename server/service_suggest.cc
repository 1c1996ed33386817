// GET /v1/indexes/{index}/suggest
#include <chrono>

#include "server/service.h"
#include "server/suggest_wire.h"
#include "server/wire_error.h"

namespace aisle {

HttpResponse Service::suggest(const HttpRequest& request) const {
  const IndexService* index = find(request.path_parameters.at("index"));
  if (index == nullptr) return no_index(request);
  auto call = parse_suggest_query(request.query_string);
  if (!call) return refuse(call.error(), request.request_id);
  call->request.clock = seconds_now();
  const View view = index->view();
  const auto begin = std::chrono::steady_clock::now();
  const auto shards = shards_of(*index, view, call->min_coverage);
  const auto result =
      aisle::suggest(view, call->request, config_.limits, *shards, Deadline::after(config_.limits.time_soft));
  if (!result) return refuse_search(result.error(), request.request_id);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  HttpResponse response{.body = suggest_json(call->request, *result, view,
                                             {.took_ms = took.count() * 1000,
                                              .lag_ms = index->lag_ms(),
                                              .control_plane_stale = !index->control_plane_fresh()})};
  response.headers.emplace_back("X-Search-Coverage", coverage_text(result->coverage));
  if (result->coverage < 1 || !result->degraded.empty())
    response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace aisle
