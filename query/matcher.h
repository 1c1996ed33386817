// Which documents of a segment match a plan?
#pragma once
#include <cstdint>
#include <vector>

#include "query/document_set.h"
#include "query/index_context.h"
#include "query/plan.h"
#include "query/prepared_segment.h"
#include "query/segment.h"

namespace aisle {

// The places of one position's terms in one segment.
struct PositionPostings {
  struct Source {
    Postings postings;
    const Alternative* alternative = nullptr;
    TermId term = no_term;
    std::uint32_t list = 0;  // of the segment
  };
  // Sources that are worth the same in each document that has their terms as often: of one field, with as
  // many typos, as far away and with as many points.
  struct Group {
    std::size_t begin = 0;  // of sources
    std::size_t end = 0;
    // Of all, and of nearer sources of the position, united beforehand; null: they are not.
    const DocumentSet* united = nullptr;
    DocumentSet documents{};  // since match(), and of those that match at least
  };
  std::vector<Source> sources;  // ordered by field, then typos, then distance, then points
  std::vector<Group> groups;
  std::size_t total = 0;                // postings in all of them
  const DocumentSet* united = nullptr;  // of all groups, united beforehand; null: they are not
  DocumentSet documents;                // of all groups
};

// Readings resolved against one segment, in the order of the plan. Borrow the plan and the segment, which the
// plan's statistics have prepared.
using ReadingPostings = std::vector<PositionPostings>;
using PlanPostings = std::vector<ReadingPostings>;
PlanPostings resolve(const Plan& plan, const Segment& segment, const PreparedSegment& prepared,
                     const IndexContext& context);

// Live documents that match the plan and its demands; all live ones when it has no reading. `postings` are
// the plan's, and get their documents here, once; the answer borrows from them and from the view.
DocumentSet match(const Plan& plan, PlanPostings& postings, const SegmentView& view);

// Of documents that match(): those that have all words of some reading; with `typos` off, none of them
// misspelt.
DocumentSet match_wholly(const Plan& plan, const PlanPostings& postings, const SegmentView& view, bool typos);

}  // namespace aisle
