#include "indexer/nats/jetstream_state_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/log.h"

namespace aisle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds watch_slice{200};  // how late a stop may be noticed
constexpr std::chrono::seconds look_interval{5};
constexpr std::chrono::seconds fresh_time{10};
constexpr std::chrono::milliseconds retry_wait{500};

std::string random_id() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", source(), source(), source(), source());
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

JetStreamStateStore::JetStreamStateStore(const std::shared_ptr<NatsConnection>& connection,
                                         JetStreamStateOptions options)
    : options_(std::move(options)),
      states_(connection, {.name = "aisle-" + options_.cluster + "-state", .replicas = options_.replicas}),
      rankings_(connection,
                {.name = "aisle-" + options_.cluster + "-ranking", .replicas = options_.replicas}) {}

Result<std::unique_ptr<JetStreamStateStore>> JetStreamStateStore::open(
    std::shared_ptr<NatsConnection> connection, JetStreamStateOptions options) {
  std::unique_ptr<JetStreamStateStore> store(new JetStreamStateStore(connection, std::move(options)));
  std::error_code failure;
  std::filesystem::create_directories(store->options_.folder / "ranking", failure);
  if (failure) {
    return fail(ErrorCode::Unavailable,
                "cannot create " + store->options_.folder.string() + ": " + failure.message());
  }
  const auto copy = read_file(store->options_.folder / "state.json", IndexState::bytes_max);
  if (copy) {
    AISLE_TRY(store->known_, decode_state(*copy));
  } else if (copy.error().code != ErrorCode::NotFound) {
    return tl::unexpected(copy.error());
  }
  store->follower_ = std::jthread([raw = store.get()](const std::stop_token& stop) { raw->follow(stop); });
  return store;
}

JetStreamStateStore::~JetStreamStateStore() {
  follower_.request_stop();
  follower_.join();
}

void JetStreamStateStore::follow(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Status status = look();
    if (status) status = follow_watch(stop);
    if (stop.stop_requested()) return;
    std::this_thread::sleep_for(status ? std::chrono::milliseconds(0) : retry_wait);
  }
}

// Until the next look is due or the watch ends.
Status JetStreamStateStore::follow_watch(const std::stop_token& stop) {
  AISLE_TRY(const auto watch, states_.watch(options_.index));
  auto looked = Clock::now();
  while (!stop.stop_requested()) {
    AISLE_TRY(const auto entry, watch->next(watch_slice));
    if (entry && !entry->value.empty()) AISLE_CHECK(accept(entry->value));
    if (Clock::now() - looked < look_interval) continue;
    AISLE_CHECK(look());
    looked = Clock::now();
  }
  return {};
}

Status JetStreamStateStore::look() {
  AISLE_TRY(const auto entry, states_.get(options_.index));
  {
    const std::lock_guard lock(mutex_);
    heard_ = Clock::now();
  }
  if (entry) return accept(entry->value);
  const auto mine = known();
  if (!mine) return {};
  log(LogLevel::Error, "state.gone", "the cluster had lost the state, this node's copy is put back",
      {{"index", options_.index}, {"version", mine->version}});
  AISLE_CHECK(states_.create(options_.index, encode_state(*mine)));
  return {};
}

Status JetStreamStateStore::accept(const std::string& text) {
  auto state = decode_state(text);
  if (!state) {
    log(LogLevel::Error, "state.damaged", state.error().message, {{"index", options_.index}});
    return {};
  }
  return adopt(std::move(*state), text);
}

Status JetStreamStateStore::adopt(IndexState state, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (known_ && state.version < known_->version) {
    if (std::exchange(told_older_, state.version) != state.version) {
      log(LogLevel::Error, "state.older", "the cluster's state is older than what this node knows: ignored",
          {{"index", options_.index}, {"version", state.version}, {"known", known_->version}});
    }
    return {};
  }
  if (known_ && state.version == known_->version && state.change_id == known_->change_id) return {};
  AISLE_CHECK(write_file_atomically(options_.folder / "state.json", text));
  known_ = std::move(state);
  changed_.notify_all();
  return {};
}

std::optional<IndexState> JetStreamStateStore::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

bool JetStreamStateStore::fresh() const {
  const std::lock_guard lock(mutex_);
  return heard_ != Clock::time_point() && Clock::now() - heard_ < fresh_time;
}

Result<std::optional<IndexState>> JetStreamStateStore::read() {
  if (auto mine = known()) return mine;
  AISLE_CHECK(look());
  return known();
}

