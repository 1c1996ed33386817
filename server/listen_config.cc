#include "server/listen_config.h"

#include "schemas/json_reader.h"

namespace aisle {

ListenConfig read_listen(const JsonReader& parent, std::string_view name, ListenConfig fallback) {
  if (!parent.has(name)) return fallback;
  const JsonReader reader = parent.member(name);
  reader.allow_only({"address", "port"});
  fallback.address = reader.string_or("address", fallback.address);
  fallback.port = static_cast<std::uint16_t>(reader.integer_or("port", fallback.port, 0, 65535));
  return fallback;
}

}  // namespace aisle
