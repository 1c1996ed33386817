// Limits how many searches run at once, apart from how many connections there are. First come, first served.
// Whoever could not be served within wait_max, as fast as permits come free now, is refused at once: waiting
// costs a place in a list, refusing a round trip, and clients who are refused may ask again at once.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>

#include "base/deadline.h"
#include "server/http/http_metrics.h"

namespace aisle {

struct PermitLimits {
  std::size_t permits = 0;                  // 0: one a core
  std::size_t queue_max = 2048;             // waiting requests; more are refused at once
  std::chrono::milliseconds wait_max{250};  // longer, and the shopper has gone
};

// How fast a queue that is never empty gets shorter, smoothed over the last 16 who left it. One thread at a
// time.
class QueuePace {
 public:
  using Time = Deadline::Clock::time_point;

  void left(Time now);               // somebody's turn has come
  void emptied() { last_.reset(); }  // what follows is no wait
  // For somebody behind `ahead` others. Zero while nothing is known.
  std::chrono::nanoseconds wait(std::size_t ahead) const { return pace_ * static_cast<std::int64_t>(ahead); }

 private:
  std::chrono::nanoseconds pace_{0};
  std::optional<Time> last_;
};

// Thread-safe. Outlives its permits.
class SearchPermits {
 public:
  SearchPermits(PermitLimits limits, const HttpMetrics& metrics);

  // Gives itself back when destroyed.
  class Permit {
   public:
    explicit Permit(SearchPermits& owner) : owner_(&owner) {}
    Permit(Permit&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Permit& operator=(Permit&&) = delete;
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() {
      if (owner_ != nullptr) owner_->release();
    }

   private:
    SearchPermits* owner_;
  };

  // Nothing when the queue is full or too slow, or wait_max or `deadline` passed first.
  std::optional<Permit> acquire(Deadline deadline);
  // Since the first refusal after which the queue has not been empty once: /readyz may say so.
  std::chrono::milliseconds saturated_for() const;

 private:
  struct Waiter {
    std::condition_variable granted;
    bool has_permit = false;
  };
  void release();
  std::optional<Permit> refuse();

  const PermitLimits limits_;
  const HttpMetrics& metrics_;
  mutable std::mutex mutex_;
  std::size_t free_;
  std::list<Waiter*> queue_;  // oldest first; each lives on its thread's stack
  QueuePace pace_;
  std::optional<Deadline::Clock::time_point> refusing_since_;
};

}  // namespace aisle
