// A replica's end of a shard's log: every op once and in order, each proven to continue the history this
// shard has. What does not fit is an error, never skipped.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "indexer/nats/log_publisher.h"
#include "indexer/nats/log_stream.h"
#include "indexer/op_log.h"
#include "indexer/shard_store.h"

namespace aisle {

// One thread. Errors begin with their name; after one, read() looks at the log anew from the position
// reached:
//   LOG_GONE      NotFound     there is no stream
//   BASE_NEEDED   NotFound     the log begins later: a base of the shard is needed
//   LOG_SHORT     DataLoss     the log ends before the position
//   LOG_FORKED    DataLoss     the log has another history at the position
//   LOG_DAMAGED   DataLoss     a message that cannot be what a leader wrote
class LogReader {
 public:
  // Reads on behind `own`.
  LogReader(const LogStream& stream, LogIdentity log, const ShardPosition& own);
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  // Whole batches, at least one unless the deadline passes first; stops after the batch that reaches
  // `count_min`.
  Result<std::vector<SequencedOp>> read(std::size_t count_min, Deadline deadline);

  const ShardPosition& position() const { return position_; }
  bool attached() const { return subscription_ != nullptr; }  // the log was found to fit

 private:
  struct Subscription;

  Result<std::vector<SequencedOp>> attach();
  Result<std::uint64_t> find_message(const StreamRange& range) const;
  Result<OpBatchHeader> header_at(std::uint64_t sequence) const;
  Status subscribe(std::uint64_t from);
  Result<std::vector<SequencedOp>> receive(Deadline deadline);
  // The ops of a message that lie behind the position, which moves on.
  Result<std::vector<SequencedOp>> take(std::string_view data);
  Status check(const OpBatchHeader& header, Hash128 chain_at_position) const;
  Status watch();

  const LogStream& stream_;
  const LogIdentity log_;
  ShardPosition position_;
  std::uint64_t next_ = 0;  // sequence of the message that comes next
  std::unique_ptr<Subscription> subscription_;
  std::chrono::steady_clock::time_point last_received_;
  std::chrono::steady_clock::time_point last_look_;
};

}  // namespace aisle
