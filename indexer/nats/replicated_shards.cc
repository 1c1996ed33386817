#include "indexer/nats/replicated_shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <utility>

#include "base/log.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds tend_interval{1};
constexpr std::chrono::seconds proven{5};  // a log is given up when it stayed away or short for so long
constexpr std::chrono::milliseconds look_again{200};

std::uint32_t parse_epoch(const std::string& text) {
  std::uint32_t epoch = 0;
  std::from_chars(text.data(), text.data() + text.size(), epoch);
  return epoch;
}

}  // namespace

ReplicatedShards::ReplicatedShards(std::shared_ptr<NatsConnection> connection,
                                   ReplicatedShardsOptions options, std::shared_ptr<ShardSet> shards)
    : connection_(std::move(connection)),
      options_(std::move(options)),
      shard_set_(std::move(shards)),
      epochs_(connection_,
              {.name = "aisle-" + options_.cluster + "-logs", .replicas = options_.stream.replicas}),
      shards_(shard_set_->size()) {}

ReplicatedShards::~ReplicatedShards() {
  stop();
}

void ReplicatedShards::start() {
  bool answers = true;  // else every shard would wait for JetStream; tend() looks again
  for (const std::uint32_t i : shard_set_->held()) {
    std::uint32_t epoch = std::max(1U, shard_set_->durable(i).log.epoch);
    if (answers) {
      const auto entry = epochs_.get(epoch_key(i));
      answers = entry.has_value();
      if (entry && *entry) epoch = std::max(epoch, parse_epoch((*entry)->value));
    }
    follow(i, epoch);
  }
  tender_ = std::jthread([this](const std::stop_token& stop) { tend(stop); });
}

void ReplicatedShards::stop() {
  if (tender_.joinable()) {
    tender_.request_stop();
    tender_.join();
  }
  std::vector<std::unique_ptr<LogFollower>> ending;
  const std::lock_guard one_at_a_time(follow_mutex_);
  {
    const std::lock_guard lock(mutex_);
    for (Shard& shard : shards_) ending.push_back(std::move(shard.follower));
  }
}

std::string ReplicatedShards::epoch_key(std::uint32_t shard) const {
  return fmt::format("{}.{}.{}", shard_set_->schema()->index, shard_set_->manifest().generation, shard);
}

LogIdentity ReplicatedShards::identity(std::uint32_t shard) const {
  return {shard_set_->schema()->index, shard_set_->manifest().generation, shard};
}

// The follower before this one has ended when the new one begins behind what it brought. What is in the local
// log but not on disk has its point there.
void ReplicatedShards::follow(std::uint32_t number, std::uint32_t epoch) {
  const std::lock_guard one_at_a_time(follow_mutex_);
  std::unique_ptr<LogFollower> former;
  {
    const std::lock_guard lock(mutex_);
    Shard& shard = shards_[number];
    if (shard.log != nullptr && shard.log->epoch() >= epoch) return;
    former = std::move(shard.follower);
  }
  former.reset();
  const std::shared_ptr<LocalOpLog>& local = shard_set_->log(number);
  ShardPosition own = shard_set_->durable(number);
  if (const auto taken = local->position()) own = {taken->seq, taken->lsn, taken->point};
  auto log = std::make_shared<JetStreamOpLog>(connection_, options_.cluster, identity(number), epoch, own);
  auto follower = std::make_unique<LogFollower>(log, local, log->stream().name());
  const std::lock_guard lock(mutex_);
  shards_[number] = {std::move(log), std::move(follower)};
}

std::shared_ptr<JetStreamOpLog> ReplicatedShards::log(std::uint32_t shard) const {
  const std::lock_guard lock(mutex_);
  return shards_[shard].log;
}

void ReplicatedShards::tend(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (!stop.stop_requested()) {
    for (const std::uint32_t i : shard_set_->held()) tend_shard(i);
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, tend_interval, [] { return false; });
  }
}

// A new epoch of the log, made by a leader, is followed by whoever finds the old one wanting.
void ReplicatedShards::tend_shard(std::uint32_t number) {
  const std::uint32_t epoch = log(number)->epoch();
  const auto entry = epochs_.get(epoch_key(number));
  if (!entry || !*entry) return;
  const std::uint32_t current = parse_epoch((*entry)->value);
  if (current <= epoch) return;
  aisle::log(LogLevel::Warn, "log.epoch", "the log goes on in a new epoch",
             {{"log", epoch_key(number)}, {"epoch", current}});
  follow(number, current);
}

