// How the other nodes behave, and which of several replicas to ask next. Time and chance come from outside.
//
//   cost      = peak-EWMA of latency (decay 10 s) * (in flight + 1); the cheaper of two drawn by lot is asked
//   doubt     after a refusal or a race lost a node gets a tenth of the calls, after an error half of them, so that it
//               is soon either trusted again (by an answer) or ejected (by errors)
//   cold      a node without 50 answers or known for less than 30 s gets a share growing from 10 %, at most two
//               calls at once, and counts as quick as the median of the others
//   ejection  after 3 errors or time-outs in a row for 5 s, then 10, ... 60 s; never the last node, never more
//             than half of them. Afterwards one call is let through; it decides
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/deadline.h"

namespace aisle {

struct ReplicaPolicy {
  std::chrono::nanoseconds decay = std::chrono::seconds(10);
  std::chrono::nanoseconds error_cost = std::chrono::seconds(1);
  std::size_t in_flight_max = 128;  // calls to one node; more go elsewhere or fail
  std::size_t cold_answers = 50;
  std::chrono::nanoseconds cold_time = std::chrono::seconds(30);
  double cold_share = 0.1;
  double doubt_share = 0.1;
  double error_share = 0.5;
  std::size_t cold_in_flight_max = 2;
  int errors_max = 3;
  std::chrono::nanoseconds ejection = std::chrono::seconds(5);
  std::chrono::nanoseconds ejection_max = std::chrono::seconds(60);
  std::chrono::nanoseconds hedge_least = std::chrono::milliseconds(10);
  std::chrono::nanoseconds try_least = std::chrono::milliseconds(20);
  std::chrono::nanoseconds hedge_pause = std::chrono::seconds(5);  // after an ejection
};

// Thread-safe.
class ReplicaBoard {
 public:
  using Time = Deadline::Clock::time_point;

  // `random` is called with the board's lock held.
  ReplicaBoard(ReplicaPolicy policy, std::function<std::uint64_t()> random);

  // Forgets nodes that are not in the list, meets those that are new.
  void set_nodes(std::span<const std::string> ids, Time now);

  // One of the candidates, and counts it as in flight; who is new is met. Nothing when each is ejected or
  // full. An ejected one is better than none when `desperate`.
  std::optional<std::string> choose(std::span<const std::string> candidates, bool desperate, Time now);

  // Ends what choose() began, in one of four ways.
  void succeeded(const std::string& id, std::chrono::nanoseconds latency, Time now);
  // An error or a time-out; true when it led to ejection.
  bool failed(const std::string& id, Time now);
  // Nobody waits for the answer any more: another was quicker, this one took longer than `waited`. With 0: it
  // answered that it has not the view, which says nothing about how it is.
  void cancelled(const std::string& id, std::chrono::nanoseconds waited, Time now);
  // It refused because it has too much to do: dear, but not broken.
  void overloaded(const std::string& id);

  // When another replica may be asked as well, and when a call counts as timed out.
  std::chrono::nanoseconds hedge_after(const std::string& id) const;
  std::chrono::nanoseconds try_timeout(const std::string& id) const;
  // Not soon after an ejection, nor when nearly everything is busy.
  bool may_hedge(Time now) const;

  struct NodeView {
    std::string id;
    double latency_ms = 0;
    std::size_t in_flight = 0;
    bool ejected = false;
    std::uint64_t ejections = 0;
  };
  std::vector<NodeView> nodes(Time now) const;

 private:
  static constexpr std::size_t samples_kept = 128;

  struct Node {
    Time known_since;
    double latency = 0;  // ns, at `measured`
    Time measured;
    bool has_latency = false;
    bool doubtful = false;
    std::size_t in_flight = 0;
    std::size_t answers = 0;
    int errors = 0;     // in a row
    int ejections = 0;  // since it last was warm
    std::uint64_t ejections_total = 0;
    std::optional<Time> ejected_until;
    bool probing = false;
    std::array<std::int64_t, samples_kept> samples{};  // ns
    std::size_t samples_seen = 0;
  };

  void meet(const std::string& id, Time now);
  double latency_of(const Node& node, Time now) const;
  double median_latency(Time now) const;
  double cost(const Node& node, Time now) const;
  double weight(const Node& node, Time now) const;
  bool is_ejected(const Node& node) const { return node.ejected_until.has_value(); }
  bool is_available(const Node& node, Time now) const;
  const std::string& better(const std::string& a, const std::string& b, Time now);
  static void release(Node& node);
  void observe(Node& node, double latency, Time now) const;
  bool may_eject() const;
  void eject(Node& node, Time now);
  double chance() { return static_cast<double>(random_() >> 11U) * 0x1.0p-53; }
  std::chrono::nanoseconds p95(const Node& node) const;

  const ReplicaPolicy policy_;
  std::function<std::uint64_t()> random_;
  mutable std::mutex mutex_;
  std::map<std::string, Node> nodes_;
  std::optional<Time> last_ejection_;
};

}  // namespace aisle
