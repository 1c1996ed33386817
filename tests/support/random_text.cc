#include "tests/support/random_text.h"

#include <vector>

#include "base/utf8.h"

namespace aisle {
namespace {

const std::vector<std::string> hard_fragments = {"a",
                                                 "B",
                                                 "iphone",
                                                 "women's",
                                                 "l'",
                                                 "é",
                                                 "e\u0301",
                                                 "ß",
                                                 "İ",
                                                 "ı",
                                                 "Ł",
                                                 "æ",
                                                 "ﬁ",
                                                 "µ",
                                                 "σς",
                                                 "ё",
                                                 "й",
                                                 "и\u0306",
                                                 "1",
                                                 "23",
                                                 "007",
                                                 "３",
                                                 "٣",
                                                 "๓",
                                                 "²",
                                                 "½",
                                                 "①",
                                                 "⑽",
                                                 "Ⅷ",
                                                 "㎡",
                                                 "㍿",
                                                 "ﷺ",
                                                 "🅰",
                                                 "1\uFE0F\u20E3",
                                                 ".",
                                                 ",",
                                                 "'",
                                                 "’",
                                                 "-",
                                                 "\u2011",
                                                 " ",
                                                 "\u00A0",
                                                 "　",
                                                 "&",
                                                 "+",
                                                 "++",
                                                 "#",
                                                 "/",
                                                 "_",
                                                 "×",
                                                 "™",
                                                 "\n",
                                                 "😀",
                                                 "手机壳",
                                                 "か",
                                                 "か\u3099",
                                                 "ﾜｲﾔﾚｽ",
                                                 "ー",
                                                 "々",
                                                 "เสื้อ",
                                                 "น้ำ",
                                                 "삼성",
                                                 "\u1100\u1161\u11A8",
                                                 "ᆨ",
                                                 "हिन्दी",
                                                 "क\u094D\u200D",
                                                 "\u0301",
                                                 "\u0344",
                                                 "\u034F",
                                                 "\u0345",
                                                 "\u20DD",
                                                 "\u3099",
                                                 "\u00AD",
                                                 "\u200B",
                                                 "\u200D",
                                                 "\uFE0F",
                                                 "\uFEFF",
                                                 "שָׁ",
                                                 "العَرَبِيَّة",
                                                 "ŉ",
                                                 "ŀ",
                                                 "ǆ",
                                                 "\u1E9E",
                                                 "ẛ\u0323",
                                                 "Å",
                                                 "\u212B"};

std::string utf8_of(std::uint32_t c) {
  std::string bytes;
  const auto add = [&](std::uint32_t b) { bytes += static_cast<char>(b); };
  const auto tail = [&](unsigned shift) { add(0x80U | ((c >> shift) & 0x3FU)); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xC0U | (c >> 6U));
    tail(0);
  } else if (c < 0x10000) {
    add(0xE0U | (c >> 12U));
    tail(6);
    tail(0);
  } else {
    add(0xF0U | (c >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return bytes;
}

rc::Gen<std::string> any_code_point(std::uint32_t end) {
  return rc::gen::map(rc::gen::inRange<std::uint32_t>(1, end), [](std::uint32_t c) {
    return c >= 0xD800 && c < 0xE000 ? std::string("\uFFFD") : utf8_of(c);
  });
}

rc::Gen<std::string> concatenated(const rc::Gen<std::string>& fragment) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(fragment), [](const auto& fragments) {
    std::string text;
    for (const std::string& one : fragments) text += one;
    return text;
  });
}

}  // namespace

rc::Gen<std::string> random_shop_text() {
  const auto stray_byte = rc::gen::map(rc::gen::inRange(0x80, 0x100),
                                       [](int byte) { return std::string(1, static_cast<char>(byte)); });
  return concatenated(rc::gen::weightedOneOf<std::string>({{16, rc::gen::elementOf(hard_fragments)},
                                                           {4, any_code_point(0x600)},
                                                           {4, any_code_point(0x10000)},
                                                           {2, any_code_point(0x110000)},
                                                           {1, stray_byte}}));
}

rc::Gen<std::string> random_ascii_text() {
  static const std::string frequent = "aBcSdl0123459  ..,,''--&+#";
  const auto character = [](char c) { return std::string(1, c); };
  return concatenated(
      rc::gen::weightedOneOf<std::string>({{4, rc::gen::map(rc::gen::elementOf(frequent), character)},
                                           {1, rc::gen::map(rc::gen::inRange<char>(0, 127), character)}}));
}

}  // namespace aisle
