#include "indexer/nats/presence.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/file.h"
#include "base/log.h"

namespace aisle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds watch_slice{200};  // how late a stop may be noticed

void sleep(const std::stop_token& stop, std::chrono::milliseconds span) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, span, [] { return false; });
}

}  // namespace

Presence::Presence(const std::shared_ptr<NatsConnection>& connection, PresenceOptions options,
                   std::function<NodePresence()> describe)
    : options_(std::move(options)),
      describe_(std::move(describe)),
      bucket_(connection, {.name = "aisle-" + options_.cluster + "-nodes",
                           .replicas = options_.replicas,
                           .memory = true,
                           .lifetime = options_.lifetime}),
      own_(describe_()),
      heard_at_(Clock::now()) {
  recall();
  renewer_ = std::jthread([this](const std::stop_token& stop) { renew_loop(stop); });
  watcher_ = std::jthread([this](const std::stop_token& stop) { watch_loop(stop); });
}

Presence::~Presence() {
  renewer_.request_stop();
  watcher_.request_stop();
  renewer_.join();
  watcher_.join();
  (void)bucket_.remove(options_.node);
}

void Presence::renew_loop(const std::stop_token& stop) {
  std::string told;
  auto told_at = Clock::now() - options_.renewal;
  while (!stop.stop_requested()) {
    NodePresence now = describe_();
    const std::string text = encode_presence(now);
    bool greets = false;
    {
      const std::lock_guard lock(mutex_);
      own_ = std::move(now);
      greets = std::exchange(greets_, false);
    }
    if ((greets || text != told || Clock::now() - told_at >= options_.renewal) &&
        bucket_.put(options_.node, text)) {
      told = text;
      told_at = Clock::now();
    }
    save();
    sleep(stop, renewal_min);
  }
}

// One node a line.
void Presence::recall() {
  const auto text = options_.file.empty() ? Result<std::string>() : read_file(options_.file);
  std::istringstream lines(text.value_or(""));
  for (std::string line; std::getline(lines, line);) {
    auto node = decode_presence(line);
    if (!node || node->node == options_.node) continue;
    const std::string name = node->node;
    others_[name] = {std::move(*node), 0, {}, heard_at_ - options_.lifetime};
  }
}

// Positions change all the time and are of no use later.
void Presence::save() {
  if (options_.file.empty()) return;
  std::string text;
  for (NodePresence node : nodes()) {
    if (node.node == options_.node) continue;
    for (IndexPresence& index : node.indexes) {
      index.lag_ms = index.state_version = 0;
      for (GenerationPresence& generation : index.generations) {
        std::ranges::fill(generation.shards, ShardPresence());
      }
    }
    text += encode_presence(node) + "\n";
  }
  if (text != saved_ && write_file_atomically(options_.file, text)) saved_ = std::move(text);
}

void Presence::watch_loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!watch(stop)) sleep(stop, renewal_min);
  }
}

Status Presence::watch(const std::stop_token& stop) {
  AISLE_TRY(const auto watch, bucket_.watch());
  const auto end = Clock::now() + options_.renewal;  // it can fall silent: begun anew this often
  while (!stop.stop_requested() && Clock::now() < end) {
    AISLE_TRY(const auto entry, watch->next(watch_slice));
    if (entry) note(*entry);
  }
  return {};
}

// The clock goes on, but by no more than what renewals are apart.
void Presence::hear() {
  const auto now = Clock::now();
  const Clock::duration apart = now - heard_at_;
  if (!std::exchange(heard_any_, true) || apart > 2 * options_.renewal) heard_since_ = now;
  heard_for_ += std::min<Clock::duration>(apart, options_.renewal + renewal_min);
  heard_at_ = now;
}

bool Presence::settled() const {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  return heard_any_ && now - heard_at_ <= 2 * options_.renewal && now - heard_since_ >= settled_after;
}

// An entry that a new watch repeats is no sign of life: only a new revision is.
void Presence::note(const KvEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (entry.key == options_.node) {
    if (std::exchange(own_revision_, entry.revision) != entry.revision) hear();
    return;
  }
  if (entry.value.empty()) {
    others_.erase(entry.key);
    return;
  }
  auto node = decode_presence(entry.value);
  if (!node) return;
  Seen& seen = others_[entry.key];
  if (seen.revision == entry.revision) return;
  hear();
  // Who is new, or whose bucket is, has not heard of this node.
  if (seen.node.node.empty() || entry.revision < seen.revision) greets_ = true;
  seen = {std::move(*node), entry.revision, heard_for_, heard_at_};
}

std::vector<NodePresence> Presence::nodes() const {
  const std::lock_guard lock(mutex_);
  std::vector<NodePresence> nodes = {own_};
  for (const auto& [name, seen] : others_) {
    if (heard_for_ - seen.at <= options_.lifetime) nodes.push_back(seen.node);
  }
  return nodes;
}

std::chrono::milliseconds Presence::age_of(const std::string& node) const {
  const std::lock_guard lock(mutex_);
  const auto found = others_.find(node);
  if (found == others_.end()) return std::chrono::milliseconds::max();
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - found->second.real_at);
}

}  // namespace aisle
