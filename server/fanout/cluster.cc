#include "server/fanout/cluster.h"

#include <array>
#include <chrono>
#include <random>

#include "base/log.h"
#include "server/fanout/http_transport.h"

namespace aisle {
namespace {

constexpr std::chrono::milliseconds route_time{10'000};
constexpr std::size_t body_bytes_max = std::size_t{4} << 20U;
constexpr std::array<std::string_view, 4> operations = {"expand", "count", "match", "fetch"};

std::function<std::uint64_t()> random_numbers() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable { return engine(); };
}

}  // namespace

Cluster::Cluster(const ClusterConfig& config, const QueryLimits& limits, InternalApi::FindView find_view)
    : config_(config),
      map_(std::make_unique<StaticClusterMap>(config.self, config.nodes)),
      fan_out_(std::make_unique<HttpTransport>(), {}, random_numbers()),
      api_(std::move(find_view), *map_, limits) {
  std::vector<NodeAddress> others;
  for (const ConfiguredNode& node : config.nodes) {
    if (node.address.id != config.self) others.push_back(node.address);
  }
  fan_out_.set_nodes(others);
}

Status Cluster::start() {
  HttpConfig http;
  http.name = "internal";
  http.bind_address = config_.listen.address;
  http.port = config_.listen.port;
  http.loopback_only = true;
  http.connections_per_address_max = 0;
  server_ = std::make_unique<HttpServer>(http);
  const RouteOptions options{.needs_permit = true, .body_bytes_max = body_bytes_max, .time_max = route_time};
  for (const std::string_view operation : operations) {
    AISLE_CHECK(server_->route(
        "POST", "/internal/v1/indexes/{index}/" + std::string(operation), options,
        [this, operation](const HttpRequest& request) { return api_.answer(operation, request, route_time); }));
  }
  return server_->start();
}

void Cluster::stop(Deadline deadline) {
  if (!server_) return;
  server_->drain();
  if (const Status status = server_->stop(deadline); !status)
    log(LogLevel::Warn, "cluster.stop", status.error().message);
}

ShardSizes& Cluster::sizes_of(const std::string& index, std::uint32_t generation) {
  const std::lock_guard lock(mutex_);
  return sizes_[{index, generation}];
}

std::unique_ptr<ShardSearch> Cluster::search(const std::string& index, const View& view, Deadline deadline,
                                             std::optional<double> min_coverage) {
  auto map = map_->find(index, view.generation, static_cast<std::uint32_t>(view.shards.size()));
  return std::make_unique<FanOutSearch>(
      fan_out_, std::move(map), sizes_of(index, view.generation), view,
      FanOutRequest{index, deadline, min_coverage.value_or(config_.min_coverage)});
}

}  // namespace aisle
