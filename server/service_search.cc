// GET and POST /v1/indexes/{index}/search
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "query/search.h"
#include "server/answer_cache/answer_key.h"
#include "server/freshness.h"
#include "server/http/error_response.h"
#include "server/search_wire.h"
#include "server/service.h"
#include "server/wire_error.h"

namespace aisle {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

HttpResponse not_there_yet(const Freshness& freshness, const View& view, std::string_view request_id) {
  return error_response(
      504, "deadline_exceeded",
      fmt::format("min_lsn is {}, after {} ms the index is at {}", format_lsn(freshness.min_lsn),
                  freshness.wait.count(), format_lsn(view.lsn())),
      request_id);
}

Result<SearchRequest> read_search(const HttpRequest& request) {
  if (request.method != "POST") return parse_search_query(request.query_string);
  if (request.query_string.empty()) return parse_search_body(request.body);
  return fail(ErrorCode::InvalidArgument, "a POST takes its parameters in the body, not in the address");
}

// Previews show what shoppers shall not see yet. Everybody else's clock is now.
Status take_in(SearchRequest& request, bool preview, std::int64_t now) {
  if (!preview && (request.ranking || request.clock)) {
    return fail(ErrorCode::InvalidArgument, std::string(request.ranking ? "ranking" : "clock") +
                                                " is for previews: ask the admin listener's search");
  }
  if (!request.clock) request.clock = now;
  return {};
}

}  // namespace

struct Service::SearchCall {
  const HttpRequest& http;
  IndexService& index;
  bool preview = false;
  SearchRequest request;
  Freshness freshness;
  View view;

  bool is_stale() const { return view.lsn() < freshness.min_lsn; }
  AnswerContext context(double seconds) const {
    return {.took_ms = seconds * 1000,
            .lag_ms = index.lag_ms(),
            .control_plane_stale = !index.control_plane_fresh()};
  }
};

HttpResponse Service::search(const HttpRequest& request) const {
  return search(request, false);
}

HttpResponse Service::preview(const HttpRequest& request) const {
  return search(request, true);
}

HttpResponse Service::search(const HttpRequest& request, bool preview) const {
  IndexService* index = find(request.path_parameters.at("index"));
  if (index == nullptr) return no_index(request);
  auto parsed = read_search(request);
  if (!parsed) return refuse(parsed.error(), request.request_id);
  if (const Status status = take_in(*parsed, preview, seconds_now()); !status)
    return refuse(status.error(), request.request_id);
  const auto freshness = read_freshness(*parsed);
  if (!freshness) return refuse(freshness.error(), request.request_id);
  if (freshness->timeline != 0) {
    const Status same = check_timeline(*freshness, index->timeline());
    if (!same) return refuse(same.error(), request.request_id);
  }
  SearchCall call{request, *index, preview, std::move(*parsed), *freshness, index->view()};
  if (call.is_stale()) call.view = index->view_with(freshness->min_lsn, Deadline::after(freshness->wait));
  if (call.is_stale() && !freshness->flags_stale)
    return not_there_yet(*freshness, call.view, request.request_id);
  if (call.request.ranking) {
    auto ranking = index->ranking().version(*call.request.ranking, call.view.context);
    if (!ranking) return refuse(ranking.error(), request.request_id);
    call.view.ranking = std::move(*ranking);
  }
  AnswerCache* cache = cache_for(call);
  if (cache == nullptr) return request.with_permit([&] { return compute(call, nullptr); });
  const auto begin = Clock::now();
  AnswerCache::Found in_cache = cache->find(call.view, *call.request.clock, answer_key(call.request),
                                            Deadline::after(config_.limits.time_hard));
  if (in_cache.answer || in_cache.error) return found(call, in_cache, seconds_since(begin));
  return request.with_permit([&] { return compute(call, &in_cache.flight); });
}

// Null for what is asked by people who look into things, and for what this process alone cannot vouch for.
AnswerCache* Service::cache_for(const SearchCall& call) const {
  const auto cache = caches_.find(&call.index);
  const bool looked_into = call.preview || call.request.explain || !call.request.why.empty();
  if (cache == caches_.end() || looked_into || call.is_stale()) return nullptr;
  if (cluster_ && !cluster_->is_whole_here(call.index.name(), call.view)) return nullptr;
  return cache->second.get();
}

HttpResponse Service::found(const SearchCall& call, const AnswerCache::Found& found, double seconds) {
  if (found.error) return refuse_search(*found.error, call.http.request_id);
  call.index.note_answer(seconds, found.answer->finds_nothing, found.answer->lacks_something);
  HttpResponse response{
      .body = answer_json(found.answer->text, call.view, call.view.lsn(), 1.0, call.context(seconds))};
  response.headers.emplace_back("X-Search-Coverage", coverage_text(1.0));
  response.headers.emplace_back("X-Search-Cache", found.waited ? "wait" : "hit");
  if (found.answer->lacks_something) response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// With a permit.
HttpResponse Service::compute(const SearchCall& call, AnswerCache::Flight* flight) const {
  const auto begin = Clock::now();
  const auto shards = shards_of(call.index, call.view, call.request.min_coverage,
                                call.freshness.flags_stale ? 0 : call.freshness.min_lsn);
  const auto result = aisle::search(call.view, call.request, config_.limits, *shards,
                                    Deadline::after(config_.limits.time_soft));
  if (!result) {
    if (flight != nullptr) flight->fail(result.error());
    return refuse_search(result.error(), call.http.request_id);
  }
  const double seconds = seconds_since(begin);
  call.index.note_search(call.request, seconds, *result);
  const bool whole = result->coverage >= 1 && result->degraded.empty();
  const auto answer = std::make_shared<const KeptAnswer>(
      KeptAnswer{search_text(*result, result->lsn < call.freshness.min_lsn), result->total == 0, !whole});
  if (flight != nullptr) flight->answer(answer, whole);  // who waits goes first
  HttpResponse response{
      .body = answer_json(answer->text, call.view, result->lsn, result->coverage, call.context(seconds))};
  response.headers.emplace_back("X-Search-Coverage", coverage_text(result->coverage));
  if (!whole) response.headers.emplace_back("Cache-Control", "no-store");
  if (flight != nullptr) response.headers.emplace_back("X-Search-Cache", "miss");
  return response;
}

}  // namespace aisle
