#include "query/shard_calls.h"

#include <algorithm>

namespace aisle {

void merge_counts(std::vector<PlanCount>& into, const std::vector<PlanCount>& more) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    const PlanCount& some = more[i];
    if (some.matches > 0 && (into[i].matches == 0 || some.first < into[i].first)) into[i].first = some.first;
    into[i].matches += some.matches;
  }
}

void merge_matches(MatchResult& into, MatchResult more) {
  into.found += more.found;
  into.total += more.total;
  for (std::size_t i = 0; i < into.facets.size(); ++i) {
    into.uncounted[i] = into.uncounted[i] || more.uncounted[i];
    if (!into.uncounted[i]) into.facets[i].merge(more.facets[i]);
  }
  std::ranges::move(more.best, std::back_inserter(into.best));
  std::ranges::move(more.pins, std::back_inserter(into.pins));
  std::ranges::move(more.texts, std::back_inserter(into.texts));
}

void keep_best(const MatchRequest& request, std::vector<ShardHit>& hits, std::size_t count) {
  const auto before = [&](const ShardHit& a, const ShardHit& b) {
    if (const int keys = compare(request.sort, a.keys, b.keys); keys != 0) return keys < 0;
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  };
  const auto kept = hits.begin() + static_cast<std::ptrdiff_t>(std::min(count, hits.size()));
  std::partial_sort(hits.begin(), kept, hits.end(), before);
  hits.erase(kept, hits.end());
}

}  // namespace aisle
