#include "server/fanout/static_cluster_map.h"

#include <algorithm>

namespace aisle {

StaticClusterMap::StaticClusterMap(std::string self, std::vector<ConfiguredNode> nodes)
    : self_(std::move(self)), nodes_(std::move(nodes)) {
  auto others = std::make_shared<std::vector<NodeAddress>>();
  for (const ConfiguredNode& node : nodes_) {
    if (node.address.id != self_) others->push_back(node.address);
  }
  others_ = std::move(others);
}

std::shared_ptr<const ShardMap> StaticClusterMap::find(std::string_view, std::uint32_t,
                                                       std::uint32_t shards) const {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const ShardMap>& map = made_[shards];
  if (!map) map = make(shards);
  return map;
}

std::shared_ptr<const ShardMap> StaticClusterMap::make(std::uint32_t shards) const {
  auto map = std::make_shared<ShardMap>();
  map->holders.resize(shards);
  map->own.resize(shards);
  for (const ConfiguredNode& node : nodes_) {
    const bool self = node.address.id == self_;
    if (!self) map->nodes.push_back(node.address);
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      if (node.shards && std::ranges::find(*node.shards, shard) == node.shards->end()) continue;
      if (self) {
        map->own[shard] = true;
      } else {
        map->holders[shard].push_back(map->nodes.size() - 1);
      }
    }
  }
  return map;
}

}  // namespace aisle
