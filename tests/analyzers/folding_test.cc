#include "analyzers/folding.h"

#include <gtest/gtest.h>

#include "analyzers/analyzer.h"
#include "base/utf8.h"

namespace aisle {
namespace {

std::string repeated(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

TEST(Fold, RemovesCaseWidthAndLatinAccents) {
  EXPECT_EQ(fold("ÀÉÎÕÜ Café ＡＢＣ１２ ﬁx Ⅷ m²"), "aeiou cafe abc12 fix viii m2");
  EXPECT_EQ(fold("e\u0301 u\u0308 Ṩ ǭ"), "e u s o");
}

TEST(Fold, SpellsStrokesAndLigaturesOut) {
  EXPECT_EQ(fold("Straße STRAẞE Øre Łódź đak Æon cœur Þór Eiður"),
            "strasse strasse ore lodz dak aeon coeur thor eidur");
}

TEST(Fold, FoldsBothTurkishLettersIToTheSame) {
  EXPECT_EQ(fold("İIıi"), "iiii");
}

TEST(Fold, RemovesGreekAndCyrillicAccentsButKeepsShortI) {
  EXPECT_EQ(fold("Ελληνικά ΣΊΣΥΦΟΣ"), "ελληνικα σισυφοσ");
  EXPECT_EQ(fold("Ёлка Чайник чаи\u0306ник"), "елка чайник чайник");
}

TEST(Fold, KeepsTheMarksThatMakeAnotherWord) {
  EXPECT_EQ(fold("がぱ か\u3099"), "がぱ が");
  EXPECT_EQ(fold("กี่ ผู้"), "กี่ ผู้");
  EXPECT_EQ(fold("हिन्दी"), "हिन्दी");
  EXPECT_EQ(fold("\u1112\u1161\u11AB"), "한");
}

TEST(Fold, ReplacesInvalidBytes) {
  EXPECT_EQ(fold("A\xFFz"), "a\uFFFDz");
}

TEST(Fold, LeavesOutWhatNobodySees) {
  EXPECT_EQ(fold("soft\u00ADhyphen zero\u200Bwidth"), "softhyphen zerowidth");
}

TEST(Fold, DropsMarksBeyondTheLimitOfOneBase) {
  const std::string at_limit = "\u05D0" + repeated("\u05B0", Analyzer::combining_run_max);
  EXPECT_EQ(fold(at_limit), at_limit);
  EXPECT_EQ(fold(at_limit + "\u05B0"), at_limit);
  EXPECT_EQ(fold(at_limit + "\u200D\u05B0"), at_limit);
  EXPECT_LE(fold("\u05D0" + repeated("\u05B0\u0591", 16'000)).size(), 2 + 2 * Analyzer::combining_run_max);
}

TEST(Fold, HasTheSameResultTheQuickWayForEachSimpleCharacterBesideEachOther) {
  const SimpleFoldings& simple = SimpleFoldings::get();
  const std::string beside = "e\u0301";
  std::size_t count = 0;
  for (std::int32_t c = 1; c < SimpleFoldings::code_points_max; ++c) {
    if (simple.of(c).empty()) continue;
    ++count;
    std::string text(1, static_cast<char>(c));
    if (c >= 0x80) text = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
    ASSERT_TRUE(is_valid_utf8(text));
    EXPECT_EQ(std::string(simple.of(c)), fold_general(text));
    EXPECT_EQ(fold("a" + text + "Z" + text), fold_general("a" + text + "Z" + text));
    EXPECT_EQ(fold_general(text + "a\u0301" + text),
              std::string(simple.of(c)) + "a" + std::string(simple.of(c)));
  }
  EXPECT_GT(count, 900U);
  EXPECT_EQ(simple.of(0x0301), "");
  EXPECT_EQ(simple.of(-1), "");
}

TEST(NormalizeCode, KeepsFoldedLettersAndDigitsAlone) {
  EXPECT_EQ(normalize_code("KDL-40 W600/B"), "kdl40w600b");
  EXPECT_EQ(normalize_code(" 4 006381-333931 "), "4006381333931");
  EXPECT_EQ(normalize_code("ÄB.１２_x+"), "ab12x");
  EXPECT_EQ(normalize_code("型号-7"), "型号7");
  EXPECT_EQ(normalize_code("--- \xFF"), "");
}

}  // namespace
}  // namespace aisle
