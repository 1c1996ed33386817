// When a shard commits: soon after a change, but never so often that committing is most of what it does.
#pragma once
#include <chrono>
#include <cstddef>

namespace aisle {

struct CommitPace {
  std::chrono::milliseconds interval{1'000};        // from the first pending change to its commit
  std::chrono::milliseconds idle_interval{10'000};  // the same when only the position moved
  std::chrono::milliseconds interval_max{10'000};   // how far slow commits may stretch `interval`
  std::size_t bytes_min = 4U << 20U;                // pending ops that force a commit
  std::size_t bytes_max = 64U << 20U;               // the same under load: a first build, catching up
  std::size_t ops_max = 50'000;
};

// A commit is to take at most a quarter of the time between two: time limit and byte limit stretch until it
// does, and shrink back when it does with room to spare. Pure but for its own state; the caller brings the
// clock.
class CommitPacer {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit CommitPacer(CommitPace pace)
      : pace_(pace), interval_(pace.interval), bytes_limit_(pace.bytes_min) {}

  // An op of that size is pending; `content` unless it only moves the position.
  void add(std::size_t bytes, bool content, Time now);
  bool pending() const { return ops_ > 0; }
  bool due(Time now) const;
  // Until due(); the idle interval when nothing is pending.
  std::chrono::milliseconds wait(Time now) const;
  // All that was pending is committed.
  void committed(Time begin, Time end);
  // What was pending is lost.
  void dropped();

  std::chrono::milliseconds interval() const { return interval_; }
  std::size_t bytes_limit() const { return bytes_limit_; }

 private:
  Time due_time() const;
  bool full() const { return bytes_ >= bytes_limit_ || ops_ >= pace_.ops_max; }

  const CommitPace pace_;
  std::chrono::milliseconds interval_;
  std::size_t bytes_limit_;
  std::size_t bytes_ = 0;
  std::size_t ops_ = 0;
  bool content_ = false;
  Time first_{};  // of the pending ops
  Time first_content_{};
};

}  // namespace aisle
