// This process as a member of a cluster: its connection to JetStream, what it tells the others of itself and
// what it knows of them, and the parts by which its indexes follow the cluster.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "indexer/nats/jetstream_state_store.h"
#include "indexer/nats/log_garbage.h"
#include "indexer/nats/presence.h"
#include "indexer/nats/replicated_shards.h"
#include "indexer/nats/statistics_board.h"
#include "schemas/node_presence.h"
#include "server/membership/membership_config.h"

namespace aisle {

enum class MemberRole : std::uint8_t {
  Serve,  // follows the logs and answers searches
  Index,  // competes for feeding the logs, and has the shards for it
};

// Thread-safe.
class Membership {
 public:
  // Needs no JetStream to be there. InvalidArgument for an address that cannot be one.
  static Result<std::shared_ptr<Membership>> open(MembershipConfig config, MemberRole role);
  ~Membership();
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

  const MembershipConfig& config() const { return config_; }
  bool feeds() const { return role_ == MemberRole::Index; }

  // Tells the others of this node from now on. `listener` is its address unless the configuration says
  // another; `describe` says what it has. Whom it knows is kept in `folder`, for a start without JetStream.
  void appear(const std::string& listener, const std::filesystem::path& folder,
              std::function<std::vector<IndexPresence>()> describe);
  // Takes its entry away; nothing is asked of `describe` afterwards.
  void leave();
  // All that are there, this one first once it has appeared.
  std::vector<NodePresence> nodes() const;

  // Draining: told to the others, and by /readyz. By order of the cluster's command or of the process.
  bool draining() const { return leaving_ || ordered_out_; }
  void drain() { leaving_ = true; }
  void set_leading(bool leading) { leading_ = leading; }

  Result<std::unique_ptr<StateStore>> state_store(const std::string& index,
                                                  const std::filesystem::path& folder);
  // Whether the cluster's state was heard lately; true before a store was asked for.
  bool fresh() const;
  // The shards follow their logs from now on.
  std::shared_ptr<ReplicatedShards> replicate(std::shared_ptr<ShardSet> shards) const;
  StatisticsBoard& statistics() { return statistics_; }

  // Presence::settled().
  bool settled() const;
  // Presence::age_of; the longest span before it has appeared.
  std::chrono::milliseconds age_of(const std::string& node) const;

  // Streams of an index's logs whose generation is none that is `needed`; deletes them unless it is to be
  // told only.
  Result<std::vector<GarbageStream>> collect_streams(const std::string& index,
                                                     const std::function<bool(std::uint32_t)>& needed,
                                                     bool only_tell);

 private:
  Membership(MembershipConfig config, MemberRole role, std::shared_ptr<NatsConnection> connection);
  void follow_orders(const std::stop_token& stop);

  const MembershipConfig config_;
  const MemberRole role_;
  const std::shared_ptr<NatsConnection> connection_;
  StatisticsBoard statistics_;
  KvBucket orders_;
  std::atomic<bool> leaving_{false};
  std::atomic<bool> ordered_out_{false};
  std::atomic<bool> leading_{false};

  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<Presence> presence_;
  std::vector<JetStreamStateStore*> stores_;  // belong to the indexes, which end before this

  std::jthread orders_follower_;  // last: stops first
};

// What stands in the buckets, for whoever is no member: the command line.
class ClusterDesk {
 public:
  static Result<std::unique_ptr<ClusterDesk>> open(const MembershipConfig& config);
  Result<std::vector<NodePresence>> nodes();  // by name; entries live for 15 s after their node went
  // Orders a node out or back in.
  Status order(const std::string& node, bool out);

 private:
  ClusterDesk(const std::shared_ptr<NatsConnection>& connection, const MembershipConfig& config);
  KvBucket nodes_;
  KvBucket orders_;
};

}  // namespace aisle
