#include "server/fanout/cluster_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace aisle {
namespace {

constexpr std::size_t nodes_max = 100;
constexpr std::int64_t shard_highest = 255;

void read_address(const JsonReader& reader, NodeAddress& address) {
  const std::string text = reader.require_string("address");
  if (!reader.ok()) return;
  if (auto parsed = parse_node_address(text)) {
    address = {address.id, std::move(parsed->host), parsed->port};
  } else {
    reader.member("address").fail("is \"" + text + "\", expected host:port");
  }
}

ConfiguredNode read_node(const JsonReader& reader) {
  reader.allow_only({"id", "address", "shards"});
  ConfiguredNode node;
  node.address.id = reader.require_string("id");
  read_address(reader, node.address);
  if (!reader.has("shards")) return node;
  node.shards.emplace();
  for (const JsonReader& shard : reader.member("shards").elements()) {
    const nlohmann::json& value = shard.value();
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
        value.get<std::int64_t>() > shard_highest) {
      shard.fail("is no number of a shard, 0 to " + std::to_string(shard_highest));
      break;
    }
    node.shards->push_back(value.get<std::uint32_t>());
  }
  return node;
}

}  // namespace

ClusterConfig read_cluster(const JsonReader& reader) {
  reader.allow_only({"self", "listen", "nodes", "min_coverage"});
  ClusterConfig config;
  config.self = reader.require_string("self");
  config.min_coverage = reader.number_or("min_coverage", config.min_coverage, 0, 1);
  for (const JsonReader& node : reader.member("nodes").elements()) {
    config.nodes.push_back(read_node(node));
    const auto same = std::ranges::count(config.nodes, config.nodes.back().address.id,
                                         [](const ConfiguredNode& some) { return some.address.id; });
    if (same > 1) node.fail("has the id \"" + config.nodes.back().address.id + "\" of another node");
    if (config.nodes.size() > nodes_max)
      node.fail("is one more than the limit of " + std::to_string(nodes_max));
  }
  const bool known = std::ranges::any_of(
      config.nodes, [&](const ConfiguredNode& node) { return node.address.id == config.self; });
  if (reader.ok() && !known)
    reader.member("self").fail("is \"" + config.self + "\", which is none of the nodes");
  return config;
}

}  // namespace aisle
