// Match, filter, count, score: what a set of segments answers to a match request.
#pragma once
#include <span>

#include "base/deadline.h"
#include "base/error.h"
#include "base/spare_cores.h"
#include "query/shard_calls.h"
#include "query/view.h"

namespace aisle {

// Borrows everything.
struct MatchPlace {
  const View& view;
  std::span<const SegmentView* const> segments;  // the largest first
  Deadline deadline = Deadline::never();
  const SpareCores::User& user;
};

// A facet is given up at MatchRequest::facets_until, the whole with
// DeadlineExceeded between two stages of a segment at the latest: matching, filtering, each facet, ordering. Where
// many documents are looked at, spare cores take some of the segments.
Result<MatchResult> match_segments(const MatchRequest& request, const MatchPlace& place);

}  // namespace aisle
