// What a code point does in a word.
#pragma once
#include <array>
#include <cstdint>

namespace aisle {

enum class CharClass : std::uint8_t {
  Separator,
  Letter,
  Digit,       // folds to ASCII digits alone: 7, ７, ², ①
  Dictionary,  // of a script written without spaces: Han, kana, Thai, Lao, Khmer, Burmese
  Mark,        // belongs to the character before it: combining marks, soft hyphen, joiners
  Apostrophe,  // dropped between letters: women's, women’s
  Alone,       // stands for words of its own: ½ is "1" "2"
};

// Immutable and thread-safe; built at first use (a few milliseconds).
class CharClasses {
 public:
  static const CharClasses& get();
  // Negative code points (invalid UTF-8) are separators.
  CharClass of(std::int32_t code_point) const {
    if (code_point < 0) return CharClass::Separator;
    if (code_point < plane_size) return plane_[static_cast<std::size_t>(code_point)];
    return compute(code_point);
  }

 private:
  static constexpr std::int32_t plane_size = 0x10000;
  CharClasses();
  static CharClass compute(std::int32_t code_point);

  std::array<CharClass, plane_size> plane_;
};

}  // namespace aisle
