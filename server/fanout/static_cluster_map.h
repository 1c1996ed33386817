// The shard map of a fixed list of nodes, as a configuration names them.
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "server/fanout/cluster_map.h"

namespace aisle {

struct ConfiguredNode {
  NodeAddress address;
  std::optional<std::vector<std::uint32_t>> shards;  // of every index; nothing: all
};

// Thread-safe.
class StaticClusterMap final : public ClusterMap {
 public:
  // `self` is the id of this node: one of `nodes`.
  StaticClusterMap(std::string self, std::vector<ConfiguredNode> nodes);

  std::shared_ptr<const std::vector<NodeAddress>> others() const override { return others_; }
  std::shared_ptr<const ShardMap> find(std::string_view index, std::uint32_t generation,
                                       std::uint32_t shards) const override;

 private:
  std::shared_ptr<const ShardMap> make(std::uint32_t shards) const;

  std::string self_;
  std::vector<ConfiguredNode> nodes_;
  std::shared_ptr<const std::vector<NodeAddress>> others_;
  mutable std::mutex mutex_;
  mutable std::map<std::uint32_t, std::shared_ptr<const ShardMap>> made_;  // by the number of shards
};

}  // namespace aisle
