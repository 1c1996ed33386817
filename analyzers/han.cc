#include "analyzers/han.h"

#include "analyzers/code_point.h"

namespace aisle {
namespace {

// CJK unified ideographs with extension A and the compatibility ones, and those of the second plane.
bool is_han(std::int32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

}  // namespace

std::string_view first_character(std::string_view text) {
  return text.substr(0, code_point_at(text, 0).end);
}

std::string_view last_character(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return text.substr(at);
}

std::vector<std::string> han_bigrams(std::string_view word) {
  std::vector<std::string> bigrams;
  std::size_t before = std::string_view::npos;  // where the Han character in front begins
  for (std::uint32_t at = 0; at < word.size();) {
    const CodePoint next = code_point_at(word, at);
    if (!is_han(next.value)) {
      before = std::string_view::npos;
    } else {
      if (before != std::string_view::npos) bigrams.emplace_back(word.substr(before, next.end - before));
      before = at;
    }
    at = next.end;
  }
  return bigrams;
}

}  // namespace aisle
