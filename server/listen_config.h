// Where a listener binds.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

class JsonReader;

struct ListenConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8700;  // 0 = any free one, told at start
};

// The member `name` of a configuration object; errors go to the reader's sink.
ListenConfig read_listen(const JsonReader& parent, std::string_view name, ListenConfig fallback);

}  // namespace aisle
