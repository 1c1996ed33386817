#include "indexer/postgres/flow_guard.h"

namespace aisle {

std::uint64_t FlowGuard::sum_since(Counts& counts, Time begin) {
  while (!counts.empty() && counts.front().first < begin) counts.pop_front();
  std::uint64_t sum = 0;
  for (const auto& [time, count] : counts) sum += count;
  return sum;
}

std::string FlowGuard::judge_deletes(const FlowLimits& limits, std::uint64_t deletes, std::uint64_t documents,
                                     Time now) {
  if (deletes == 0 || documents == 0 || now < allowed_until_) return "";
  const std::uint64_t before = sum_since(deletes_, now - limits.delete_window);
  const std::uint64_t sum = before + deletes;
  const std::uint64_t whole = documents + before;
  if (sum > limits.deletes_free &&
      static_cast<double>(sum) > limits.delete_fraction_max * static_cast<double>(whole)) {
    return "changes of the last " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limits.delete_window).count()) +
           " s would delete " + std::to_string(sum) + " of " + std::to_string(whole) +
           " products; confirm to let them";
  }
  deletes_.emplace_back(now, deletes);
  return "";
}

std::string FlowGuard::judge_refused(const FlowLimits& limits, std::uint64_t refused, Time now) {
  if (refused == 0 || now < allowed_until_) return "";
  refused_.emplace_back(now, refused);
  const std::uint64_t sum = sum_since(refused_, now - std::chrono::minutes(1));
  if (sum <= limits.refused_per_minute_max) return "";
  return std::to_string(sum) + " records of the last minute cannot be indexed, the limit is " +
         std::to_string(limits.refused_per_minute_max) + "; confirm to go on";
}

void FlowGuard::allow(const FlowLimits& limits, Time now) {
  deletes_.clear();
  refused_.clear();
  allowed_until_ = now + limits.delete_window;
}

}  // namespace aisle