Result<std::vector<std::shared_ptr<OpLog>>> ReplicatedShards::lead(const LogSource& source,
                                                                   Deadline deadline) {
  behind_ = false;
  std::uint64_t term = 0;
  std::vector<Seq> wanted;
  for (std::uint32_t i = 0; i < shard_set_->size(); ++i) {
    AISLE_TRY(const LogTail tail, tail_for_leader(i, deadline));
    if (tail.sequence != 0) AISLE_CHECK(check_copies(i, tail.header.last_seq()));
    term = std::max({term, tail.header.after.term, shard_set_->durable(i).log.term});
    wanted.push_back(tail.sequence == 0 ? shard_set_->log(i)->tail() : tail.header.last_seq());
  }
  ++term;
  AISLE_CHECK(shard_set_->flush(wanted, deadline));
  std::vector<std::shared_ptr<OpLog>> logs;
  std::vector<Seq> marks;
  for (std::uint32_t i = 0; i < shard_set_->size(); ++i) {
    const auto shard_log = log(i);
    AISLE_CHECK(shard_log->lead(shard_set_->durable(i), term, source, deadline));
    marks.push_back(shard_log->tail());
    logs.push_back(shard_log);
  }
  AISLE_CHECK(shard_set_->flush(marks, deadline));
  aisle::log(LogLevel::Info, "cluster.leads", "this node feeds the logs",
             {{"index", shard_set_->schema()->index},
              {"generation", shard_set_->manifest().generation},
              {"term", term}});
  return logs;
}

Status ReplicatedShards::check_copies(std::uint32_t number, Seq known) {
  if (known > 0 && options_.hears_others && !options_.hears_others()) {
    return fail(ErrorCode::Unavailable, "waiting to hear what the other members have");
  }
  const auto member = options_.longer_copy ? options_.longer_copy(number, known) : std::nullopt;
  if (!member) return {};
  behind_ = true;
  return fail(ErrorCode::FailedPrecondition,
              fmt::format("LOG_BEHIND: {} ends at {}, {} has more on disk: its copy is taken first",
                          epoch_key(number), known, *member));
}

Result<LogTail> ReplicatedShards::tail_for_leader(std::uint32_t number, Deadline deadline) {
  const Deadline given_up = Deadline::after(proven);
  while (true) {
    const auto shard_log = log(number);
    auto tail = read_log_tail(shard_log->stream());
    const ShardPosition own = shard_set_->durable(number);
    const bool gone = !tail && tail.error().code == ErrorCode::NotFound;
    if (gone && own.log.epoch == 0 && shard_log->epoch() == 1) {
      AISLE_CHECK(begin_epoch(number, 1));
      continue;
    }
    const bool is_short = tail && tail->sequence != 0 && tail->header.last_seq() < own.seq;
    if (tail && !is_short) return tail;
    if (!gone && !is_short) return tail;
    if (given_up.expired()) {
      AISLE_CHECK(check_copies(number, own.seq));
      AISLE_CHECK(begin_epoch(number, shard_log->epoch() + 1));
      continue;
    }
    if (deadline.expired())
      return fail(ErrorCode::DeadlineExceeded, shard_log->stream().name() + " does not answer");
    std::this_thread::sleep_for(look_again);
  }
}

Status ReplicatedShards::begin_epoch(std::uint32_t number, std::uint32_t epoch) {
  const ShardPosition own = shard_set_->durable(number);
  const JetStreamOpLog next(connection_, options_.cluster, identity(number), epoch, own);
  AISLE_CHECK(next.stream().create(options_.stream));
  if (epoch == 1) return {};
  aisle::log(LogLevel::Warn, "log.new_epoch", "the log was lost or is short of what this shard has",
             {{"log", next.stream().name()}, {"seq", own.seq}});
  AISLE_CHECK(epochs_.put(epoch_key(number), std::to_string(epoch)));
  follow(number, epoch);
  return {};
}

bool ReplicatedShards::caught_up() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(shard_set_->held(), [this](std::uint32_t i) {
    return shards_[i].follower != nullptr && shards_[i].follower->caught_up();
  });
}

std::optional<Error> ReplicatedShards::trouble() const {
  const std::lock_guard lock(mutex_);
  for (const Shard& shard : shards_) {
    if (shard.follower == nullptr) continue;
    if (auto trouble = shard.follower->trouble()) return trouble;
  }
  return std::nullopt;
}

std::vector<ShardPresence> ReplicatedShards::presence() const {
  std::vector<ShardPresence> shards(shards_.size());
  const std::lock_guard lock(mutex_);
  for (const std::uint32_t i : shard_set_->held()) {
    const ShardPosition durable = shard_set_->durable(i);
    const ContentCheck checked = shard_set_->checked(i);
    const auto trouble = shards_[i].follower == nullptr ? std::nullopt : shards_[i].follower->trouble();
    shards[i] = {.applied = shard_set_->log(i)->tail(),
                 .durable = durable.seq,
                 .lsn = durable.lsn,
                 .log = durable.log,
                 .checked = checked.seq,
                 .content = checked.content,
                 .trouble = trouble ? trouble->message : ""};
  }
  return shards;
}

}  // namespace aisle
