#include "tests/support/split_search.h"

#include <algorithm>
#include <optional>

#include "query/shard_wire.h"

namespace aisle::test {

SplitSearch::SplitSearch(const View& view, const std::vector<std::size_t>& group_of,
                         const QueryLimits& limits)
    : statistics_(view.statistics), schema_(view.context->schema), limits_(limits) {
  View none = view;
  none.shards.clear();
  views_.resize(*std::ranges::max_element(group_of) + 1, none);
  for (std::size_t i = 0; i < group_of.size(); ++i) views_[group_of[i]].shards.push_back(view.shards[i]);
  for (const View& some : views_) groups_.emplace_back(some, Deadline::never());
}

Result<std::vector<WordExpansion>> SplitSearch::expand(const ExpandRequest& request) {
  std::vector<WordExpansion> all(request.asks.size());
  for (LocalShardSearch& group : groups_) {
    AISLE_TRY(const ExpandRequest arrived, decode_expand(encode_expand(request), limits_));
    AISLE_TRY(const std::vector<WordExpansion> answer, group.expand(arrived));
    AISLE_TRY(auto some, decode_expansions(encode_expansions(answer), request.asks.size()));
    merge_expansions(request, *statistics_, all, std::move(some));
  }
  return all;
}

Result<std::vector<PlanCount>> SplitSearch::count(const CountRequest& request) {
  std::vector<PlanCount> all(request.plans.size());
  for (LocalShardSearch& group : groups_) {
    AISLE_TRY(const CountRequest arrived, decode_count(encode_count(request), *schema_, limits_));
    AISLE_TRY(const std::vector<PlanCount> answer, group.count(arrived));
    AISLE_TRY(const auto some, decode_counts(encode_counts(answer), request.plans.size()));
    merge_counts(all, some);
  }
  return all;
}

Result<MatchResult> SplitSearch::match(const MatchRequest& request) {
  std::optional<MatchResult> all;
  for (std::uint32_t i = 0; i < groups_.size(); ++i) {
    AISLE_TRY(const MatchRequest arrived, decode_match(encode_match(request), *schema_, limits_));
    AISLE_TRY(MatchResult answer, groups_[i].match(arrived));
    keep_best(arrived, answer.best, arrived.window);
    AISLE_TRY(MatchResult some, decode_matches(encode_matches(arrived, answer), request));
    for (ShardHit& hit : some.best) hit.source = i;
    for (ShardPin& pin : some.pins) pin.hit.source = i;
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
    AISLE_TRY(const FetchCall call,
              decode_fetch(encode_fetch(request, std::span(&hit.id, 1)), *schema_, limits_));
    const std::string_view id = call.ids.front();
    AISLE_TRY(const auto answer, groups_[hit.source].fetch_by_id(call.request, std::span(&id, 1)));
    AISLE_TRY(auto one, decode_products(encode_products(answer), 1));
    products.push_back(std::move(one.front()));
  }
  return products;
}

Result<std::vector<FetchedProduct>> SplitSearch::fetch_by_id(const FetchRequest& request,
                                                             std::span<const std::string_view> ids) {
  std::vector<FetchedProduct> products(ids.size());
  for (LocalShardSearch& group : groups_) {
    AISLE_TRY(std::vector<FetchedProduct> some, group.fetch_by_id(request, ids));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (some[i].found) products[i] = std::move(some[i]);
    }
  }
  return products;
}

}  // namespace aisle::test
