#include "tests/support/split_search.h"

#include <algorithm>
#include <optional>

namespace aisle::test {

SplitSearch::SplitSearch(const View& view, const std::vector<std::size_t>& group_of)
    : statistics_(view.statistics) {
  View none = view;
  none.shards.clear();
  views_.resize(*std::ranges::max_element(group_of) + 1, none);
  for (std::size_t i = 0; i < group_of.size(); ++i) views_[group_of[i]].shards.push_back(view.shards[i]);
  for (const View& some : views_) groups_.emplace_back(some, Deadline::never());
}

Result<std::vector<WordExpansion>> SplitSearch::expand(const ExpandRequest& request) {
  std::vector<WordExpansion> all(request.asks.size());
  for (LocalShardSearch& group : groups_) {
    AISLE_TRY(std::vector<WordExpansion> some, group.expand(request));
    merge_expansions(request, *statistics_, all, std::move(some));
  }
  return all;
}

Result<std::vector<PlanCount>> SplitSearch::count(const CountRequest& request) {
  std::vector<PlanCount> all(request.plans.size());
  for (LocalShardSearch& group : groups_) {
    AISLE_TRY(const std::vector<PlanCount> some, group.count(request));
    merge_counts(all, some);
  }
  return all;
}

Result<MatchResult> SplitSearch::match(const MatchRequest& request) {
  std::optional<MatchResult> all;
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    AISLE_TRY(MatchResult some, groups_[i].match(request));
    for (ShardHit& hit : some.best) hit.source = i;
    if (all) {
      merge_matches(*all, std::move(some));
    } else {
      all = std::move(some);
    }
  }
  return std::move(*all);
}

Result<std::vector<FetchedProduct>> SplitSearch::fetch(const FetchRequest& request,
                                                       std::span<const ShardHit> hits) {
  std::vector<FetchedProduct> products;
  for (const ShardHit& hit : hits) {
    AISLE_TRY(std::vector<FetchedProduct> one, groups_[hit.source].fetch(request, std::span(&hit, 1)));
    products.push_back(std::move(one.front()));
  }
  return products;
}

}  // namespace aisle::test
