// Which documents of a segment match a plan?
#pragma once
#include <cstdint>
#include <vector>

#include "query/index_context.h"
#include "query/plan.h"
#include "query/segment.h"

namespace aisle {

// The places of one position's terms in one segment.
struct PositionPostings {
  struct Source {
    Postings postings;
    const Alternative* alternative = nullptr;
    TermId term = no_term;
  };
  std::vector<Source> sources;  // ordered by field
  std::size_t total = 0;        // postings in all of them
};

// A reading resolved against one segment. Borrows the plan and the segment.
using ReadingPostings = std::vector<PositionPostings>;
ReadingPostings resolve(const Reading& reading, const Segment& segment, const IndexContext& context);

// Live documents that match the plan, ascending; all live ones when the plan browses.
std::vector<std::uint32_t> match(const Plan& plan, const SegmentView& view, const IndexContext& context);

}  // namespace aisle
