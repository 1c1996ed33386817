// Match, filter, count, score: what a set of segments answers to a match request.
#pragma once
#include <span>

#include "base/deadline.h"
#include "base/error.h"
#include "query/shard_calls.h"
#include "query/view.h"

namespace aisle {

// A facet is given up at MatchRequest::facets_until, the whole with
// DeadlineExceeded between two stages of a segment at the latest: matching, filtering, each facet, ordering.
Result<MatchResult> match_segments(const MatchRequest& request, const View& view,
                                   std::span<const SegmentView* const> segments, Deadline deadline);

}  // namespace aisle