Result<IndexState> JetStreamStateStore::replace(std::uint64_t expected, IndexState next) {
  next.version = expected + 1;
  next.change_id = random_id();
  const std::string text = encode_state(next);
  if (text.size() > IndexState::bytes_max) {
    return fail(ErrorCode::TooLarge,
                fmt::format("the state takes {} bytes, the limit is {}", text.size(), IndexState::bytes_max));
  }
  AISLE_TRY(const auto entry, states_.get(options_.index));
  const auto mine = known();
  std::uint64_t version = mine ? mine->version : 0;
  if (entry) {
    AISLE_TRY(const IndexState stored, decode_state(entry->value));
    version = std::max(version, stored.version);
  }
  if (version != expected) {
    return fail(ErrorCode::Conflict,
                fmt::format("the state of {} has version {}, expected {}: somebody changed it",
                            options_.index, version, expected));
  }
  const auto stored =
      entry ? states_.update(options_.index, text, entry->revision) : states_.create(options_.index, text);
  if (!stored) {  // refused or unknown: what is there now tells
    AISLE_TRY(const auto now, states_.get(options_.index));
    const auto found = now ? decode_state(now->value) : Result<IndexState>(IndexState{});
    if (!found || found->change_id != next.change_id) {
      const bool lost = found && found->version > expected;
      return lost ? fail(ErrorCode::Conflict,
                         fmt::format("the state of {} has version {}, expected {}: somebody changed it",
                                     options_.index, found->version, expected))
                  : tl::unexpected<Error>(stored.error());
    }
  }
  AISLE_CHECK(adopt(next, text));
  return next;
}

Result<std::optional<IndexState>> JetStreamStateStore::wait(std::uint64_t seen, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto newer = [&] { return known_ && known_->version > seen; };
  while (!newer() && !deadline.expired()) changed_.wait_for(lock, deadline.remaining());
  return newer() ? known_ : std::nullopt;
}

std::string JetStreamStateStore::ranking_key(std::uint32_t number) const {
  return options_.index + "." + std::to_string(number);
}

std::filesystem::path JetStreamStateStore::ranking_file(std::uint32_t number) const {
  return options_.folder / "ranking" / (std::to_string(number) + ".json");
}

Status JetStreamStateStore::add_ranking(std::uint32_t number, std::string_view text) {
  if (text.size() > IndexState::bytes_max) {
    return fail(ErrorCode::TooLarge, fmt::format("ranking {} takes {} bytes, the limit is {}", number,
                                                 text.size(), IndexState::bytes_max));
  }
  const auto taken =
      fail(ErrorCode::Conflict, fmt::format("ranking {} of {} is taken", number, options_.index));
  AISLE_TRY(const auto before, rankings_.get(ranking_key(number)));
  if (before) return taken;
  const auto stored = rankings_.create(ranking_key(number), text);
  if (!stored) {
    AISLE_TRY(const auto now, rankings_.get(ranking_key(number)));
    if (!now) return tl::unexpected(stored.error());
    if (now->value != text) return taken;
  }
  return write_file_atomically(ranking_file(number), text);
}

Result<std::string> JetStreamStateStore::ranking(std::uint32_t number) {
  auto copy = read_file(ranking_file(number), IndexState::bytes_max);
  if (copy || copy.error().code != ErrorCode::NotFound) return copy;
  AISLE_TRY(const auto entry, rankings_.get(ranking_key(number)));
  if (!entry) {
    return fail(ErrorCode::NotFound, fmt::format("{} has no ranking {}", options_.index, number));
  }
  AISLE_CHECK(write_file_atomically(ranking_file(number), entry->value));
  return entry->value;
}

Result<std::vector<std::uint32_t>> JetStreamStateStore::rankings() {
  std::set<std::uint32_t> numbers;
  std::error_code failure;
  for (const auto& file : std::filesystem::directory_iterator(options_.folder / "ranking", failure)) {
    if (const auto number = number_of(file.path().stem().string())) numbers.insert(*number);
  }
  const std::string prefix = options_.index + ".";
  if (const auto keys = rankings_.keys()) {
    for (const std::string& key : *keys) {
      if (!key.starts_with(prefix)) continue;
      if (const auto number = number_of(std::string_view(key).substr(prefix.size()))) numbers.insert(*number);
    }
  }
  return std::vector<std::uint32_t>(numbers.begin(), numbers.end());
}

}  // namespace aisle
