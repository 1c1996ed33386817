#include "server/fanout/node_address.h"

#include <charconv>

namespace aisle {

std::optional<NodeAddress> parse_node_address(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  NodeAddress address;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  address.host = host;
  if (host.empty() || error != std::errc() || end != port.data() + port.size() || address.port == 0) {
    return std::nullopt;
  }
  return address;
}

}  // namespace aisle
