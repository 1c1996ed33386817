// Holds the newest version of an immutable value. Readers keep what they took for as long as they like.
#pragma once
#include <memory>
#include <mutex>
#include <utility>

namespace aisle {

// Thread-safe. A mutex and a copied pointer: std::atomic<std::shared_ptr> is reported as a race by
// ThreadSanitizer with libstdc++ 12, and one short lock a request costs nothing measurable.
template <class T>
class Snapshot {
 public:
  Snapshot() = default;
  explicit Snapshot(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void set(std::shared_ptr<const T> value) {
    {
      const std::lock_guard lock(mutex_);
      value_.swap(value);
    }
    // the old value, if this was its last holder, is destroyed here, outside the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace aisle
