#include "schemas/number_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "schemas/op.h"

namespace aisle {
namespace {

Field decimal(int decimals) {
  Field field;
  field.type = FieldType::Decimal;
  field.decimals = decimals;
  return field;
}

TEST(NumberText, DecimalsLoseTrailingZerosAlone) {
  EXPECT_EQ(number_json(decimal(2), 0), "0");
  EXPECT_EQ(number_json(decimal(2), 7), "0.07");
  EXPECT_EQ(number_json(decimal(2), 70), "0.7");
  EXPECT_EQ(number_json(decimal(2), 700), "7");
  EXPECT_EQ(number_json(decimal(2), 7000), "70");
  EXPECT_EQ(number_json(decimal(2), 123456), "1234.56");
  EXPECT_EQ(number_json(decimal(0), 1200), "1200");
  EXPECT_EQ(number_json(decimal(6), 1), "0.000001");
  EXPECT_EQ(number_json(decimal(2), missing_number), "null");
}

TEST(NumberText, NegativeNumbersKeepTheirSign) {
  EXPECT_EQ(number_json(decimal(2), -7), "-0.07");
  EXPECT_EQ(number_json(decimal(2), -700), "-7");
  EXPECT_EQ(number_json(decimal(0), -10), "-10");
}

TEST(NumberText, NumbersOfAllSizesAreExact) {
  Field whole;
  whole.type = FieldType::Int;
  constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(number_json(whole, highest), "9223372036854775807");
  EXPECT_EQ(number_json(decimal(6), highest), "9223372036854.775807");
  EXPECT_EQ(sum_json(whole, static_cast<Int128>(highest) + 1), "9223372036854775808");
  EXPECT_EQ(sum_json(whole, static_cast<Int128>(highest) * 1000), "9223372036854775807000");
  EXPECT_EQ(sum_json(decimal(2), -static_cast<Int128>(highest) * 1000), "-92233720368547758070");
}

TEST(NumberText, MeansAreRoundedToTwoMoreDecimals) {
  EXPECT_EQ(mean_json(decimal(2), 1000, 3), "3.3333");
  EXPECT_EQ(mean_json(decimal(2), -2000, 3), "-6.6667");
  EXPECT_EQ(mean_json(decimal(2), 1, 0), "null");
}

}  // namespace
}  // namespace aisle
