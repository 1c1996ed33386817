// A point on the steady clock by which work must end. A value; free to copy, safe on any thread.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>

namespace aisle {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline after(std::chrono::nanoseconds span) { return Deadline(Clock::now() + span); }
  static Deadline at(Clock::time_point time) { return Deadline(time); }
  static Deadline never() { return Deadline(Clock::time_point::max()); }

  // For tests of what ends early: expires once it has been asked `looks` times. Counts down; borrows.
  static Deadline after_looks(std::atomic<int>& looks) {
    Deadline deadline = never();
    deadline.looks_ = &looks;
    return deadline;
  }
  static Deadline earlier(Deadline a, Deadline b) {
    Deadline both(std::min(a.time_, b.time_));
    both.looks_ = a.looks_ != nullptr ? a.looks_ : b.looks_;
    return both;
  }

  bool expired() const {
    if (looks_ != nullptr && looks_->fetch_sub(1, std::memory_order_relaxed) <= 0) return true;
    return time_ != Clock::time_point::max() && Clock::now() >= time_;
  }
  // Zero when expired; a day at the most, so that it fits every wait call.
  std::chrono::milliseconds remaining() const {
    if (time_ == Clock::time_point::max()) return std::chrono::hours(24);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time_ - Clock::now());
    return std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0), std::chrono::hours(24));
  }
  Clock::time_point time() const { return time_; }

 private:
  explicit Deadline(Clock::time_point time) : time_(time) {}
  Clock::time_point time_;
  std::atomic<int>* looks_ = nullptr;
};

}  // namespace aisle
