// Which nodes hold which shards of an index. Where it comes from (a fixed list, presence) is the
// implementation's affair; a request takes one map at its entry and keeps it.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "server/fanout/node_address.h"

namespace aisle {

// Of one generation of one index. Immutable; share freely.
struct ShardMap {
  std::vector<NodeAddress> nodes;                 // the others
  std::vector<std::vector<std::size_t>> holders;  // by shard: which of `nodes`, ascending
  std::vector<bool> own;                          // by shard: this node holds it
};

// Thread-safe and cheap: both are called for each request.
class ClusterMap {
 public:
  virtual ~ClusterMap() = default;
  // All other nodes that hold anything; the same pointer as long as they are the same.
  virtual std::shared_ptr<const std::vector<NodeAddress>> others() const = 0;
  virtual std::shared_ptr<const ShardMap> find(std::string_view index, std::uint32_t generation,
                                               std::uint32_t shards) const = 0;
};

}  // namespace aisle
