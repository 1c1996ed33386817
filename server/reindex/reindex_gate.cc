#include "server/reindex/reindex_gate.h"

#include <fmt/format.h>

namespace aisle {

Status judge_counts(const GenerationCount& active, const GenerationCount& built) {
  if (built.products >= active.products) return {};
  const double missing =
      static_cast<double>(active.products - built.products) / static_cast<double>(active.products);
  if (missing < gate_missing_max) return {};
  return fail(
      ErrorCode::FailedPrecondition,
      fmt::format("generation {} has {} products, generation {} has {}: {:.1f} % are missing, the limit is "
                  "{:.0f} %; aisle reindex --force switches nevertheless",
                  built.generation, built.products, active.generation, active.products, missing * 100,
                  gate_missing_max * 100));
}

Status judge_report(std::uint32_t generation, const VerifyReport& report) {
  if (report.differences() == 0) return {};
  return fail(
      ErrorCode::FailedPrecondition,
      fmt::format("generation {} differs from its source: {} products missing, {} too many, {} different: {}",
                  generation, report.missing, report.extra, report.different, report.json()));
}

}  // namespace aisle
