#include "server/reindex/warm_up.h"

#include <algorithm>

#include "query/search.h"

namespace aisle {
namespace {

constexpr std::int64_t compared_hits = 10;

// Of the hits of `before`, the share that `after` has, too; 1 when there was none.
double share_kept(const SearchResult& before, const SearchResult& after) {
  if (before.hits.empty()) return 1;
  const auto kept = std::ranges::count_if(before.hits, [&](const Hit& hit) {
    return std::ranges::find(after.hits, hit.id, &Hit::id) != after.hits.end();
  });
  return static_cast<double>(kept) / static_cast<double>(before.hits.size());
}

}  // namespace

WarmUp warm_up(const View& active, const View& built, std::span<const SearchRequest> queries,
               Deadline deadline) {
  const QueryLimits limits;
  WarmUp result;
  double kept = 0;
  for (SearchRequest request : queries) {
    if (deadline.expired()) break;
    request.page = 1;
    request.per_page = compared_hits;
    const auto before = search(active, request, limits, Deadline::after(limits.time_hard));
    const auto after = search(built, request, limits, Deadline::after(limits.time_hard));
    if (!before || !after) continue;
    ++result.queries;
    result.zero_before += before->total == 0 ? 1U : 0U;
    result.zero_after += after->total == 0 ? 1U : 0U;
    kept += share_kept(*before, *after);
  }
  if (result.queries > 0) result.overlap = kept / static_cast<double>(result.queries);
  return result;
}

}  // namespace aisle
