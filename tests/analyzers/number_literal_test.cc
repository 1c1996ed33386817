#include "analyzers/number_literal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "analyzers/analyzer.h"

namespace aisle {
namespace {

using testing::ElementsAre;

std::vector<std::string> numbers(std::string_view text) {
  static const auto analyzer = Analyzer::create("none").value();
  std::vector<std::string> found;
  for (const Token& token : analyzer->query_tokens(text)) found.push_back(token.text);
  return found;
}

TEST(NumberLiteral, DotAndCommaAreDecimal) {
  EXPECT_THAT(numbers("3.5 1,5 0,125 3.125"), ElementsAre("3.5", "1.5", "0.125", "3.125"));
}

TEST(NumberLiteral, CommaBeforeThreeDigitsSeparatesThousands) {
  EXPECT_THAT(numbers("1,000 10,000,000 1,0000"), ElementsAre("1000", "10000000", "1.0000"));
}

TEST(NumberLiteral, ThousandsAndDecimalsMayMixEitherWay) {
  EXPECT_THAT(numbers("1,234.50 1.234,50 1.234.567,8"), ElementsAre("1234.50", "1234.50", "1234567.8"));
}

TEST(NumberLiteral, ListsAreSeparateNumbers) {
  EXPECT_THAT(numbers("1,2,3"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(numbers("2.4,5"), ElementsAre("2.4", "5"));
  EXPECT_THAT(numbers("12,13,14"), ElementsAre("12", "13", "14"));
}

TEST(NumberLiteral, VersionsStayWhole) {
  EXPECT_THAT(numbers("192.168.1.1"), ElementsAre("192.168.1.1"));
}

TEST(NumberLiteral, SignsAtTheEndDoNotBelongToIt) {
  EXPECT_THAT(numbers("5. 6, .7 8,"), ElementsAre("5", "6", "7", "8"));
}

TEST(NumberLiteral, OtherDigitsReadTheSame) {
  EXPECT_THAT(numbers("３．５ ٣,٥"), ElementsAre("3.5", "3.5"));
}

TEST(NumberLiteral, ALongListIsReadOnce) {
  std::string text;
  while (text.size() < Analyzer::text_bytes_max) text += "1,";
  EXPECT_EQ(numbers(text).size(), Analyzer::text_bytes_max / 2);
}

}  // namespace
}  // namespace aisle
