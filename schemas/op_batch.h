// Ops as they travel between nodes: one batch is one message of a shard's log. A chain of hashes over every
// op tells two histories apart that share their sequence numbers.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "schemas/op.h"

namespace aisle {

// Where an op stands in the history of a log. Epoch 0: the op came from this process and was in no log; only
// the first start of a shard without a log has a chain then (ShardStore::position).
struct LogPoint {
  std::uint32_t epoch = 0;  // of the log, from 1
  std::uint64_t term = 0;   // of the leader that wrote it, from 1; never falls along a log
  Hash128 chain;            // over all ops up to here
  friend bool operator==(const LogPoint&, const LogPoint&) = default;
};

// Whose history a log tells.
struct LogIdentity {
  std::string index;
  std::uint32_t generation = 1;
  std::uint32_t shard = 0;
  friend bool operator==(const LogIdentity&, const LogIdentity&) = default;
};

// Of the database that the changes come from; zero for a file.
struct LogSource {
  std::uint64_t system_id = 0;
  std::uint32_t timeline = 0;
  friend bool operator==(const LogSource&, const LogSource&) = default;
};

struct OpBatchHeader {
  LogIdentity log;
  LogSource source;
  Seq first_seq = 1;
  Lsn lsn = 0;     // of its last op
  Hash128 before;  // chain ahead of the first op
  LogPoint after;  // epoch and term of the batch, chain behind the last op
  std::uint32_t count = 0;
  Seq last_seq() const { return first_seq + count - 1; }
  friend bool operator==(const OpBatchHeader&, const OpBatchHeader&) = default;
};

struct OpBatch {
  OpBatchHeader header;
  std::vector<Op> ops;
  std::vector<Hash128> chains;  // behind each op
};

inline constexpr std::size_t batch_bytes_max = 512U << 10U;
inline constexpr std::size_t batch_op_bytes_max = batch_bytes_max - 1024;  // of one encoded op

// `header` says all but count and the chain behind the last op, which are filled in; `ops` are encoded, at
// least one.
std::string encode_op_batch(OpBatchHeader& header, const std::vector<std::string>& ops);

// DataLoss for whatever encode_op_batch cannot have written: format, lengths, hash of the body, chain. Never
// reads out of bounds. The header alone is cheaper and believes the body.
Result<OpBatch> decode_op_batch(std::string_view bytes);
Result<OpBatchHeader> decode_op_batch_header(std::string_view bytes);

}  // namespace aisle
