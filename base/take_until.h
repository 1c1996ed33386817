// Reads a text part by part.
#pragma once
#include <algorithm>
#include <string_view>

namespace aisle {

// What stands before the first `end`, or everything; `text` becomes what stands behind it.
inline std::string_view take_until(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

}  // namespace aisle
