// The shard map that the members of a cluster tell of themselves.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "schemas/node_presence.h"
#include "server/fanout/cluster_map.h"

namespace aisle {

// Holders of a shard are the members with the role "serve" that hold it, say that the generation is ready and
// do not drain; a draining one counts where there is no other. Thread-safe.
class PresenceMap final : public ClusterMap {
 public:
  static constexpr std::chrono::milliseconds fresh_time{200};  // members are looked at again after it

  // `members` is called once in fresh_time at the most; this node among them is passed over.
  PresenceMap(std::string self, ShardSelection own, std::function<std::vector<NodePresence>()> members);

  std::shared_ptr<const std::vector<NodeAddress>> others() const override;
  std::shared_ptr<const ShardMap> find(std::string_view index, std::uint32_t generation,
                                       std::uint32_t shards) const override;

 private:
  using Key = std::tuple<std::string, std::uint32_t, std::uint32_t>;  // index, generation, shards
  void look() const;                                                  // the mutex is held
  std::shared_ptr<const ShardMap> make(const Key& key) const;

  const std::string self_;
  const ShardSelection own_;
  const std::function<std::vector<NodePresence>()> read_members_;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::chrono::steady_clock::time_point looked_;
  mutable std::vector<NodePresence> members_;  // the others that serve
  mutable std::shared_ptr<const std::vector<NodeAddress>> others_;
  mutable std::map<Key, std::shared_ptr<const ShardMap>> made_;  // of members_
};

}  // namespace aisle
