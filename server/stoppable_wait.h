// Sleeping that a stop ends.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace aisle {

// Returns after `span`, or at once when `stop` is requested.
inline void stoppable_wait(const std::stop_token& stop, std::chrono::milliseconds span) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, span, [] { return false; });
}

}  // namespace aisle
