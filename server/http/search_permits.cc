#include "server/http/search_permits.h"

#include <algorithm>
#include <thread>

namespace aisle {
namespace {

using Clock = Deadline::Clock;

constexpr int pace_memory = 16;
constexpr std::chrono::seconds pace_highest{1};  // a stall is soon forgotten

}  // namespace

void QueuePace::left(Time now) {
  if (last_) pace_ += (std::min<std::chrono::nanoseconds>(now - *last_, pace_highest) - pace_) / pace_memory;
  last_ = now;
}

SearchPermits::SearchPermits(PermitLimits limits, const HttpMetrics& metrics)
    : limits_(limits),
      metrics_(metrics),
      free_(limits.permits > 0 ? limits.permits : std::max(1U, std::thread::hardware_concurrency())) {}

std::optional<SearchPermits::Permit> SearchPermits::acquire(Deadline deadline) {
  const auto begin = Clock::now();
  std::unique_lock lock(mutex_);
  if (free_ > 0 && queue_.empty()) {
    --free_;
    lock.unlock();
    metrics_.queue_wait(0);
    return std::optional<Permit>(std::in_place, *this);
  }
  if (queue_.size() >= limits_.queue_max || pace_.wait(queue_.size()) > limits_.wait_max) return refuse();
  Waiter self;
  const auto place = queue_.insert(queue_.end(), &self);
  metrics_.queue_length(queue_.size());
  const auto give_up = std::min(begin + limits_.wait_max, deadline.time());
  self.granted.wait_until(lock, give_up, [&] { return self.has_permit; });
  if (!self.has_permit) {
    queue_.erase(place);
    metrics_.queue_length(queue_.size());
    return refuse();
  }
  lock.unlock();
  metrics_.queue_wait(std::chrono::duration<double>(Clock::now() - begin).count());
  return std::optional<Permit>(std::in_place, *this);
}

// With the mutex held.
std::optional<SearchPermits::Permit> SearchPermits::refuse() {
  if (!refusing_since_) refusing_since_ = Clock::now();
  metrics_.rejected(HttpMetrics::Rejection::QueueFull);
  return std::nullopt;
}

void SearchPermits::release() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) {
    ++free_;
    refusing_since_.reset();
    pace_.emptied();
    return;
  }
  pace_.left(Clock::now());
  Waiter* next = queue_.front();  // the permit changes hands without becoming free: nobody can overtake
  queue_.pop_front();
  next->has_permit = true;
  next->granted.notify_one();
  metrics_.queue_length(queue_.size());
}

std::chrono::milliseconds SearchPermits::saturated_for() const {
  const std::lock_guard lock(mutex_);
  if (!refusing_since_) return std::chrono::milliseconds(0);
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *refusing_since_);
}

}  // namespace aisle
