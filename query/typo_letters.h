// The letters of words and terms as misspellings see them.
#pragma once
#include <bit>
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

// A word of at most 8 ASCII letters as a number, the first letter lowest; 0 for any other.
inline std::uint64_t packed(std::string_view word) {
  if (word.size() > sizeof(std::uint64_t)) return 0;
  std::uint64_t letters = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto letter = static_cast<unsigned char>(word[i]);
    if (letter == 0 || letter >= 0x80) return 0;
    letters |= std::uint64_t{letter} << (8 * i);
  }
  return letters;
}

// Whether two packed words differ, by one letter that is inserted, missing or wrong or by two that are swapped.
inline bool are_one_typo_apart(std::uint64_t a, std::uint64_t b) {
  if (a == b) return false;
  const int same = std::countr_zero(a ^ b) / 8 * 8;  // bits of the letters before
  a >>= same;
  b >>= same;
  const std::uint64_t swapped = ((b & 0xFFU) << 8U) | ((b >> 8U) & 0xFFU);
  return a >> 8U == b >> 8U || a >> 8U == b || a == b >> 8U ||
         (a >> 16U == b >> 16U && (a & 0xFFFFU) == swapped);
}

}  // namespace aisle
