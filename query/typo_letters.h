// The letters of words and terms as misspellings see them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aisle {

// Decodes the code point at `at` of valid UTF-8 and moves on; a stray byte counts as itself.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || at + length > text.size()) {
    ++at;
    return lead;
  }
  char32_t point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  at += length;
  return point;
}

inline bool is_digit(char32_t point) {
  return point >= U'0' && point <= U'9';
}

struct Letters {
  std::uint32_t signature = 0;  // a bit a letter, several share one; 0: it holds a digit
  std::size_t count = 0;
};

inline Letters letters_of(std::string_view term) {
  Letters letters;
  for (std::size_t at = 0; at < term.size(); ++letters.count) {
    const char32_t letter = next_code_point(term, at);
    if (is_digit(letter)) return {};
    letters.signature |= 1U << (letter % 32);
  }
  return letters;
}

}  // namespace aisle
