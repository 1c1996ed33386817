// The ordered ops of one generation and shard. A replica applies this log and nothing else.
#pragma once
#include <span>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "schemas/op_batch.h"

namespace aisle {

struct SequencedOp {
  Seq seq = 0;
  Op op;
  LogPoint point = {};  // in a cluster's log; nothing for an op that was in none
};

// An op's place, without the op.
struct LogPosition {
  Seq seq = 0;
  Lsn lsn = 0;
  LogPoint point = {};
};

// Threads: one writer at a time may append(); any number may read() beside it.
// Ownership: a span is borrowed for the call; what read() returns belongs to the caller.
class OpLog {
 public:
  virtual ~OpLog() = default;

  // Adds all of `ops` or none, in order, and returns the seq of the last one.
  //   Conflict          the log no longer ends at `last_seen`: another leader writes. Step down, do not retry.
  //   DeadlineExceeded  readers have not made room in time; nothing was added.
  //   InvalidArgument   `ops` is empty.
  //   Unavailable       the log is closed.
  virtual Result<Seq> append(Seq last_seen, std::vector<Op> ops, Deadline deadline) = 0;

  // The ops after `seen`, oldest first, at most `count_max`; waits until there is one or the deadline passes.
  // Empty means nothing newer yet and is no error.
  //   NotFound          the log begins later than that: load a base of the shard, then read on from its seq.
  //   Unavailable       the log is closed and drained.
  virtual Result<std::vector<SequencedOp>> read(Seq seen, std::size_t count_max, Deadline deadline) = 0;

  // True as soon as an append of that size would not wait (or the log is closed), false when the deadline
  // passes.
  virtual bool wait_for_room(std::size_t ops, std::size_t bytes, Deadline deadline) = 0;

  // Seq of the last op, 0 (or the seq it was opened with) when there is none.
  virtual Seq tail() const = 0;
};

}  // namespace aisle
