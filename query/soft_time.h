// The time after which an answer does without some of its parts.
#pragma once
#include <chrono>

#include "base/deadline.h"
#include "base/error.h"
#include "query/shard_search.h"

namespace aisle {

struct SoftTime {
  Deadline end = Deadline::never();
  // Words are bent by one typo at the most from then on, so that there is time for these: when two thirds of
  // the time have passed.
  Deadline two_typos = Deadline::never();

  SoftTime() = default;
  SoftTime(Deadline soft) : end(soft), two_typos(soft) {  // counted from now
    const auto now = Deadline::Clock::now();
    if (soft.time() != Deadline::never().time()) two_typos = Deadline::at(now + (soft.time() - now) / 3 * 2);
  }
  SoftTime(Deadline soft, Deadline two) : end(soft), two_typos(Deadline::earlier(soft, two)) {}
};

// Whether the part is done: it is not begun after `until`, and given up then. Its other errors are errors.
template <class Part>
Result<bool> in_time(ShardSearch& shards, Deadline until, Part&& part) {
  if (until.expired()) return false;
  shards.limit(until);
  const Status status = part();
  shards.limit(Deadline::never());
  if (status) return true;
  if (status.error().code == ErrorCode::DeadlineExceeded) return false;
  return tl::unexpected(status.error());
}

}  // namespace aisle
