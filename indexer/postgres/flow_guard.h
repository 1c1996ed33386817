// Notices that too much of an index goes at once: an emptied shop is worse than a stale one.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

namespace aisle {

struct FlowLimits {
  double delete_fraction_max = 0.2;    // how much smaller the index may become within delete_window
  std::uint64_t deletes_free = 1'000;  // so many may always go
  std::chrono::milliseconds delete_window{600'000};
  std::uint64_t refused_per_minute_max = 1'000;  // records of the stream that cannot be indexed
};

// Pure but for the time, which is handed in. One thread.
class FlowGuard {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Why a batch with so many deletes has to wait for a word, "" when it may pass; it is counted then. What
  // counts is how far the index shrinks below its largest size within the window: products that come and go
  // all day are no loss. `documents`: of the index, 0 = not known, then nothing waits. It may be commit_lag
  // old.
  std::string judge_deletes(const FlowLimits& limits, std::uint64_t deletes, std::uint64_t documents,
                            Time now);
  static constexpr std::chrono::seconds commit_lag{5};
  // The same after a batch of which `refused` records could not be indexed.
  std::string judge_refused(const FlowLimits& limits, std::uint64_t refused, Time now);
  // The word was given: nothing is held for the length of the window.
  void allow(const FlowLimits& limits, Time now);

 private:
  using Counts = std::deque<std::pair<Time, std::uint64_t>>;
  static std::uint64_t sum_since(Counts& counts, Time begin);

  Counts sizes_;    // of the index, within the window
  Counts deletes_;  // perhaps not yet missing from its size
  Counts refused_;
  Time allowed_until_{};
};

}  // namespace aisle
