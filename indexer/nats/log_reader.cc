#include "indexer/nats/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "base/log.h"
#include "indexer/nats/nats_handles.h"

namespace aisle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds watch_interval{1};

tl::unexpected<Error> damaged(const std::string& stream, const std::string& why) {
  return fail(ErrorCode::DataLoss, "LOG_DAMAGED: " + stream + ": " + why);
}

}  // namespace

struct LogReader::Subscription {
  Subscription(NatsConnection& on, natsSubscription* made) : connection(on), handle(made) {}
  ~Subscription() { connection.end(handle); }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  NatsConnection& connection;
  natsSubscription* const handle;
};

LogReader::LogReader(const LogStream& stream, LogIdentity log, const ShardPosition& own)
    : stream_(stream), log_(std::move(log)), position_(own) {}
LogReader::~LogReader() = default;

Result<std::vector<SequencedOp>> LogReader::read(std::size_t count_min, Deadline deadline) {
  std::vector<SequencedOp> ops;
  if (!attached()) {
    AISLE_TRY(ops, attach());
    if (!attached())
      std::this_thread::sleep_for(std::min(deadline.remaining(), std::chrono::milliseconds(100)));
  }
  while (attached() && ops.size() < count_min) {
    auto more = receive(ops.empty() ? deadline : Deadline::after(std::chrono::milliseconds(0)));
    if (!more) {
      subscription_.reset();
      if (ops.empty()) return tl::unexpected(more.error());
      break;  // comes again with the next read
    }
    if (more->empty()) break;
    std::ranges::move(*more, std::back_inserter(ops));
  }
  return ops;
}

// Finds the message that continues the position, and what of it is still missing. An empty log leaves the
// reader unattached: its first message is awaited by looking again.
Result<std::vector<SequencedOp>> LogReader::attach() {
  const auto range = stream_.range();
  if (!range && range.error().code == ErrorCode::NotFound) {
    return fail(ErrorCode::NotFound, "LOG_GONE: " + range.error().message);
  }
  if (!range) return tl::unexpected(range.error());
  std::vector<SequencedOp> ops;
  if (range->last == 0) return ops;
  AISLE_TRY(next_, find_message(*range));
  AISLE_TRY(const StreamMessage message, stream_.message(next_));
  AISLE_TRY(ops, take(message.data));
  AISLE_CHECK(subscribe(++next_));
  return ops;
}

