// Whether a new generation may replace the active one.
#pragma once
#include <cstdint>

#include "base/error.h"
#include "indexer/verify_report.h"

namespace aisle {

struct GenerationCount {
  std::uint32_t generation = 0;
  std::uint64_t products = 0;
};

// Pure. FailedPrecondition when the new one has so many products less that it is likely to be a mistake:
// `gate_missing_max` of the active one's or more.
inline constexpr double gate_missing_max = 0.2;
Status judge_counts(const GenerationCount& active, const GenerationCount& built);

// Pure. FailedPrecondition when the new one is not what its source says, with the first ids.
Status judge_report(std::uint32_t generation, const VerifyReport& report);

}  // namespace aisle
