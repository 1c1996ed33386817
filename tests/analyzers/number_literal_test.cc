#include "analyzers/number_literal.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace aisle {
namespace {

// Digit groups of ASCII text such as "1,000.50".
std::vector<DigitGroup> groups_of(std::string_view text) {
  std::vector<DigitGroup> groups;
  char separator = '\0';
  for (std::uint32_t begin = 0; begin <= text.size();) {
    const auto end = static_cast<std::uint32_t>(std::min(text.find_first_of(".,", begin), text.size()));
    groups.push_back({begin, end, end - begin, separator, text[begin] == '0'});
    if (end == text.size()) break;
    separator = text[end];
    begin = end + 1;
  }
  return groups;
}

std::string reading(std::string_view text) {
  const auto groups = groups_of(text);
  const NumberReading read = read_number(groups);
  std::string number;
  for (std::size_t i = 0; i < read.groups; ++i) {
    if (i > 0 && groups[i].separator != read.dropped) number += '.';
    number += text.substr(groups[i].begin, groups[i].end - groups[i].begin);
  }
  return number;
}

TEST(NumberLiteral, TakesACommaBeforeThreeDigitsForThousands) {
  EXPECT_EQ(reading("1,000"), "1000");
  EXPECT_EQ(reading("12,345,678"), "12345678");
  EXPECT_EQ(reading("1,00"), "1.00");
  EXPECT_EQ(reading("1,0000"), "1.0000");
  EXPECT_EQ(reading("0,750"), "0.750");
  EXPECT_EQ(reading("1234,567"), "1234.567");
}

TEST(NumberLiteral, TakesOneCommaOrDotForDecimals) {
  EXPECT_EQ(reading("7"), "7");
  EXPECT_EQ(reading("3.5"), "3.5");
  EXPECT_EQ(reading("1,5"), "1.5");
  EXPECT_EQ(reading("1.000"), "1.000");
}

TEST(NumberLiteral, TellsThousandsFromDecimalsWhereBothAreGiven) {
  EXPECT_EQ(reading("1,000.50"), "1000.50");
  EXPECT_EQ(reading("1.000,50"), "1000.50");
  EXPECT_EQ(reading("1.234.567,8"), "1234567.8");
}

TEST(NumberLiteral, KeepsVersionsWhole) {
  EXPECT_EQ(reading("5.1.2"), "5.1.2");
}

TEST(NumberLiteral, EndsBeforeTheCommaOfAList) {
  EXPECT_EQ(reading("1,2,3"), "1");
  EXPECT_EQ(reading("1.5,2.5"), "1.5");
  EXPECT_EQ(reading("100,200,30"), "100");
}

}  // namespace
}  // namespace aisle
