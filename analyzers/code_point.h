// One code point of a UTF-8 text.
#pragma once
#include <unicode/utf8.h>

#include <cstdint>
#include <string_view>

namespace aisle {

struct CodePoint {
  std::int32_t value;  // negative when the bytes are not valid UTF-8
  std::uint32_t end;   // offset of the next code point, always beyond the asked one
};

// `at` must lie inside `text`, which holds less than 2 GiB.
inline CodePoint code_point_at(std::string_view text, std::uint32_t at) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto next = static_cast<std::int32_t>(at);
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t value = 0;
  U8_NEXT(bytes, next, size, value);
  return {value, static_cast<std::uint32_t>(next)};
}

}  // namespace aisle
