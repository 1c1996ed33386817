// What the feed's threads tell about themselves and what people tell the feed. Thread-safe.
#pragma once
#include <mutex>
#include <utility>

#include "indexer/postgres/postgres_feed.h"

namespace aisle {

class StatusBoard {
 public:
  FeedStatus get() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  // `change` gets the status to alter; it is short and takes no other lock.
  template <class Change>
  void update(Change change) {
    const std::lock_guard lock(mutex_);
    change(status_);
  }

  void set_state(FeedState state, const std::string& reason = "") {
    update([&](FeedStatus& status) {
      status.state = state;
      status.reason = reason;
    });
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
  bool confirmed_ = false;
};

}  // namespace aisle
