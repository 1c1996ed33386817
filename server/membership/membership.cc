#include "server/membership/membership.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <utility>

#include "base/log.h"
#include "server/membership/members.h"

namespace aisle {
namespace {

constexpr std::chrono::milliseconds order_interval{500};
constexpr std::chrono::seconds connect_time{5};
constexpr const char* drain_order = "drain";

KvBucketOptions orders_bucket(const MembershipConfig& config) {
  return {.name = "aisle-" + config.name + "-orders", .replicas = config.replicas};
}

Result<std::shared_ptr<NatsConnection>> connect(const MembershipConfig& config) {
  return NatsConnection::open({.urls = config.nats, .name = "aisle " + config.node});
}

}  // namespace

Membership::Membership(MembershipConfig config, MemberRole role, std::shared_ptr<NatsConnection> connection)
    : config_(std::move(config)),
      role_(role),
      connection_(std::move(connection)),
      statistics_(connection_, config_.name, config_.replicas),
      orders_(connection_, orders_bucket(config_)),
      orders_follower_([this](const std::stop_token& stop) { follow_orders(stop); }) {}

Result<std::shared_ptr<Membership>> Membership::open(MembershipConfig config, MemberRole role) {
  AISLE_TRY(auto connection, connect(config));
  return std::shared_ptr<Membership>(new Membership(std::move(config), role, std::move(connection)));
}

Membership::~Membership() {
  leave();
}

void Membership::appear(const std::string& listener, const std::filesystem::path& folder,
                        std::function<std::vector<IndexPresence>()> describe) {
  const std::string address = config_.address.empty() ? listener : config_.address;
  const std::lock_guard lock(mutex_);
  presence_ = std::make_shared<Presence>(connection_,
                                         PresenceOptions{.cluster = config_.name,
                                                         .node = config_.node,
                                                         .replicas = config_.replicas,
                                                         .file = folder / "members.jsonl"},
                                         [this, address, describe = std::move(describe)] {
                                           return NodePresence{.node = config_.node,
                                                               .address = address,
                                                               .role = feeds() ? "index" : "serve",
                                                               .version = AISLE_VERSION,
                                                               .leading = leading_,
                                                               .draining = draining(),
                                                               .shards = config_.shards,
                                                               .indexes = describe()};
                                         });
}

void Membership::leave() {
  std::shared_ptr<Presence> leaving;
  {
    const std::lock_guard lock(mutex_);
    leaving = std::exchange(presence_, nullptr);
    stores_.clear();
  }
}

std::vector<NodePresence> Membership::nodes() const {
  std::shared_ptr<Presence> presence;
  {
    const std::lock_guard lock(mutex_);
    presence = presence_;
  }
  return presence ? presence->nodes() : std::vector<NodePresence>();
}

void Membership::follow_orders(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (!stop.stop_requested()) {
    if (const auto entry = orders_.get(config_.node)) {
      const bool out = *entry && (*entry)->value == drain_order;
      if (ordered_out_.exchange(out) != out) {
        log(LogLevel::Info, "cluster.drain",
            out ? "this node is ordered out" : "this node is ordered back in");
      }
    }
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, order_interval, [] { return false; });
  }
}

Result<std::unique_ptr<StateStore>> Membership::state_store(const std::string& index,
                                                            const std::filesystem::path& folder) {
  AISLE_TRY(auto store,
            JetStreamStateStore::open(
                connection_,
                {.cluster = config_.name, .index = index, .folder = folder, .replicas = config_.replicas}));
  const std::lock_guard lock(mutex_);
  stores_.push_back(store.get());
  return std::unique_ptr<StateStore>(std::move(store));
}

bool Membership::fresh() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(stores_, [](const JetStreamStateStore* store) { return store->fresh(); });
}

std::shared_ptr<ReplicatedShards> Membership::replicate(std::shared_ptr<ShardSet> shards) const {
  const auto longer = [this, index = shards->schema()->index, generation = shards->manifest().generation](
                          std::uint32_t shard, Seq seq) {
    return longer_copy(nodes(), index, generation, shard, seq);
  };
  return std::make_shared<ReplicatedShards>(
      connection_,
      ReplicatedShardsOptions{.cluster = config_.name,
                              .stream = {.replicas = config_.replicas},
                              .longer_copy = longer,
                              .hears_others = [this] { return settled(); }},
      std::move(shards));
}

bool Membership::settled() const {
  const std::lock_guard lock(mutex_);
  return presence_ && presence_->settled();
}

std::chrono::milliseconds Membership::age_of(const std::string& node) const {
  const std::lock_guard lock(mutex_);
  return presence_ ? presence_->age_of(node) : std::chrono::milliseconds::max();
}

Result<std::vector<GarbageStream>> Membership::collect_streams(
    const std::string& index, const std::function<bool(std::uint32_t)>& needed, bool only_tell) {
  AISLE_TRY(auto garbage, find_garbage_streams(*connection_, config_.name, index, needed));
  for (const GarbageStream& stream : garbage) {
    if (only_tell) continue;
    AISLE_CHECK(remove_stream(*connection_, stream.name));
    AISLE_CHECK(statistics_.drop(index, stream.generation));
    log(LogLevel::Info, "log.dropped", "the log of a generation that nothing needs is deleted",
        {{"stream", stream.name}});
  }
  return garbage;
}

ClusterDesk::ClusterDesk(const std::shared_ptr<NatsConnection>& connection, const MembershipConfig& config)
    : nodes_(connection, {.name = "aisle-" + config.name + "-nodes",
                          .replicas = config.replicas,
                          .memory = true,
                          .lifetime = PresenceOptions::lifetime_default}),
      orders_(connection, orders_bucket(config)) {}

Result<std::unique_ptr<ClusterDesk>> ClusterDesk::open(const MembershipConfig& config) {
  AISLE_TRY(const auto connection, connect(config));
  for (const Deadline end = Deadline::after(connect_time); !connection->connected();) {
    if (end.expired())
      return fail(ErrorCode::Unavailable, "no NATS server answers at " + config.nats.front());
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return std::unique_ptr<ClusterDesk>(new ClusterDesk(connection, config));
}

Result<std::vector<NodePresence>> ClusterDesk::nodes() {
  AISLE_TRY(auto names, nodes_.keys());
  std::ranges::sort(names);
  std::vector<NodePresence> found;
  for (const std::string& name : names) {
    AISLE_TRY(const auto entry, nodes_.get(name));
    if (!entry) continue;
    if (auto node = decode_presence(entry->value)) found.push_back(std::move(*node));
  }
  return found;
}

Status ClusterDesk::order(const std::string& node, bool out) {
  if (out) {
    AISLE_CHECK(orders_.put(node, drain_order));
    return {};
  }
  return orders_.remove(node);
}

}  // namespace aisle
