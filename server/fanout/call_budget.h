// How much extra work retries and hedges may make: a share of all calls, with some saved up for bad moments.
#pragma once
#include <algorithm>
#include <mutex>

namespace aisle {

// A token bucket that calls fill. Thread-safe.
class CallBudget {
 public:
  // Each call earns `share` of a token; at most `saved_max` are kept. Starts full.
  CallBudget(double share, double saved_max) : share_(share), saved_max_(saved_max), tokens_(saved_max) {}

  void earn() {
    const std::lock_guard lock(mutex_);
    tokens_ = std::min(saved_max_, tokens_ + share_);
  }
  // Takes one token; false when there is none.
  bool spend() {
    const std::lock_guard lock(mutex_);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  const double share_;
  const double saved_max_;
  std::mutex mutex_;
  double tokens_;
};

}  // namespace aisle
