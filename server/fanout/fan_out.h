// Asks groups of shards on other nodes side by side: which replica, when a second one, when to give up. What
// is asked and what an answer means is the caller's affair.
//
// A group's call goes to the replica that replica_board.h chooses. Another one is asked as well
//   at once          when the first failed, refused (overloaded) or has not the view (`not_here`)
//   after its p95    as a hedge, at least 10 ms, within a budget of 5 % of all calls
//   after 4 * p95    as a retry, at least 20 ms; the first may still answer. Retries have a budget of 10 %
// The first whole answer counts, the others' connections are closed.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "server/fanout/call_budget.h"
#include "server/fanout/cluster_map.h"
#include "server/fanout/fan_out_metrics.h"
#include "server/fanout/node_transport.h"
#include "server/fanout/replica_board.h"

namespace aisle {

struct FanOutPolicy {
  double retry_share = 0.1;
  double retries_saved_max = 20;
  double hedge_share = 0.05;
  double hedges_saved_max = 5;
  std::chrono::milliseconds hop{2};  // of the deadline, kept for the way back
  ReplicaPolicy replicas;
};

// Shards that the same nodes hold.
struct ShardGroup {
  std::vector<std::uint32_t> shards;
  std::vector<NodeAddress> holders;
};

struct GroupCallText {
  std::string path;
  std::string view;     // format_view_name()
  std::string min_lsn;  // "" = any
  std::string body;
};

// Thread-safe.
class FanOut {
 public:
  // Takes an answer of a group; an error means that the node answers rubbish, and another is asked.
  using Accept = std::function<Status(std::size_t group, std::string_view body)>;

  FanOut(std::unique_ptr<NodeTransport> transport, FanOutPolicy policy,
         std::function<std::uint64_t()> random);

  // Nodes that exist from now on.
  void set_nodes(std::span<const NodeAddress> nodes);

  // One status a group: nothing else is lost with one of them.
  //   DeadlineExceeded, NotFound (not_here), Unavailable   of the last replica that was asked
  // `beside` runs on this thread while the calls are on their way.
  std::vector<Status> call(std::span<const ShardGroup> groups, const GroupCallText& text, Deadline deadline,
                           const std::function<void()>& beside, const Accept& accept);

  std::vector<ReplicaBoard::NodeView> nodes() const { return board_.nodes(transport_->now()); }

 private:
  friend class GroupCall;

  const FanOutPolicy policy_;
  std::unique_ptr<NodeTransport> transport_;
  ReplicaBoard board_;
  CallBudget retries_;
  CallBudget hedges_;
  FanOutMetrics metrics_;
};

}  // namespace aisle
