// All that one answer may look at. Taken once when a request enters and handed down; no stage asks for "the
// current" anything below.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "query/image.h"
#include "query/index_context.h"
#include "query/ranking.h"
#include "query/statistics.h"

namespace aisle {

// Immutable; cheap to copy.
struct View {
  std::shared_ptr<const IndexContext> context;
  std::vector<std::shared_ptr<const Image>> shards;
  std::shared_ptr<const Statistics> statistics;
  std::uint32_t generation = 1;
  std::shared_ptr<const Ranking> ranking{};  // of this context; null: the schema's weights, no rules
  std::uint64_t state_version = 0;           // of the index's state when the request entered

  Lsn lsn() const {  // every change up to here is in all shards
    Lsn least = shards.empty() ? 0 : shards.front()->lsn;
    for (const auto& shard : shards) least = shard->lsn < least ? shard->lsn : least;
    return least;
  }
  std::uint64_t live() const {
    std::uint64_t total = 0;
    for (const auto& shard : shards) total += shard->live();
    return total;
  }
};

}  // namespace aisle
