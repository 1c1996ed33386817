#include "indexer/nats/log_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace aisle {
namespace {

constexpr std::chrono::milliseconds retry_wait{100};

// The header of a batch that holds nothing else is small; the ops' lengths count too.
constexpr std::size_t piece_bytes_max = batch_op_bytes_max;

}  // namespace

Result<LogTail> read_log_tail(const LogStream& stream) {
  const auto message = stream.last();
  if (!message && message.error().code == ErrorCode::NotFound) {
    AISLE_TRY(const StreamRange range, stream.range());  // NotFound: the stream itself is missing
    if (range.last == 0) return LogTail{};
    return fail(ErrorCode::DataLoss, "LOG_GONE: stream " + stream.name() + " has lost all its messages");
  }
  if (!message) return tl::unexpected(message.error());
  auto header = decode_op_batch_header(message->data);
  if (!header)
    return fail(ErrorCode::DataLoss, "LOG_DAMAGED: " + stream.name() + ": " + header.error().message);
  return LogTail{message->sequence, std::move(*header)};
}

Status LogPublisher::begin(const ShardPosition& own, LogPoint leader, const LogSource& source,
                           Deadline deadline) {
  leading_ = false;
  AISLE_TRY(const LogTail tail, read_log_tail(stream_));
  AISLE_CHECK(check_tail(tail, own, leader, source));
  source_ = source;
  sequence_ = tail.sequence;
  position_ = own;
  position_.log.epoch = leader.epoch;
  position_.log.term = leader.term;
  Op mark;
  mark.lsn = own.lsn;
  AISLE_CHECK(publish({encode_op(mark)}, own.lsn, deadline));
  leading_ = true;
  return {};
}

Status LogPublisher::check_tail(const LogTail& tail, const ShardPosition& own, LogPoint leader,
                                const LogSource& source) const {
  if (tail.sequence == 0) return {};
  const OpBatchHeader& last = tail.header;
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::FailedPrecondition, why + " (" + stream_.name() + ")");
  };
  if (last.last_seq() < own.seq) {
    return refuse(fmt::format("LOG_SHORT: the log ends at {}, the shard is at {}", last.last_seq(), own.seq));
  }
  if (last.last_seq() > own.seq) {
    return fail(ErrorCode::Conflict, fmt::format("the log ends at {}, the shard is still at {} ({})",
                                                 last.last_seq(), own.seq, stream_.name()));
  }
  if (last.after.chain != own.log.chain) {
    return refuse(fmt::format("LOG_FORKED: the log has another history up to {} than the shard", own.seq));
  }
  if (last.after.term >= leader.term) {
    return refuse(fmt::format("term {} is not above {}, the log's last", leader.term, last.after.term));
  }
  if (last.source.system_id == source.system_id && last.source.timeline > source.timeline) {
    return refuse(fmt::format("OLD_TIMELINE: the log was written from timeline {}, the database is on {}",
                              last.source.timeline, source.timeline));
  }
  return {};
}

Status LogPublisher::append(const std::vector<Op>& ops, Deadline deadline) {
  if (!leading_) return fail(ErrorCode::Conflict, "this node does not lead " + stream_.name());
  std::vector<std::string> piece;
  std::size_t bytes = 0;
  Lsn lsn = position_.lsn;
  for (const Op& op : ops) {
    std::string encoded = encode_op(op);
    if (encoded.size() > batch_op_bytes_max) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("product \"{}\" takes {} bytes in the log, the limit is {}", op.id,
                              encoded.size(), batch_op_bytes_max));
    }
    const std::size_t size = encoded.size() + sizeof(std::uint32_t);
    if (bytes + size > piece_bytes_max && !piece.empty()) {
      AISLE_CHECK(publish(std::exchange(piece, {}), lsn, deadline));
      bytes = 0;
    }
    bytes += size;
    lsn = op.lsn;
    piece.push_back(std::move(encoded));
  }
  return piece.empty() ? Status() : publish(std::move(piece), lsn, deadline);
}

Status LogPublisher::publish(std::vector<std::string> ops, Lsn lsn, Deadline deadline) {
  OpBatchHeader header{.log = log_,
                       .source = source_,
                       .first_seq = position_.seq + 1,
                       .lsn = lsn,
                       .before = position_.log.chain,
                       .after = position_.log};
  const std::string bytes = encode_op_batch(header, ops);
  if (Status sent = send(bytes, header, deadline); !sent) {
    leading_ = false;
    return sent;
  }
  position_ = {header.last_seq(), lsn, header.after};
  return {};
}

// The same bytes with the same expectation until the outcome is known: at most one copy can be accepted.
Status LogPublisher::send(const std::string& bytes, const OpBatchHeader& header, Deadline deadline) {
  while (true) {
    const auto stored = stream_.publish(bytes, sequence_);
    if (stored) {
      sequence_ = *stored;
      return {};
    }
    const ErrorCode code = stored.error().code;
    if (code != ErrorCode::Conflict && code != ErrorCode::Unavailable) return tl::unexpected(stored.error());
    const auto found = landed(header);
    if (found && *found) return {};
    if (!found && found.error().code != ErrorCode::Unavailable) return tl::unexpected(found.error());
    if (found && code == ErrorCode::Conflict) return tl::unexpected(stored.error());
    if (deadline.expired()) return tl::unexpected(stored.error());
    std::this_thread::sleep_for(std::min(retry_wait, deadline.remaining()));
  }
}

Result<bool> LogPublisher::landed(const OpBatchHeader& header) {
  AISLE_TRY(const LogTail tail, read_log_tail(stream_));
  if (tail.sequence == sequence_) return false;
  if (tail.sequence == 0 || tail.header != header) {
    return fail(ErrorCode::Conflict,
                fmt::format("term {} of {} ended: the log goes on with term {} at {}", position_.log.term,
                            stream_.name(), tail.header.after.term, tail.sequence));
  }
  sequence_ = tail.sequence;
  return true;
}

}  // namespace aisle
