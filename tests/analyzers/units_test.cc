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

TEST(Units, WaysLeadBack) {
  for (const char* word : {"5l", "250ml", "1.5kg", "3ft", "40oz", "2.4ghz", "100w"}) {
    for (const std::string& way : ways(word)) EXPECT_THAT(ways(way), Contains(word)) << way;
  }
}

}  // namespace
}  // namespace aisle
