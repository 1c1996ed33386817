// Trying out a new generation with what shoppers asked last.
#pragma once
#include <cstdint>
#include <span>

#include "base/deadline.h"
#include "query/limits.h"
#include "query/search_request.h"
#include "query/view.h"

namespace aisle {

struct WarmUp {
  std::uint64_t queries = 0;
  std::uint64_t zero_before = 0;  // queries without a hit in the active generation
  std::uint64_t zero_after = 0;   // in the new one
  double overlap = 1;  // mean share of the active generation's first ten that are in the new one's, 0..1
  friend bool operator==(const WarmUp&, const WarmUp&) = default;
};

// Searches both, one after the other; queries that one of them refuses (a field that is gone) are left out.
// Stops early at the deadline.
WarmUp warm_up(const View& active, const View& built, std::span<const SearchRequest> queries,
               Deadline deadline);

}  // namespace aisle
