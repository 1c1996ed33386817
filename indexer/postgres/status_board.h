// What the feed's threads tell about themselves and what people tell the feed. Thread-safe.
#pragma once
#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

#include "indexer/postgres/postgres_feed.h"

namespace aisle {

class StatusBoard {
 public:
  FeedStatus get() const {
    const std::lock_guard lock(mutex_);
    FeedStatus status = status_;
    describe_targets(status);
    if (lost_at_) {
      const std::chrono::duration<double> lost = std::chrono::steady_clock::now() - *lost_at_;
      status.lag_seconds = std::max(status.lag_seconds, lost.count());
    }
    return status;
  }

  // `change` gets the status to alter; it is short and takes no other lock.
  template <class Change>
  void update(Change change) {
    const std::lock_guard lock(mutex_);
    change(status_);
  }

  // The same for a target's part; one that is not known yet is added.
  template <class Change>
  void update_target(const ChangeSink& sink, Change change) {
    const std::lock_guard lock(mutex_);
    auto found = std::ranges::find(status_.targets, &sink, &TargetStatus::sink);
    if (found == status_.targets.end()) {
      status_.targets.emplace_back().sink = &sink;
      found = status_.targets.end() - 1;
    }
    change(*found);
  }
  void forget_target(const ChangeSink& sink) {
    const std::lock_guard lock(mutex_);
    std::erase_if(status_.targets, [&](const TargetStatus& target) { return target.sink == &sink; });
  }

  void set_state(FeedState state, const std::string& reason = "") {
    const std::lock_guard lock(mutex_);
    status_.state = state;
    status_.reason = reason;
    if (state != FeedState::Stopped) lost_at_.reset();
  }

  // A session ended with an error. From the first one on until a session runs again the index ages.
  void set_lost(FeedState state, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    status_.state = state;
    status_.reason = reason;
    ++status_.reconnects;
    if (!lost_at_) lost_at_ = std::chrono::steady_clock::now();
  }

  void confirm() {
    const std::lock_guard lock(mutex_);
    if (status_.state == FeedState::Held) confirmed_ = true;
  }
  bool take_confirmation() {
    const std::lock_guard lock(mutex_);
    return std::exchange(confirmed_, false);
  }

 private:
  static void describe_targets(FeedStatus& status) {
    if (status.targets.empty()) return;
    const TargetStatus& first = status.targets.front();
    status.findings = first.findings;
    status.scan = first.scan;
    status.scanned_products = first.scanned_products;
    status.scan_estimate = first.scan_estimate;
    status.backlog = first.backlog;
    status.applied_lsn = first.applied_lsn;
    for (const TargetStatus& target : status.targets) {
      status.applied_lsn = std::min(status.applied_lsn, target.applied_lsn);
    }
  }

  mutable std::mutex mutex_;
  FeedStatus status_;
  std::optional<std::chrono::steady_clock::time_point> lost_at_;
  bool confirmed_ = false;
};

}  // namespace aisle
