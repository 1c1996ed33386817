#include "analyzers/kana_width.h"

#include <algorithm>

#include "analyzers/code_point.h"
#include "analyzers/folding.h"

namespace aisle {
namespace {

bool is_half_width_kana(std::int32_t c) {
  return c >= 0xFF65 && c <= 0xFF9F;
}

bool has_half_width_kana(std::string_view text) {
  for (std::uint32_t at = 0; at < text.size();) {
    const CodePoint next = code_point_at(text, at);
    if (is_half_width_kana(next.value)) return true;
    at = next.end;
  }
  return false;
}

}  // namespace

bool FullWidthKana::widen(std::string_view text) {
  text_.clear();
  pieces_.clear();
  if (!has_half_width_kana(text)) return false;
  for (std::uint32_t begin = 0; begin < text.size();) {
    const CodePoint first = code_point_at(text, begin);
    bool half_width = is_half_width_kana(first.value);
    std::uint32_t end = first.end;
    while (end < text.size()) {
      const CodePoint mark = code_point_at(text, end);
      if (!is_half_width_sound_mark(mark.value)) break;
      half_width = true;
      end = mark.end;
    }
    const std::string_view piece = text.substr(begin, end - begin);
    text_ += half_width ? fold_general(piece) : std::string(piece);
    pieces_.push_back({static_cast<std::uint32_t>(text_.size()), end});
    begin = end;
  }
  return true;
}

std::uint32_t FullWidthKana::given_end(std::uint32_t end) const {
  return std::ranges::lower_bound(pieces_, end, {}, &Piece::end)->given_end;
}

}  // namespace aisle
