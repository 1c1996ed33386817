#include "analyzers/segmenter.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

// "iphone|14 pro": units with the gap before them as "|" (same), "~" (glued), " " (space), "/" (far).
std::string shown(std::string_view text, std::span<const std::string_view> elisions = {}) {
  Segmentation segmentation;
  segment(text, elisions, segmentation);
  std::string result;
  for (const Unit& unit : segmentation.units) {
    if (!result.empty()) result += "|~ /"[static_cast<std::size_t>(unit.gap)];
    result += segmentation.folded.substr(unit.text_begin, unit.text_end - unit.text_begin);
  }
  return result;
}

TEST(Segmenter, TellsWhatStandsBetweenUnits) {
  EXPECT_EQ(shown("iPhone14 Pro  Max, H&M wi-fi wi--fi"), "iphone|14 pro/max/h~m wi~fi wi/fi");
  EXPECT_EQ(shown("a\u00A0b a\tb a\u2010b a–b"), "a b a/b a~b a/b");
  EXPECT_EQ(shown("6'2 90's"), "6/2 90~s");
}

TEST(Segmenter, LeavesScriptsWithoutSpacesFarFromTheirNeighbours) {
  EXPECT_EQ(shown("手机14 手机"), "手机/14/手机");
  EXPECT_EQ(shown("14-手"), "14/手");
}

TEST(Segmenter, LetsMarksBelongToTheCharacterBeforeThem) {
  EXPECT_EQ(shown("e\u0301a 3\uFE0F\u20E3 x\u00ADy"), "ea 3 xy");
  EXPECT_EQ(shown("\u0301a"), "a");
}

TEST(Segmenter, SplitsCharactersThatFoldToSeveralUnits) {
  EXPECT_EQ(shown("½x"), "1/2/x");
  EXPECT_EQ(shown("㎡ ㍿"), "m|2/株式会社");
  EXPECT_EQ(shown("aŉ"), "a/n");
}

TEST(Segmenter, PartsElisions) {
  constexpr std::string_view french[] = {"l", "d"};
  EXPECT_EQ(shown("L'eau d’or presqu'île", french), "l~eau d~or presquile");
  EXPECT_EQ(shown("L'eau"), "leau");
}

TEST(Segmenter, KeepsUnitsAndRangesInOrder) {
  const std::string text = "½ ㎡ iPhone14 กระเป๋า1,2,3";
  Segmentation segmentation;
  segment(text, {}, segmentation);
  std::uint32_t folded_end = 0;
  std::uint32_t begin = 0;
  for (const Unit& unit : segmentation.units) {
    EXPECT_EQ(unit.text_begin, folded_end);
    EXPECT_LE(begin, unit.begin);
    EXPECT_LT(unit.begin, unit.end);
    folded_end = unit.text_end;
    begin = unit.begin;
  }
  EXPECT_EQ(folded_end, segmentation.folded.size());
}

TEST(Segmenter, ReplacesWhatItFoundBefore) {
  Segmentation segmentation;
  segment("one two", {}, segmentation);
  segment("three", {}, segmentation);
  ASSERT_EQ(segmentation.units.size(), 1U);
  EXPECT_EQ(segmentation.folded, "three");
}

}  // namespace
}  // namespace aisle
