#include "analyzers/folding.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <new>

#include "analyzers/analyzer.h"
#include "analyzers/char_class.h"
#include "analyzers/code_point.h"
#include "base/utf8.h"

namespace aisle {
namespace {

constexpr std::int32_t combining_breve = 0x0306;

// Letters that Unicode does not decompose, but that shoppers type without their stroke or ligature.
std::u16string_view plain_spelling(UChar32 letter) {
  switch (letter) {
    case 0x00E6:
      return u"ae";  // æ
    case 0x00F0:
      return u"d";  // ð
    case 0x00F8:
      return u"o";  // ø
    case 0x00FE:
      return u"th";  // þ
    case 0x0111:
      return u"d";  // đ
    case 0x0127:
      return u"h";  // ħ
    case 0x0131:
      return u"i";  // ı
    case 0x0138:
      return u"k";  // ĸ
    case 0x0142:
      return u"l";  // ł
    case 0x014B:
      return u"n";  // ŋ
    case 0x0153:
      return u"oe";  // œ
    case 0x0167:
      return u"t";  // ŧ
    case 0x0180:
      return u"b";  // ƀ
    case 0x0188:
      return u"c";  // ƈ
    case 0x0192:
      return u"f";  // ƒ
    case 0x019A:
      return u"l";  // ƚ
    case 0x01B6:
      return u"z";  // ƶ
    case 0x01E5:
      return u"g";  // ǥ
    case 0x0268:
      return u"i";  // ɨ
    default:
      return {};
  }
}

struct Normalizers {
  const icu::Normalizer2* compatible_folded;
  const icu::Normalizer2* decomposed;
  const icu::Normalizer2* composed;
};

const Normalizers& normalizers() {
  static const Normalizers all = [] {
    UErrorCode status = U_ZERO_ERROR;
    const Normalizers found{icu::Normalizer2::getNFKCCasefoldInstance(status),
                            icu::Normalizer2::getNFDInstance(status),
                            icu::Normalizer2::getNFCInstance(status)};
    assert(U_SUCCESS(status));  // these tables are compiled into ICU
    return found;
  }();
  return all;
}

icu::UnicodeString normalized(const icu::Normalizer2& normalizer, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString result = normalizer.normalize(text, status);
  if (status == U_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  assert(U_SUCCESS(status));
  return result;
}

// Drops the marks beyond combining_run_max of one base. Characters that folding removes do not end a run.
icu::UnicodeString with_bounded_marks(const icu::UnicodeString& text) {
  icu::UnicodeString result;
  std::size_t run = 0;
  for (std::int32_t at = 0; at < text.length();) {
    const UChar32 c = text.char32At(at);
    at += U16_LENGTH(c);
    if ((U_GET_GC_MASK(c) & U_GC_M_MASK) != 0) {
      if (++run > Analyzer::combining_run_max) continue;
    } else if (!u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
      run = 0;
    }
    result.append(c);
  }
  return result;
}

enum class BaseScript : std::uint8_t { Cyrillic, LatinOrGreek, Other };

BaseScript base_script(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
      return BaseScript::LatinOrGreek;
    case USCRIPT_CYRILLIC:
      return BaseScript::Cyrillic;
    default:
      return BaseScript::Other;
  }
}

// Marks go only where they are accents: a dakuten, a vowel sign or a tone mark of another script makes
// another word, and so does the breve of Cyrillic й.
icu::UnicodeString without_accents(const icu::UnicodeString& decomposed) {
  icu::UnicodeString result;
  BaseScript base = BaseScript::Other;
  for (std::int32_t at = 0; at < decomposed.length();) {
    const UChar32 c = decomposed.char32At(at);
    at += U16_LENGTH(c);
    const auto type = u_charType(c);
    if (type == U_NON_SPACING_MARK) {
      const bool keep = base == BaseScript::Other || (base == BaseScript::Cyrillic && c == combining_breve);
      if (keep) result.append(c);
      continue;
    }
    if (type != U_ENCLOSING_MARK && type != U_COMBINING_SPACING_MARK) base = base_script(c);
    if (const std::u16string_view plain = plain_spelling(c); !plain.empty()) {
      result.append(plain.data(), static_cast<std::int32_t>(plain.size()));
    } else if (type == U_DECIMAL_DIGIT_NUMBER) {
      result.append(static_cast<char16_t>(u'0' + u_charDigitValue(c)));
    } else {
      result.append(c);
    }
  }
  return result;
}

bool has_mark(std::string_view text) {
  for (std::uint32_t at = 0; at < text.size();) {
    const CodePoint next = code_point_at(text, at);
    if ((U_GET_GC_MASK(next.value) & U_GC_M_MASK) != 0) return true;
    at = next.end;
  }
  return false;
}

bool all_alphanumeric(std::string_view text) {
  for (std::uint32_t at = 0; at < text.size();) {
    const CodePoint next = code_point_at(text, at);
    if (!u_isalnum(next.value)) return false;
    at = next.end;
  }
  return true;
}

}  // namespace

std::string fold_general(std::string_view text) {
  const std::string valid = replace_invalid_utf8(text);
  const auto& [compatible_folded, decomposed, composed] = normalizers();
  const icu::UnicodeString given =
      icu::UnicodeString::fromUTF8(icu::StringPiece(valid.data(), static_cast<std::int32_t>(valid.size())));
  const icu::UnicodeString folded = normalized(*compatible_folded, with_bounded_marks(given));
  const icu::UnicodeString plain = without_accents(normalized(*decomposed, folded));
  std::string result;
  with_bounded_marks(normalized(*composed, plain))
      .toUTF8String(result);  // decomposing may have made more marks
  return result;
}

const SimpleFoldings& SimpleFoldings::get() {
  static const SimpleFoldings foldings;
  return foldings;
}

SimpleFoldings::SimpleFoldings() {
  for (std::int32_t c = 0; c < code_points_max; ++c) {
    std::array<char, U8_MAX_LENGTH> bytes{};
    std::size_t length = 0;
    U8_APPEND_UNSAFE(bytes.data(), length, c);
    const std::string folded = fold_general({bytes.data(), length});
    Entry& entry = entries_[static_cast<std::size_t>(c)];
    if (folded.size() > entry.bytes.size() || has_mark(folded)) continue;
    if (u_isalnum(c) && !all_alphanumeric(folded)) continue;
    if (c == 0x0149) continue;  // "ŉ" brings an apostrophe, which is no letter here
    std::copy(folded.begin(), folded.end(), entry.bytes.begin());
    entry.length = static_cast<std::uint8_t>(folded.size());
  }
}

void append_folded(std::string& out, std::string_view text) {
  const SimpleFoldings& simple = SimpleFoldings::get();
  const std::size_t before = out.size();
  for (std::uint32_t at = 0; at < text.size();) {
    const CodePoint next = code_point_at(text, at);
    const std::string_view folded = simple.of(next.value);
    if (folded.empty()) {
      out.resize(before);
      out += fold_general(text);
      return;
    }
    out += folded;
    at = next.end;
  }
}

std::string fold(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  append_folded(result, text);
  return result;
}

std::string normalize_code(std::string_view text) {
  const std::string folded = fold(text);
  std::string result;
  for (std::uint32_t at = 0; at < folded.size();) {
    const CodePoint next = code_point_at(folded, at);
    const CharClass c = CharClasses::get().of(next.value);
    if (c == CharClass::Letter || c == CharClass::Digit || c == CharClass::Dictionary) {
      result.append(folded, at, next.end - at);
    }
    at = next.end;
  }
  return result;
}

}  // namespace aisle
