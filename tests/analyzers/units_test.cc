#include "analyzers/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace aisle {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> ways(std::string_view word) {
  const auto quantity = quantity_of(word);
  return quantity ? ways_to_write(*quantity) : std::vector<std::string>();
}

TEST(Units, AQuantityIsANumberAndAKnownUnit) {
  EXPECT_EQ(quantity_of("12v"), (Quantity{"12", "v"}));
  EXPECT_EQ(quantity_of("1.5", "liter"), (Quantity{"1.5", "liter"}));
  for (const char* other :
       {"", "12", "v", "12zz", "v12", "1.2.3v", "12.v", ".5l", "12345678mm", "1.2345l", "12 v"})
    EXPECT_FALSE(quantity_of(other)) << other;
}

TEST(Units, TheSameIsWrittenInManyWays) {
  EXPECT_THAT(ways("5l"), Contains("5l"));
  EXPECT_THAT(ways("5l"), Contains("5liter"));
  EXPECT_THAT(ways("5l"), Contains("5000ml"));
  EXPECT_THAT(ways("500ml"), Contains("0.5l"));
  EXPECT_THAT(ways("1500g"), Contains("1.5kg"));
  EXPECT_THAT(ways("27in"), Contains("27inch"));
  EXPECT_THAT(ways("6ft"), Contains("72in"));
  EXPECT_THAT(ways("1tb"), Contains("1000gb"));
  EXPECT_THAT(ways("12v"), Contains("12volt"));
  EXPECT_THAT(ways("banana"), IsEmpty());
}

TEST(Units, NumbersStayShortAndExact) {
  EXPECT_THAT(ways("7in"), Not(Contains(testing::EndsWith("ft")))) << "7/12 has no end";
  EXPECT_THAT(ways("9999999l"), Not(Contains(testing::EndsWith("ml"))));
  EXPECT_THAT(ways("0l"), Not(Contains("0ml")));
}

TEST(Units, ThousandsArePartedOrNot) {
  EXPECT_EQ(grouped_otherwise("10000"), "10.000");
  EXPECT_EQ(grouped_otherwise("10.000"), "10000");
  EXPECT_EQ(grouped_otherwise("1000"), "1.000");
  EXPECT_EQ(grouped_otherwise("999999"), "999.999");
  for (const char* other :
       {"", "100", ".000", "0.125", "0125", "1000000", "1.00", "1.0000", "1.000.000", "1o000", "10000l"})
    EXPECT_FALSE(grouped_otherwise(other)) << other;
  EXPECT_THAT(ways("10000mah"), Contains("10.000mah"));
  EXPECT_THAT(ways("10.000mah"), Contains("10000mah"));
}

TEST(Units, DimensionsAreNumbersWithAnXBetween) {
  for (const char* word : {"2x4", "10x20cm", "2x4x8", "1.5x3in", "1920x1080"})
    EXPECT_TRUE(is_dimension(word)) << word;
  for (const char* other : {"", "x", "2x", "x4", "2x4y", "2xx4", "24", "24cm", "axb", "2x4xcm"})
    EXPECT_FALSE(is_dimension(other)) << other;
}

TEST(Units, WaysLeadBack) {
  for (const char* word : {"5l", "250ml", "1.5kg", "3ft", "40oz", "2.4ghz", "100w"}) {
    for (const std::string& way : ways(word)) EXPECT_THAT(ways(way), Contains(word)) << way;
  }
}

}  // namespace
}  // namespace aisle
