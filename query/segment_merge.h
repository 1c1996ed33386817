// Several segments become one: deleted documents and the terms only they held are gone.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "query/index_context.h"
#include "query/segment.h"

namespace aisle {

struct MergedSegment {
  std::shared_ptr<const Segment> segment;
  std::vector<std::vector<std::uint32_t>>
      moved;  // by source, by its document: the new number, or no_document
};

// No id may be live in two sources. Volatile columns are taken as the views show them. Reads only immutable
// data, so it may run beside anything.
Result<MergedSegment> merge_segments(std::span<const SegmentView> sources, const IndexContext& context);

}  // namespace aisle
