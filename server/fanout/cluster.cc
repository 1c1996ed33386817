#include "server/fanout/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <utility>

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

Cluster::Cluster(ClusterOptions options, std::unique_ptr<ClusterMap> map, InternalApi::FindView find_view)
    : options_(options),
      map_(std::move(map)),
      fan_out_(std::make_unique<HttpTransport>(), {}, random_numbers()),
      api_(std::move(find_view), *map_, options.limits, options.cores) {
  meet_others();
}

Status Cluster::mount(HttpServer& server) {
  const RouteOptions options{.needs_permit = true, .body_bytes_max = body_bytes_max, .time_max = route_time};
  for (const std::string_view operation : operations) {
    AISLE_CHECK(server.route("POST", "/internal/v1/indexes/{index}/" + std::string(operation), options,
                             [this, operation](const HttpRequest& request) {
                               return api_.answer(operation, request, route_time);
                             }));
  }
  return {};
}

// Forgets how nodes behaved that are gone.
void Cluster::meet_others() {
  auto others = map_->others();
  const std::lock_guard lock(mutex_);
  if (others == others_) return;
  others_ = std::move(others);
  fan_out_.set_nodes(*others_);
  others_gauge_.set(static_cast<double>(others_->size()));
}

Status Cluster::covers(const std::string& index, const View& view) const {
  const auto map = map_->find(index, view.generation, static_cast<std::uint32_t>(view.shards.size()));
  std::vector<std::size_t> missing;
  for (std::size_t shard = 0; shard < map->own.size(); ++shard) {
    if (!map->own[shard] && map->holders[shard].empty()) missing.push_back(shard);
  }
  const double there = 1 - static_cast<double>(missing.size()) / static_cast<double>(map->own.size());
  if (there >= options_.min_coverage) return {};
  return fail(ErrorCode::Unavailable, fmt::format("no node is ready with shards {} of {}",
                                                  fmt::join(missing, ", "), map->own.size()));
}

ShardSizes& Cluster::sizes_of(const std::string& index, std::uint32_t generation) {
  const std::lock_guard lock(mutex_);
  return sizes_[{index, generation}];
}

bool Cluster::is_whole_here(const std::string& index, const View& view) const {
  const auto map = map_->find(index, view.generation, static_cast<std::uint32_t>(view.shards.size()));
  return std::ranges::find(map->own, false) == map->own.end();
}

std::unique_ptr<ShardSearch> Cluster::search(const std::string& index, const View& view, Deadline deadline,
                                             std::optional<double> min_coverage, Lsn min_lsn) {
  meet_others();
  auto map = map_->find(index, view.generation, static_cast<std::uint32_t>(view.shards.size()));
  if (std::ranges::find(map->own, false) == map->own.end())
    return std::make_unique<LocalShardSearch>(view, deadline, options_.cores);
  return std::make_unique<FanOutSearch>(
      fan_out_, std::move(map), sizes_of(index, view.generation), view,
      FanOutRequest{index, deadline, min_coverage.value_or(options_.min_coverage), min_lsn, options_.cores});
}

}  // namespace aisle
