// Half-width katakana writes a voiced sound as two characters (ﾊ and ﾞ for バ): before words are cut it has
// to be made full-width, or the sound mark counts as a word.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// The sound marks ﾞ and ﾟ, which belong to the character before them.
inline bool is_half_width_sound_mark(std::int32_t c) {
  return c == 0xFF9E || c == 0xFF9F;
}

class FullWidthKana {
 public:
  // Replaces what `*this` held before. False: `text` holds no half-width katakana and nothing has to be done.
  bool widen(std::string_view text);

  std::string_view text() const { return text_; }
  // Where in the given text the characters end that made the first `end` bytes of text().
  std::uint32_t given_end(std::uint32_t end) const;

 private:
  struct Piece {
    std::uint32_t end;  // in text_
    std::uint32_t given_end;
  };
  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace aisle
