#include "server/membership/presence_map.h"

#include <algorithm>
#include <utility>

namespace aisle {
namespace {

NodeAddress address_of(const NodePresence& node) {
  NodeAddress address = parse_node_address(node.address).value_or(NodeAddress());
  address.id = node.node;
  return address;
}

bool has_ready(const NodePresence& node, std::string_view index, std::uint32_t generation,
               std::uint32_t shards) {
  const auto found = std::ranges::find(
      node.indexes, index, [](const IndexPresence& some) -> std::string_view { return some.index; });
  if (found == node.indexes.end()) return false;
  return std::ranges::any_of(found->generations, [&](const GenerationPresence& held) {
    return held.number == generation && held.ready && held.shards.size() == shards;
  });
}

}  // namespace

PresenceMap::PresenceMap(std::string self, ShardSelection own,
                         std::function<std::vector<NodePresence>()> members)
    : self_(std::move(self)), own_(std::move(own)), read_members_(std::move(members)) {}

void PresenceMap::look() const {
  const auto now = std::chrono::steady_clock::now();
  if (others_ && now - looked_ < fresh_time) return;
  looked_ = now;
  members_ = read_members_();
  std::erase_if(members_, [this](const NodePresence& node) {
    return node.node == self_ || node.role != "serve" || !parse_node_address(node.address);
  });
  made_.clear();
  std::vector<NodeAddress> others;
  for (const NodePresence& node : members_) others.push_back(address_of(node));
  if (!others_ || *others_ != others)
    others_ = std::make_shared<const std::vector<NodeAddress>>(std::move(others));
}

std::shared_ptr<const std::vector<NodeAddress>> PresenceMap::others() const {
  const std::lock_guard lock(mutex_);
  look();
  return others_;
}

std::shared_ptr<const ShardMap> PresenceMap::find(std::string_view index, std::uint32_t generation,
                                                  std::uint32_t shards) const {
  const std::lock_guard lock(mutex_);
  look();
  const Key key{index, generation, shards};
  std::shared_ptr<const ShardMap>& map = made_[key];
  if (!map) map = make(key);
  return map;
}

std::shared_ptr<const ShardMap> PresenceMap::make(const Key& key) const {
  const auto& [index, generation, shards] = key;
  auto map = std::make_shared<ShardMap>();
  map->holders.resize(shards);
  map->own.resize(shards);
  for (std::uint32_t shard = 0; shard < shards; ++shard) map->own[shard] = own_.holds(shard);
  for (const bool draining : {false, true}) {
    const std::vector<std::vector<std::size_t>> found = map->holders;
    for (const NodePresence& node : members_) {
      if (node.draining != draining || !has_ready(node, index, generation, shards)) continue;
      map->nodes.push_back(address_of(node));
      for (std::uint32_t shard = 0; shard < shards; ++shard) {
        if (node.shards.holds(shard) && (!draining || found[shard].empty())) {
          map->holders[shard].push_back(map->nodes.size() - 1);
        }
      }
    }
  }
  return map;
}

}  // namespace aisle
