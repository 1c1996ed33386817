// How a service is one node of several: what it tells and answers the others, and how it comes and goes.
#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"
#include "server/membership/base_routes.h"
#include "server/membership/presence_map.h"
#include "server/service.h"

namespace aisle {

// Before the indexes are opened: they may need what other members have. Until they are, others are told that
// nothing is here.
Status Service::join_cluster() {
  if (!config_.membership && !config_.cluster) return {};
  HttpConfig http;
  http.name = "internal";
  http.bind_address = config_.internal.address;
  http.port = config_.internal.port;
  http.loopback_only = true;
  http.connections_per_address_max = 0;
  internal_ = std::make_unique<HttpServer>(http);
  opened_.set(std::make_shared<const std::vector<IndexService*>>());
  if (config_.membership) {
    AISLE_TRY(membership_, Membership::open(*config_.membership, role_));
  }
  cluster_ = make_cluster();
  AISLE_CHECK(cluster_->mount(*internal_));
  if (membership_) return become_member();
  return internal_->start();
}

std::unique_ptr<Cluster> Service::make_cluster() {
  ClusterOptions options{.min_coverage = 1.0, .limits = config_.limits, .cores = cores_.get()};
  std::unique_ptr<ClusterMap> map;
  if (membership_) {
    options.min_coverage = config_.membership->min_coverage;
    map = std::make_unique<PresenceMap>(config_.membership->node, config_.membership->shards,
                                        [this] { return membership_->nodes(); });
  } else {
    options.min_coverage = config_.cluster->min_coverage;
    map = std::make_unique<StaticClusterMap>(config_.cluster->self, config_.cluster->nodes);
  }
  return std::make_unique<Cluster>(options, std::move(map),
                                   [this](const std::string& name, const ViewName& wanted, Lsn min_lsn,
                                          Deadline deadline) -> std::optional<View> {
                                     const IndexService* index = find_opened(name);
                                     if (index == nullptr) return std::nullopt;
                                     return index->view_of(wanted.generation, wanted.statistics, min_lsn,
                                                           deadline);
                                   });
}

const IndexService* Service::find_opened(std::string_view name) const {
  const auto opened = opened_.get();  // held: another snapshot may take its place meanwhile
  const auto found = std::ranges::find(*opened, name, &IndexService::name);
  return found == opened->end() ? nullptr : *found;
}

bool Service::asks_others() const {
  return config_.cluster || (config_.membership && !config_.membership->shards.all());
}

Status Service::become_member() {
  const auto find_shards = [this](const std::string& name,
                                  std::uint32_t generation) -> std::shared_ptr<ShardSet> {
    const IndexService* index = find_opened(name);
    return index == nullptr ? nullptr : index->shard_set(generation);
  };
  AISLE_CHECK(
      add_base_routes(*internal_, std::make_shared<BaseStore>(config_.data_dir / "bases"), find_shards));
  AISLE_CHECK(internal_->start());
  const std::string listener = "http://" + config_.internal.address + ":" + std::to_string(internal_->port());
  membership_->appear(listener, config_.data_dir, [this] {
    std::vector<IndexPresence> indexes;
    bool leading = false;
    const auto opened = opened_.get();
    for (const IndexService* index : *opened) {
      indexes.push_back(index->presence());
      leading = leading || index->leads();
    }
    membership_->set_leading(leading);
    return indexes;
  });
  return {};
}

// Balancers see readyz fail and send others elsewhere; until they have, requests are answered.
void Service::drain_as_member() {
  if (!membership_) return;
  membership_->drain();
  std::this_thread::sleep_for(membership_->config().drain);
}

void Service::leave_cluster() {
  if (membership_) membership_->leave();
  if (!internal_) return;
  internal_->drain();
  if (const Status status = internal_->stop(Deadline::after(std::chrono::seconds(2))); !status) {
    log(LogLevel::Warn, "service.stop", status.error().message);
  }
}

}  // namespace aisle
