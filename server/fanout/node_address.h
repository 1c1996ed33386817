// Where another node listens for its fellows.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aisle {

struct NodeAddress {
  std::string id;
  std::string host;        // a name or an IP address
  std::uint16_t port = 0;  // of its internal listener
  friend bool operator==(const NodeAddress&, const NodeAddress&) = default;
};

// "10.0.0.1:8702", "[::1]:8702" or "http://10.0.0.1:8702", without an id; nothing for anything else.
std::optional<NodeAddress> parse_node_address(std::string_view text);

}  // namespace aisle
