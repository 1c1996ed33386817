#include "analyzers/char_class.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "analyzers/code_point.h"
#include "analyzers/folding.h"
#include "analyzers/kana_width.h"

namespace aisle {
namespace {

constexpr std::int32_t zero_width_space = 0x200B;      // separates words in Thai and Khmer
constexpr std::int32_t prolonged_sound = 0x30FC;       // ー has the script Common
constexpr std::int32_t prolonged_sound_half = 0xFF70;  // ｰ

bool is_apostrophe(std::int32_t c) {
  return c == '\'' || c == '`' || c == 0x00B4 || c == 0x02BC || c == 0x2018 || c == 0x2019 || c == 0xFF07;
}

bool is_dictionary_script(std::int32_t c) {
  if (c == prolonged_sound || c == prolonged_sound_half || is_half_width_sound_mark(c)) return true;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      return false;
  }
}

// Numbers that are no plain digits, and squared units (㎏, ㎡), are what they fold to.
CharClass class_of_folded(std::int32_t c) {
  std::array<char, U8_MAX_LENGTH> bytes{};
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes.data(), length, c);
  const std::string folded = fold_general({bytes.data(), length});
  const auto is_digit = [](char b) { return b >= '0' && b <= '9'; };
  if (!folded.empty() && std::all_of(folded.begin(), folded.end(), is_digit)) return CharClass::Digit;
  for (std::uint32_t at = 0; at < folded.size();) {
    const CodePoint next = code_point_at(folded, at);
    if (!u_isalpha(next.value) || is_dictionary_script(next.value)) return CharClass::Alone;
    at = next.end;
  }
  return CharClass::Letter;
}

}  // namespace

const CharClasses& CharClasses::get() {
  static const CharClasses classes;
  return classes;
}

CharClasses::CharClasses() {
  for (std::int32_t c = 0; c < plane_size; ++c) plane_[static_cast<std::size_t>(c)] = compute(c);
}

CharClass CharClasses::compute(std::int32_t c) {
  if (is_apostrophe(c)) return CharClass::Apostrophe;
  if (c == zero_width_space || U_IS_SURROGATE(c)) return CharClass::Separator;
  const auto mask = U_GET_GC_MASK(c);
  if ((mask & U_GC_ND_MASK) != 0) return CharClass::Digit;
  if ((mask & U_GC_M_MASK) != 0 || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
    return CharClass::Mark;
  }
  if ((mask & (U_GC_L_MASK | U_GC_NL_MASK)) != 0 && is_dictionary_script(c)) return CharClass::Dictionary;
  if ((mask & U_GC_L_MASK) != 0) return CharClass::Letter;
  const bool squared_unit = c >= 0x3300 && c <= 0x33FF;
  if ((mask & (U_GC_NL_MASK | U_GC_NO_MASK)) != 0 || squared_unit) return class_of_folded(c);
  return CharClass::Separator;
}

}  // namespace aisle
