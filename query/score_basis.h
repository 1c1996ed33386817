// What the scores of one request are made from.
#pragma once
#include "query/index_context.h"
#include "query/plan.h"
#include "query/shard_effects.h"
#include "query/statistics.h"

namespace aisle {

// Borrows everything.
struct ScoreBasis {
  const Plan& plan;
  const IndexContext& context;
  const Statistics& statistics;
  const ShardEffects* effects = nullptr;  // null: no ranking

  int weight(std::size_t field) const {
    const Field& some = context.schema->fields[field];
    return effects != nullptr ? effects->weight(some) : some.weight;
  }
};

}  // namespace aisle
