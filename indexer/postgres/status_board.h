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

  void set_state(FeedState state, const std::string& reason = "") {
    const std::lock_guard lock(mutex_);
    status_.state = state;
    status_.reason = reason;
    if (state == FeedState::Scanning || state == FeedState::Streaming) lost_at_.reset();
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
  mutable std::mutex mutex_;
  FeedStatus status_;
  std::optional<std::chrono::steady_clock::time_point> lost_at_;
  bool confirmed_ = false;
};

}  // namespace aisle
