#include "server/fanout/cluster_config.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

constexpr std::size_t nodes_max = 100;
constexpr std::int64_t shard_highest = 255;

// "10.0.0.1:8702" or "[::1]:8702".
void read_address(const JsonReader& reader, NodeAddress& address) {
  const std::string text = reader.require_string("address");
  if (!reader.ok()) return;
  const std::size_t colon = text.rfind(':');
  const std::string_view port = colon == std::string::npos ? "" : std::string_view(text).substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  if (address.host.empty() || error != std::errc() || end != port.data() + port.size() || address.port == 0)
    reader.member("address").fail("is \"" + text + "\", expected host:port");
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
  config.listen = read_listen(reader, "listen", config.listen);
  config.min_coverage = reader.number_or("min_coverage", config.min_coverage, 0, 1);
  for (const JsonReader& node : reader.member("nodes").elements()) {
    config.nodes.push_back(read_node(node));
    const auto same = std::ranges::count(config.nodes, config.nodes.back().address.id,
                                         [](const ConfiguredNode& some) { return some.address.id; });
    if (same > 1) node.fail("has the id \"" + config.nodes.back().address.id + "\" of another node");
    if (config.nodes.size() > nodes_max) node.fail("is one more than the limit of " + std::to_string(nodes_max));
  }
  const bool known = std::ranges::any_of(
      config.nodes, [&](const ConfiguredNode& node) { return node.address.id == config.self; });
  if (reader.ok() && !known)
    reader.member("self").fail("is \"" + config.self + "\", which is none of the nodes");
  return config;
}

}  // namespace aisle
