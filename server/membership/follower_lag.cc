#include "server/membership/follower_lag.h"

#include <algorithm>

namespace aisle {

void FollowerLag::look(const LeaderNews* leader, const std::vector<Seq>& own, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  current_ = leader != nullptr && leader->age <= age_max && leader->applied.size() == own.size() &&
             std::ranges::equal(own, leader->applied, std::ranges::greater_equal());
  if (leader != nullptr) leader_lag_ = leader->lag;
  if (current_) current_at_ = now;
}

void FollowerLag::leads(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  current_ = true;
  current_at_ = now;
  leader_lag_ = {};
}

std::chrono::milliseconds FollowerLag::lag(Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  if (current_) return leader_lag_;
  return leader_lag_ + std::chrono::duration_cast<std::chrono::milliseconds>(now - current_at_);
}

}  // namespace aisle
