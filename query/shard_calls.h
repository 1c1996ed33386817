// What a coordinator asks of shards and what they answer. Local shards answer with views into their segments;
// shards of other nodes with texts of their own, which the answer keeps.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "query/facets.h"
#include "query/filter.h"
#include "query/plan.h"
#include "query/search_result.h"
#include "query/segment.h"
#include "query/shard_effects.h"
#include "query/sort_order.h"

namespace aisle {

struct CountRequest {
  std::vector<Plan> plans;
  // By plan: filters and hidden products of the ranking, all else of it counts for nothing; null: none.
  // Empty: none at all.
  std::vector<std::shared_ptr<const ShardEffects>> effects{};
};

// Of one plan.
struct PlanCount {
  std::uint64_t matches = 0;
  std::string first{};  // the least id of those; "" without
  friend bool operator==(const PlanCount&, const PlanCount&) = default;
};

// What a page needs of its products.
struct FetchRequest {
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<const ShardEffects> effects;  // of the ranking; null: none
  bool score = false;  // when the products were not ordered by it, and so have none yet
  bool explain = false;
};

// Everything a shard needs to match, count and order. Made once by the coordinator; the compiled members are
// those of the texts beside them, which travel.
struct MatchRequest {
  std::shared_ptr<const Plan> plan;
  std::vector<std::string> filter_texts;  // all must hold
  Filter filter;
  std::shared_ptr<const ShardEffects> effects;  // of the ranking; null: none. Its data() travels
  std::vector<std::string> sort_texts;
  std::vector<SortKey> sort;  // none: by score
  std::vector<const Field*> facets;
  Deadline facets_until = Deadline::never();  // then facets are left out: MatchResult::uncounted
  std::size_t facet_values = 20;              // listed a facet: bounds what is sent of a large one
  std::size_t window = 0;                     // best products kept
  std::optional<FetchRequest> fetch;          // far shards send these products along
};

// A product of a page.
struct FetchedProduct {
  bool found = false;  // false: it was deleted since it matched
  std::string json;
  std::int64_t score = 0;  // when it was asked for
  std::uint8_t typos = 0;
  std::uint32_t missing = 0;  // words of the query, bits as in Position::words
  std::vector<ScorePart> explain;
};

// One of the best products of some shard.
struct ShardHit {
  std::string_view id;
  std::int64_t score = 0;
  std::uint8_t typos = 0;
  std::uint32_t missing = 0;  // words of the query, bits as in Position::words
  SortValues keys;
  // Where it lies: here, or at the far call with this number.
  const SegmentView* view = nullptr;
  std::uint32_t document = 0;
  std::uint32_t source = 0;
  std::shared_ptr<FetchedProduct> product;  // when it came along
  bool pinned = false;
};

enum class PinState : std::uint8_t { Placed, Filtered, OutOfStock };

// A pinned product that some shard has; the others are nowhere.
struct ShardPin {
  std::size_t pin = 0;  // in RankingEffects::pins
  PinState state = PinState::Placed;
  bool matches = false;  // the plan, too
  ShardHit hit;          // when it is placed; its keys stay empty
};

struct MatchResult {
  std::uint64_t found = 0;  // before filters
  std::uint64_t total = 0;
  std::vector<FacetCounter> facets;  // in the order of the request
  std::vector<bool> uncounted;       // by facet: time was over before all products were counted
  std::vector<ShardHit> best;        // in any order, at least the `window` best of all but the pins
  std::vector<ShardPin> pins;  // each of the effects' at the most once; placed ones are in total and facets
  std::vector<std::uint64_t> documents;  // of far shards: how many each has, in the order they were asked
  Lsn lsn = 0;                           // of far shards: every change up to here is in all of them
  std::vector<std::shared_ptr<const std::deque<std::string>>> texts;  // that far hits and facets look at
};

// Unites answers of disjoint shards to the same request.
void merge_counts(std::vector<PlanCount>& into, const std::vector<PlanCount>& more);
void merge_matches(MatchResult& into, MatchResult more);

// The first `count` in order of the request's sort, then score, then id.
void keep_best(const MatchRequest& request, std::vector<ShardHit>& hits, std::size_t count);

}  // namespace aisle
