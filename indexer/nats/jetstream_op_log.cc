#include "indexer/nats/jetstream_op_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace aisle {
namespace {

constexpr std::chrono::seconds publish_time{10};  // a leader that cannot publish for longer gives up

LogStream stream_of(std::shared_ptr<NatsConnection> connection, const std::string& cluster,
                    const LogIdentity& log, std::uint32_t epoch) {
  return {std::move(connection),
          fmt::format("aisle-{}-{}-{}-{}-{}", cluster, log.index, log.generation, log.shard, epoch),
          fmt::format("aisle.{}.log.{}.{}.{}.{}", cluster, log.index, log.generation, log.shard, epoch)};
}

}  // namespace

JetStreamOpLog::JetStreamOpLog(std::shared_ptr<NatsConnection> connection, const std::string& cluster,
                               const LogIdentity& log, std::uint32_t epoch, const ShardPosition& own)
    : epoch_(epoch),
      stream_(stream_of(std::move(connection), cluster, log, epoch)),
      publisher_(stream_, log),
      reader_(stream_, log, own),
      tail_(own.seq) {}

Status JetStreamOpLog::lead(const ShardPosition& own, std::uint64_t term, const LogSource& source,
                            Deadline deadline) {
  AISLE_CHECK(
      publisher_.begin(own, {.epoch = epoch_, .term = term, .chain = own.log.chain}, source, deadline));
  tail_ = publisher_.position().seq;
  return {};
}

Result<Seq> JetStreamOpLog::append(Seq last_seen, std::vector<Op> ops, Deadline deadline) {
  if (ops.empty()) return fail(ErrorCode::InvalidArgument, "no ops to append");
  if (publisher_.position().seq != last_seen) {
    return fail(ErrorCode::Conflict,
                fmt::format("the op log ends at {}, expected {}", publisher_.position().seq, last_seen));
  }
  const Deadline end = Deadline::at(std::min(deadline.time(), Deadline::after(publish_time).time()));
  AISLE_CHECK(publisher_.append(ops, end));
  tail_ = publisher_.position().seq;
  return publisher_.position().seq;
}

Result<std::vector<SequencedOp>> JetStreamOpLog::read(Seq seen, std::size_t count_max, Deadline deadline) {
  if (seen != reader_.position().seq) {
    return fail(ErrorCode::Internal, fmt::format("{} is read from {}, asked for {}", stream_.name(),
                                                 reader_.position().seq, seen));
  }
  AISLE_TRY(auto ops, reader_.read(count_max, deadline));
  if (!ops.empty()) tail_ = std::max<Seq>(tail_, ops.back().seq);
  return ops;
}

}  // namespace aisle