// The message that holds the op at the position, or, at the log's beginning, the one behind it.
Result<std::uint64_t> LogReader::find_message(const StreamRange& range) const {
  AISLE_TRY(const OpBatchHeader first, header_at(range.first));
  if (first.first_seq > position_.seq + 1) {
    return fail(ErrorCode::NotFound, fmt::format("BASE_NEEDED: {} begins at {}, the shard is at {}",
                                                 stream_.name(), first.first_seq, position_.seq));
  }
  if (first.first_seq == position_.seq + 1) return range.first;
  AISLE_TRY(const OpBatchHeader last, header_at(range.last));
  if (last.last_seq() < position_.seq) {
    return fail(ErrorCode::DataLoss, fmt::format("LOG_SHORT: {} ends at {}, the shard is at {}",
                                                 stream_.name(), last.last_seq(), position_.seq));
  }
  std::uint64_t low = range.first;
  std::uint64_t high = range.last;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    AISLE_TRY(const OpBatchHeader header, header_at(middle));
    if (header.last_seq() < position_.seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<OpBatchHeader> LogReader::header_at(std::uint64_t sequence) const {
  AISLE_TRY(const StreamMessage message, stream_.message(sequence));
  auto header = decode_op_batch_header(message.data);
  if (!header) return damaged(stream_.name(), header.error().message);
  if (header->log != log_) return damaged(stream_.name(), "holds the log of another shard");
  return std::move(*header);
}

Status LogReader::subscribe(std::uint64_t from) {
  subscription_.reset();
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = stream_.name().c_str();
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverByStartSequence;
  options.Config.OptStartSeq = from;
  natsSubscription* made = nullptr;
  jsErrCode code{};
  const natsStatus status = js_SubscribeSync(&made, stream_.connection()->jetstream(),
                                             stream_.subject().c_str(), nullptr, &options, &code);
  if (status != NATS_OK) return nats_failure("cannot follow stream " + stream_.name(), status, code);
  subscription_ = std::make_unique<Subscription>(*stream_.connection(), made);
  natsSubscription_SetPendingLimits(made, -1, -1);  // flow control bounds it
  last_received_ = last_look_ = Clock::now();
  return {};
}

Result<std::vector<SequencedOp>> LogReader::receive(Deadline deadline) {
  const auto wait = std::min<std::chrono::milliseconds>(deadline.remaining(), watch_interval);
  natsMsg* received = nullptr;
  const natsStatus status =
      natsSubscription_NextMsg(&received, subscription_->handle, std::max<std::int64_t>(wait.count(), 1));
  const NatsMessage message(received);
  std::vector<SequencedOp> ops;
  if (status != NATS_OK) {
    if (status != NATS_TIMEOUT) return nats_failure("following stream " + stream_.name(), status);
    AISLE_CHECK(watch());
    return ops;
  }
  jsMsgMetaData* found = nullptr;
  if (natsMsg_GetMetaData(&found, message.get()) != NATS_OK) {
    return damaged(stream_.name(), "a message says not where it stands");
  }
  const std::uint64_t sequence = found->Sequence.Stream;
  jsMsgMetaData_Destroy(found);
  last_received_ = Clock::now();
  if (sequence < next_) return ops;
  if (sequence > next_) {
    return fail(ErrorCode::Unavailable,
                fmt::format("{} jumped from {} to {}", stream_.name(), next_, sequence));
  }
  AISLE_TRY(ops, take({natsMsg_GetData(message.get()),
                       static_cast<std::size_t>(natsMsg_GetDataLength(message.get()))}));
  ++next_;
  return ops;
}

// The library's consumer can fall silent for seconds after the servers restarted.
Status LogReader::watch() {
  const auto now = Clock::now();
  if (now - last_look_ < watch_interval || now - last_received_ < watch_interval) return {};
  last_look_ = now;
  AISLE_TRY(const StreamRange range, stream_.range());
  if (range.last < next_) return {};
  log(LogLevel::Info, "log.silent", "the log went on unheard, it is followed anew",
      {{"stream", stream_.name()}, {"next", next_}, {"last", range.last}});
  return subscribe(next_);
}

Result<std::vector<SequencedOp>> LogReader::take(std::string_view data) {
  auto batch = decode_op_batch(data);
  if (!batch) return damaged(stream_.name(), batch.error().message);
  const OpBatchHeader& header = batch->header;
  Hash128 chain = header.before;
  const bool holds_position = header.first_seq <= position_.seq && position_.seq <= header.last_seq();
  if (holds_position) chain = batch->chains[position_.seq - header.first_seq];
  AISLE_CHECK(check(header, chain));
  std::vector<SequencedOp> ops;
  for (std::size_t i = 0; i < batch->ops.size(); ++i) {
    const Seq seq = header.first_seq + i;
    if (seq <= position_.seq) continue;
    const LogPoint point{header.after.epoch, header.after.term, batch->chains[i]};
    position_ = {seq, batch->ops[i].lsn, point};
    ops.push_back({seq, std::move(batch->ops[i]), point});
  }
  return ops;
}

Status LogReader::check(const OpBatchHeader& header, Hash128 chain_at_position) const {
  if (header.log != log_) return damaged(stream_.name(), "holds the log of another shard");
  if (header.first_seq > position_.seq + 1) {
    return damaged(stream_.name(), fmt::format("goes from {} to {}", position_.seq, header.first_seq));
  }
  if (header.last_seq() < position_.seq) {
    return damaged(stream_.name(), fmt::format("goes back from {} to {}", position_.seq, header.last_seq()));
  }
  if (chain_at_position != position_.log.chain) {
    return fail(ErrorCode::DataLoss, fmt::format("LOG_FORKED: {} has another history up to {} than the shard",
                                                 stream_.name(), position_.seq));
  }
  if (header.after.term < position_.log.term && header.last_seq() > position_.seq) {
    return damaged(stream_.name(),
                   fmt::format("term falls from {} to {}", position_.log.term, header.after.term));
  }
  return {};
}

}  // namespace aisle
