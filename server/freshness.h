// How fresh an answer must be: reading one's own writes.
#pragma once
#include <chrono>
#include <cstdint>

#include "base/error.h"
#include "query/search_request.h"
#include "schemas/op.h"

namespace aisle {

struct Freshness {
  static constexpr std::int64_t wait_ms_max = 5'000;

  Lsn min_lsn = 0;             // 0 = as it is
  std::uint32_t timeline = 0;  // 0 = not told
  std::chrono::milliseconds wait{0};
  bool flags_stale = false;  // answer nevertheless and say so
};

// InvalidArgument with parameter, value and limit or expectation.
Result<Freshness> read_freshness(const SearchRequest& request);

// Conflict when the position is of another history than that of the database that is followed (`followed`, 0
// = not known yet).
Status check_timeline(const Freshness& freshness, std::uint32_t followed);

}  // namespace aisle
