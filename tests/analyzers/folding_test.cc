#include "analyzers/folding.h"

#include <gtest/gtest.h>

#include "analyzers/analyzer.h"

namespace aisle {
namespace {

TEST(Folding, RemovesAccentsOfLatinGreekAndCyrillicLetters) {
  EXPECT_EQ(fold("Café crème"), "cafe creme");
  EXPECT_EQ(fold("Cafe\u0301"), "cafe");  // decomposed
  EXPECT_EQ(fold("Größe Fußball Übergröße"), "grosse fussball ubergrosse");
  EXPECT_EQ(fold("Ελλάδα"), "ελλαδα");
  EXPECT_EQ(fold("Ёлка"), "елка");
  EXPECT_EQ(fold("Việt Nam"), "viet nam");
}

TEST(Folding, KeepsCyrillicShortI) {
  EXPECT_EQ(fold("Чайник Йод"), "чайник йод");
}

TEST(Folding, SpellsLettersWithoutDecompositionPlainly) {
  EXPECT_EQ(fold("Ørsted Łódź Đorđe"), "orsted lodz dorde");
  EXPECT_EQ(fold("Æther Œuvre Þór Guðrún"), "aether oeuvre thor gudrun");
}

TEST(Folding, TurkishDottedAndDotlessIAreOne) {
  EXPECT_EQ(fold("İSTANBUL"), "istanbul");
  EXPECT_EQ(fold("ISPARTA ılık"), "isparta ilik");
}

TEST(Folding, KeepsMarksThatMakeAnotherWordInTheirScript) {
  EXPECT_NE(fold("か"), fold("が"));
  EXPECT_NE(fold("ハ"), fold("パ"));
  EXPECT_EQ(fold("か\u3099"), "が");
  EXPECT_EQ(fold("กิน"), "กิน");
  EXPECT_NE(fold("กิน"), fold("กน"));
  EXPECT_EQ(fold("हिन्दी"), "हिन्दी");
  EXPECT_EQ(fold("\u1112\u1161\u11AB"), "한");
}

TEST(Folding, MakesWidthsAndDigitsOne) {
  EXPECT_EQ(fold("Ｆｕｌｌ　１２３"), "full 123");
  EXPECT_EQ(fold("ｶﾞﾗｽ"), "ガラス");
  EXPECT_EQ(fold("٣٤ ๑๒"), "34 12");
  EXPECT_EQ(fold("ﬁt m²"), "fit m2");
}

TEST(Folding, ReplacesInvalidUtf8) {
  EXPECT_EQ(fold("a\xFF"
                 "b"),
            "a\uFFFDb");
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Folding, BoundsTheMarksOfOneBase) {
  const std::string bounded = "ب" + repeated("\u0651", Analyzer::combining_run_max);  // shadda stays
  EXPECT_EQ(fold(bounded), bounded);
  EXPECT_EQ(fold(bounded + "\u0651"), bounded);
  EXPECT_EQ(fold("ب" + repeated("\u0651", 1000)), bounded);
  EXPECT_EQ(fold("ب" + repeated("\u0651\u200D", 1000)), bounded);  // joiners vanish and begin no new run
}

// Ordering marks is what takes quadratic time: a fatha goes before a kasra, but this one comes too late.
TEST(Folding, DropsMarksBeforeItOrdersThem) {
  const std::string kasras = "ب" + repeated("\u0650", Analyzer::combining_run_max);
  EXPECT_EQ(fold(kasras + repeated("\u064E", 1000)), kasras);
}

TEST(Folding, BoundsMarksThatComeOfOtherMarks) {
  const std::string folded = fold("ب" + repeated("\u0344", 1000));  // each is two marks
  EXPECT_EQ(folded.size(), 2 + 2 * Analyzer::combining_run_max);
  EXPECT_EQ(fold(folded), folded);
}

TEST(Folding, EverySimpleFoldingIsTheOneOfIcu) {
  std::size_t simple = 0;
  for (std::int32_t c = 1; c < SimpleFoldings::code_points_max; ++c) {
    const std::string_view quick = SimpleFoldings::get().of(c);
    if (quick.empty()) continue;
    ++simple;
    std::string bytes;
    if (c >= 0x80) bytes += static_cast<char>(0xC0 | (c >> 6));
    bytes += static_cast<char>(c < 0x80 ? c : 0x80 | (c & 0x3F));
    EXPECT_EQ(quick, fold_general(bytes)) << c;
  }
  EXPECT_GT(simple, 900U);
}

TEST(NormalizeCode, KeepsLettersAndDigitsOnly) {
  EXPECT_EQ(normalize_code("KDL-40 W600/B"), "kdl40w600b");
  EXPECT_EQ(normalize_code("978-3-16-148410-0"), "9783161484100");
  EXPECT_EQ(normalize_code("型番Ａ_1.0"), "型番a10");
  EXPECT_EQ(normalize_code(" -/ "), "");
}

}  // namespace
}  // namespace aisle
