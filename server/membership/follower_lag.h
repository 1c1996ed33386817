// How old the index of a member may be that does not feed it.
#pragma once
#include <chrono>
#include <mutex>
#include <vector>

#include "schemas/op.h"

namespace aisle {

// What the leader said of itself when it was last heard.
struct LeaderNews {
  std::chrono::milliseconds lag{0};  // how old its own index may be
  std::chrono::milliseconds age{0};  // of the news
  std::vector<Seq> applied;          // by shard
};

// The lag is the leader's own, plus the time since this member had all that the leader was known to have.
// While no leader is heard, the time since then: nothing may have come, or much. Thread-safe.
class FollowerLag {
 public:
  using Clock = std::chrono::steady_clock;
  // News of a leader are renewed every few seconds; older ones count as silence.
  static constexpr std::chrono::milliseconds age_max{7'000};

  explicit FollowerLag(Clock::time_point now) : current_at_(now) {}
  // Looks at the position of this member, by shard as `applied`; those of shards that it does not hold are as
  // far as any. Null: no leader is known.
  void look(const LeaderNews* leader, const std::vector<Seq>& own, Clock::time_point now);
  // This member leads.
  void leads(Clock::time_point now);
  std::chrono::milliseconds lag(Clock::time_point now) const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  Clock::time_point current_at_;
  std::chrono::milliseconds leader_lag_{0};
  bool current_ = false;  // at the last look
};

}  // namespace aisle
