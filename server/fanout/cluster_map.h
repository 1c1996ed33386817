// Which nodes hold which shards of an index. Where it comes from (a fixed list, presence) is the
// implementation's affair; a request takes one map at its entry and keeps it.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

struct NodeAddress {
  std::string id;
  std::string host;  // a name or an IP address
  std::uint16_t port = 0;  // of its internal listener
  friend bool operator==(const NodeAddress&, const NodeAddress&) = default;
};

// Of one generation of one index. Immutable; share freely.
struct ShardMap {
  std::vector<NodeAddress> nodes;                  // the others
  std::vector<std::vector<std::size_t>> holders;   // by shard: which of `nodes`, ascending
  std::vector<bool> own;                           // by shard: this node holds it
};

class ClusterMap {
 public:
  virtual ~ClusterMap() = default;
  // Thread-safe and cheap: called for each request.
  virtual std::shared_ptr<const ShardMap> find(std::string_view index, std::uint32_t generation,
                                               std::uint32_t shards) const = 0;
};

}  // namespace aisle
