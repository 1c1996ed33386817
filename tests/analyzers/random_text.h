// Random texts with what shops and attackers write: words of many scripts, signs, marks and broken bytes.
#pragma once
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace aisle::test {

inline std::string utf8_of(char32_t c) {
  std::string bytes;
  const auto tail = [&](int shift) { bytes += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    bytes += static_cast<char>(c);
  } else if (c < 0x800) {
    bytes += static_cast<char>(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    bytes += static_cast<char>(0xE0 | (c >> 12));
    tail(6), tail(0);
  } else {
    bytes += static_cast<char>(0xF0 | (c >> 18));
    tail(12), tail(6), tail(0);
  }
  return bytes;
}

// One code point below `end`, no surrogate.
inline rc::Gen<std::string> any_character(char32_t end = 0x110000) {
  return rc::gen::map(rc::gen::inRange<std::uint32_t>(1, end), [](std::uint32_t c) {
    return utf8_of(c >= 0xD800 && c < 0xE000 ? U'a' : static_cast<char32_t>(c));
  });
}

inline rc::Gen<std::string> any_piece() {
  static const std::vector<std::string> pieces{" ",
                                               " ",
                                               " ",
                                               "-",
                                               "&",
                                               "'",
                                               "’",
                                               ".",
                                               ",",
                                               "+",
                                               "#",
                                               "/",
                                               "\u00AD",
                                               "\u200B",
                                               "\u200D",
                                               "\uFE0F",
                                               "\t",
                                               "a",
                                               "women",
                                               "C",
                                               "iPhone",
                                               "ß",
                                               "é",
                                               "e\u0301",
                                               "İ",
                                               "ı",
                                               "Ø",
                                               "ﬁ",
                                               "Ω",
                                               "ς",
                                               "й",
                                               "ё",
                                               "l",
                                               "dell",
                                               "d",
                                               "0",
                                               "14",
                                               "1,5",
                                               "1,000",
                                               "3.5",
                                               "١٢",
                                               "７",
                                               "²",
                                               "①",
                                               "½",
                                               "Ⅷ",
                                               "㎡",
                                               "㍿",
                                               "\u20E3",
                                               "\u0301",
                                               "\u0327",
                                               "か",
                                               "が",
                                               "か\u3099",
                                               "ｶﾞ",
                                               "ワイヤレス",
                                               "手机",
                                               "手",
                                               "กระเป๋า",
                                               "ผู้",
                                               "삼성",
                                               "각",
                                               "각",
                                               "हिन्दी",
                                               "שָׁלוֹם",
                                               "ُ",
                                               "𝟏",
                                               "𐐀",
                                               "😀",
                                               "\xFF",
                                               "\xC3",
                                               "\xE6\x89",
                                               "\xED\xA0\x80",
                                               "\uFDFA",
                                               "\u0345",
                                               "ŉ",
                                               "ǰ",
                                               "ΐ"};
  return rc::gen::elementOf(pieces);
}

inline rc::Gen<std::string> any_text() {
  const auto piece = rc::gen::weightedOneOf<std::string>(
      {{6, any_piece()}, {2, any_character(0x80)}, {1, any_character(0x600)}, {1, any_character()}});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& all) {
                        std::string text;
                        for (const std::string& one : all) text += one;
                        return text;
                      });
}

}  // namespace aisle::test
