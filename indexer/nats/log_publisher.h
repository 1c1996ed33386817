// The leader's end of a shard's log: appends fenced, so that of two leaders one is refused by the log itself.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "indexer/nats/log_stream.h"
#include "indexer/shard_store.h"
#include "schemas/op_batch.h"

namespace aisle {

// The newest message of a log.
struct LogTail {
  std::uint64_t sequence = 0;  // of the stream; 0 = the log is empty
  OpBatchHeader header;
};

// NotFound without a stream, DataLoss (LOG_DAMAGED) when the message cannot be read.
Result<LogTail> read_log_tail(const LogStream& stream);

// One thread. After an error of append() only begin() may be called.
class LogPublisher {
 public:
  LogPublisher(const LogStream& stream, LogIdentity log) : stream_(stream), log_(std::move(log)) {}

  // Takes the log over for `term` of `epoch` (LogPoint) with a mark behind `own`, the position of this node's
  // shard; from then on whatever an earlier leader sends is refused.
  //   Conflict           somebody appends: begin anew
  //   FailedPrecondition LOG_SHORT or LOG_FORKED: the log does not end where `own` is, or not with its chain;
  //                      a term that is not above the tail's; OLD_TIMELINE when the tail is of a later one
  Status begin(const ShardPosition& own, LogPoint leader, const LogSource& source, Deadline deadline);

  // Conflict: deposed. Unavailable: not known to be stored when the deadline passed.
  Status append(const std::vector<Op>& ops, Deadline deadline);

  const ShardPosition& position() const { return position_; }

 private:
  Status check_tail(const LogTail& tail, const ShardPosition& own, LogPoint leader,
                    const LogSource& source) const;
  Status publish(std::vector<std::string> ops, Lsn lsn, Deadline deadline);
  Status send(const std::string& bytes, const OpBatchHeader& header, Deadline deadline);
  // Whether the message landed; Conflict when another did.
  Result<bool> landed(const OpBatchHeader& header);

  const LogStream& stream_;
  const LogIdentity log_;
  LogSource source_;
  bool leading_ = false;
  std::uint64_t sequence_ = 0;  // of the last message, as expected
  ShardPosition position_;
};

}  // namespace aisle
