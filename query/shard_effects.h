// The ranking's effects, resolved against the schema of the shards at hand.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/filter.h"
#include "query/limits.h"
#include "query/ranking_effects.h"
#include "query/search_result.h"
#include "query/segment.h"

namespace aisle {

// Immutable; share freely. Borrows the schema.
class ShardEffects {
 public:
  struct ResolvedBoost {
    const RuleBoost* boost = nullptr;
    Filter filter;
  };

  // InvalidArgument when something does not fit the schema. `limits` of filters, at least the usual.
  static Result<std::shared_ptr<const ShardEffects>> create(RankingEffects effects, const IndexSchema& schema,
                                                            const QueryLimits& limits = {});

  const RankingEffects& data() const { return effects_; }
  const IndexSchema& schema() const { return schema_; }
  // Rules' filters. They test no facet's own field: a shopper did not choose them and cannot lift them.
  const std::vector<Conjunct>& conjuncts() const { return conjuncts_; }
  const std::vector<ResolvedBoost>& boosts() const { return boosts_; }
  bool changes_points() const { return !effects_.signals.empty() || !boosts_.empty(); }
  int weight(const Field& field) const {
    return effects_.weights.empty() ? field.weight : effects_.weights[field.number];
  }

  // A pinned product that is live in a segment.
  struct FoundPin {
    std::size_t pin = 0;  // in data().pins
    std::uint32_t document = 0;
    bool in_stock = true;  // or does not yield
    bool matches = false;  // the plan, too
  };
  std::vector<FoundPin> find_pins(const SegmentView& view) const;
  // Takes hidden products out of ascending documents.
  void remove_hidden(const SegmentView& view, std::vector<std::uint32_t>& documents) const;

 private:
  ShardEffects(RankingEffects effects, const IndexSchema& schema)
      : effects_(std::move(effects)), schema_(schema) {}

  RankingEffects effects_;
  const IndexSchema& schema_;
  std::vector<Conjunct> conjuncts_;
  std::vector<ResolvedBoost> boosts_;
  const Field* stock_ = nullptr;
};

// Signals and boosts on documents of one segment. Points stay within a tier, 0..points_max, and grow with
// what they are made from:
//
//   points = (text + sum over signals of text * weight percent * value) * boosts and buries, in the order of
//   the rules
//
// rounded down after the sum and after each factor. Without words every text is worth browse_points.
class PointAdjustment {
 public:
  static constexpr std::int64_t browse_points = 10'000;

  // Borrows all three.
  PointAdjustment(const ShardEffects& effects, const SegmentView& view,
                  std::span<const std::uint32_t> documents);

  std::int64_t apply(std::size_t i, std::int64_t points) const;
  // Parts that lead from `points` to apply(i, points).
  void explain(std::size_t i, std::int64_t points, std::vector<ScorePart>& parts) const;

 private:
  const ShardEffects& effects_;
  const SegmentView& view_;
  std::span<const std::uint32_t> documents_;
  std::vector<std::int64_t> gains_;                // by document: sum of weight * value
  std::vector<std::vector<std::uint8_t>> passes_;  // by boost, then document
};

}  // namespace aisle
