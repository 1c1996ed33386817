// A flag that poll() can wait for: set once, seen by everybody, never taken back.
#pragma once
#include <atomic>

namespace aisle {

// Thread-safe.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void set();
  bool is_set() const { return set_.load(std::memory_order_acquire); }
  // Readable for ever once set. -1 if the system gave none; then waits end at their deadlines alone.
  int fd() const { return fd_; }

 private:
  std::atomic<bool> set_{false};
  const int fd_;
};

}  // namespace aisle
