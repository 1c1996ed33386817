// The op log of one shard in JetStream: appended to by the leader, followed by every node.
#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "indexer/nats/log_publisher.h"
#include "indexer/nats/log_reader.h"
#include "indexer/nats/log_stream.h"
#include "indexer/op_log.h"

namespace aisle {

// Threads: append() and lead() by one, read() by another, tail() by any. read() goes on where the last one
// ended (at first `own`) and knows no other place; its errors are LogReader's. append() stores a batch after
// the other: an error leaves those before in the log, and lead() must be called again.
class JetStreamOpLog final : public OpLog {
 public:
  // Messages of `epoch` of the log; reads behind `own`, the position of this node's shard.
  JetStreamOpLog(std::shared_ptr<NatsConnection> connection, const std::string& cluster,
                 const LogIdentity& log, std::uint32_t epoch, const ShardPosition& own);

  std::uint32_t epoch() const { return epoch_; }
  const LogStream& stream() const { return stream_; }

  // LogPublisher::begin.
  Status lead(const ShardPosition& own, std::uint64_t term, const LogSource& source, Deadline deadline);

  Result<Seq> append(Seq last_seen, std::vector<Op> ops, Deadline deadline) override;
  Result<std::vector<SequencedOp>> read(Seq seen, std::size_t count_max, Deadline deadline) override;
  // Never waits: JetStream takes what it is given and drops the oldest.
  bool wait_for_room(std::size_t, std::size_t, Deadline) override { return true; }
  Seq tail() const override { return tail_; }  // of the leader; else what was read last

 private:
  const std::uint32_t epoch_;
  const LogStream stream_;
  LogPublisher publisher_;
  LogReader reader_;
  std::atomic<Seq> tail_;
};

}  // namespace aisle
