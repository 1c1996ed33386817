// What queries read of one shard: immutable segments and columns. A request takes it once and never sees a
// later one.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "query/segment.h"
#include "schemas/op.h"

namespace aisle {

// Immutable; share freely.
struct Image {
  std::vector<SegmentView> segments;  // each id is live in one of them at the most
  Seq seq = 0;                        // of the last op in it
  Lsn lsn = 0;                        // every change up to here is in it

  std::uint64_t live() const {
    std::uint64_t total = 0;
    for (const SegmentView& view : segments) total += view.live;
    return total;
  }
};

}  // namespace aisle
