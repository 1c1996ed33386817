// How a service is a member of a cluster: what it tells the others, and how it comes and goes.
#include <thread>

#include "base/log.h"
#include "server/membership/base_routes.h"
#include "server/service.h"

namespace aisle {

// Before the indexes are opened: they may need what other members have.
Status Service::become_member() {
  if (!config_.membership) return {};
  HttpConfig http;
  http.name = "internal";
  http.bind_address = config_.internal.address;
  http.port = config_.internal.port;
  http.loopback_only = true;
  internal_ = std::make_unique<HttpServer>(http);
  opened_.set(std::make_shared<const std::vector<IndexService*>>());
  const auto find_shards = [this](const std::string& name, std::uint32_t generation) -> std::shared_ptr<ShardSet> {
    for (const IndexService* index : *opened_.get()) {
      if (index->name() == name) return index->shard_set(generation);
    }
    return nullptr;
  };
  AISLE_CHECK(add_base_routes(*internal_, std::make_shared<BaseStore>(config_.data_dir / "bases"), find_shards));
  AISLE_CHECK(internal_->start());
  MembershipConfig config = *config_.membership;
  if (config.address.empty()) {
    config.address = "http://" + config_.internal.address + ":" + std::to_string(internal_->port());
  }
  AISLE_TRY(membership_, Membership::open(std::move(config), role_));
  membership_->appear([this] {
    std::vector<IndexPresence> indexes;
    bool leading = false;
    for (const IndexService* index : *opened_.get()) {
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

void Service::end_membership() {
  if (membership_) membership_->leave();
  if (internal_) {
    if (const Status status = internal_->stop(Deadline::after(std::chrono::seconds(2))); !status) {
      log(LogLevel::Warn, "service.stop", status.error().message);
    }
  }
}

}  // namespace aisle
