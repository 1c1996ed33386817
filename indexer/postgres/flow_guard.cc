#include "indexer/postgres/flow_guard.h"

#include <algorithm>

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
  while (!sizes_.empty() && sizes_.front().first < now - limits.delete_window) sizes_.pop_front();
  sizes_.emplace_back(now, documents);
  const std::uint64_t largest = std::ranges::max_element(sizes_, {}, &Counts::value_type::second)->second;
  const std::uint64_t gone = largest - documents + sum_since(deletes_, now - commit_lag) + deletes;
  if (gone > limits.deletes_free &&
      static_cast<double>(gone) > limits.delete_fraction_max * static_cast<double>(largest)) {
    return "changes of the last " +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limits.delete_window).count()) +
           " s would delete " + std::to_string(gone) + " of " + std::to_string(largest) +
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
  sizes_.clear();
  deletes_.clear();
  refused_.clear();
  allowed_until_ = now + limits.delete_window;
}

}  // namespace aisle
