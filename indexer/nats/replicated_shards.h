// The shards of one generation on this node as members of a cluster: each follows its JetStream log; the node
// that leads also appends to them.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "indexer/log_follower.h"
#include "indexer/nats/jetstream_op_log.h"
#include "indexer/nats/kv_bucket.h"
#include "indexer/shard_set.h"
#include "schemas/node_presence.h"

namespace aisle {

struct ReplicatedShardsOptions {
  std::string cluster;
  StreamLimits stream;
  // The member that has more of a shard on disk than up to `seq`; null or nothing: none has.
  std::function<std::optional<std::string>(std::uint32_t shard, Seq seq)> longer_copy = {};
  std::function<bool()> hears_others = {};  // before it, who has more is not known; null: always
};

// Which epoch of a log counts stands in the bucket aisle-<cluster>-logs, key index.generation.shard; a log
// without an entry is in its first. Threads: lead() by one at a time, the rest by any.
class ReplicatedShards {
 public:
  ReplicatedShards(std::shared_ptr<NatsConnection> connection, ReplicatedShardsOptions options,
                   std::shared_ptr<ShardSet> shards);
  ~ReplicatedShards();  // stop()
  ReplicatedShards(const ReplicatedShards&) = delete;
  ReplicatedShards& operator=(const ReplicatedShards&) = delete;

  // Follows from now on, until stop(). Once.
  void start();
  // Follows no more. Nothing but presence() and the like may be called afterwards.
  void stop();

  // Begins a term: catches this node's shards up with their logs, makes logs that are missing, and puts a
  // mark into every one, so that whatever an earlier leader still sends is refused. Returns the logs to
  // append to, by shard; their marks are on disk.
  //   Conflict          another leader appends: begin anew
  //   Unavailable       it has not heard yet what the other members have
  //   DeadlineExceeded  the shards have not caught up in time
  //   FailedPrecondition  LOG_BEHIND: another member has more on disk than this one and the log; is_behind()
  //   others            LogPublisher::begin, and what keeps a shard from following
  Result<std::vector<std::shared_ptr<OpLog>>> lead(const LogSource& source, Deadline deadline);

  // The last lead() found that a log lost what another member has on disk: its copy is to be taken first, so
  // that nothing goes that PostgreSQL may have forgotten.
  bool is_behind() const { return behind_; }
  // Every shard held here once had all that its log held.
  bool caught_up() const;
  // What keeps a shard from following; nothing when all do.
  std::optional<Error> trouble() const;

  // By shard, all but `applied`, which is what is in the local log.
  std::vector<ShardPresence> presence() const;

 private:
  struct Shard {
    std::shared_ptr<JetStreamOpLog> log;
    std::unique_ptr<LogFollower> follower;
  };

  std::string epoch_key(std::uint32_t shard) const;
  LogIdentity identity(std::uint32_t shard) const;
  void follow(std::uint32_t shard, std::uint32_t epoch);
  void tend(const std::stop_token& stop);
  void tend_shard(std::uint32_t number);
  std::shared_ptr<JetStreamOpLog> log(std::uint32_t shard) const;
  Status check_copies(std::uint32_t shard, Seq known);
  // The tail of the shard's log, which is made when there is none or it lost what the shard has.
  Result<LogTail> tail_for_leader(std::uint32_t shard, Deadline deadline);
  Status begin_epoch(std::uint32_t shard, std::uint32_t epoch);

  const std::shared_ptr<NatsConnection> connection_;
  const ReplicatedShardsOptions options_;
  const std::shared_ptr<ShardSet> shard_set_;
  KvBucket epochs_;

  std::mutex follow_mutex_;  // one change of a follower at a time
  std::atomic<bool> behind_{false};
  mutable std::mutex mutex_;  // guards shards_
  std::vector<Shard> shards_;

  std::jthread tender_;  // last: stops first
};

}  // namespace aisle
