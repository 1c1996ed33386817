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

// Readings resolved against one segment, in the order of the plan. Borrow the plan and the segment.
using ReadingPostings = std::vector<PositionPostings>;
using PlanPostings = std::vector<ReadingPostings>;
PlanPostings resolve(const Plan& plan, const Segment& segment, const IndexContext& context);

// Live documents that match the plan, ascending; all live ones when it has no reading. `postings` are the plan's.
std::vector<std::uint32_t> match(const Plan& plan, const PlanPostings& postings, const SegmentView& view);

}  // namespace aisle
