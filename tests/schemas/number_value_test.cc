#include "schemas/number_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schemas/op.h"

namespace aisle {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Field field(FieldType type, int decimals = 2) {
  Field made;
  made.name = "price";
  made.type = type;
  made.decimals = decimals;
  return made;
}

std::int64_t decimal(const json& value, int decimals = 2) {
  const auto number = number_value(field(FieldType::Decimal, decimals), value);
  EXPECT_TRUE(number) << number.error().message;
  return number.value_or(-1);
}

std::int64_t value_of(FieldType type, const json& value) {
  const auto number = number_value(field(type), value);
  EXPECT_TRUE(number) << number.error().message;
  return number.value_or(-1);
}

std::string refusal(FieldType type, const json& value) {
  const auto number = number_value(field(type), value);
  EXPECT_FALSE(number) << value << " gave " << *number;
  if (number) return "";
  EXPECT_EQ(number.error().code, ErrorCode::InvalidArgument);
  return number.error().message;
}

TEST(NumberValue, DecimalsAreScaledExactlyAsTheyAreWritten) {
  EXPECT_EQ(decimal("12.50"), 1250);
  EXPECT_EQ(decimal("12.5"), 1250);
  EXPECT_EQ(decimal(12), 1200);
  EXPECT_EQ(decimal(0.1, 6), 100'000);
  EXPECT_EQ(decimal("0.1"), 10);
  EXPECT_EQ(decimal(" -3 "), -300);
  EXPECT_EQ(decimal("1.25e2"), 12'500);
  EXPECT_EQ(decimal("+.5"), 50);
  EXPECT_EQ(decimal("90071992547409.93"), 9'007'199'254'740'993);  // a double would lose the last digit
  EXPECT_EQ(decimal("0"), 0);
  EXPECT_EQ(decimal("-0.000"), 0);
}

TEST(NumberValue, DecimalsAreRoundedHalfAwayFromZero) {
  EXPECT_EQ(decimal("0.125"), 13);
  EXPECT_EQ(decimal("-0.125"), -13);
  EXPECT_EQ(decimal("0.124999"), 12);
  EXPECT_EQ(decimal(1.005), 101);  // nearest double lies below, but 1.005 is what was written
  EXPECT_EQ(decimal("0.005"), 1);
  EXPECT_EQ(decimal("0.0049"), 0);
  EXPECT_EQ(decimal("9.999"), 1000);
  EXPECT_EQ(decimal("1e-400"), 0);
}

TEST(NumberValue, DecimalsBeyondTheColumnAreRefusedWithTheLimit) {
  EXPECT_EQ(decimal("92233720368547758.07"), std::numeric_limits<std::int64_t>::max());
  EXPECT_THAT(refusal(FieldType::Decimal, "92233720368547758.08"),
              HasSubstr("the limit is 9223372036854775807 / 10^2"));
  EXPECT_THAT(refusal(FieldType::Decimal, 1e30), HasSubstr("the limit is"));
  EXPECT_THAT(refusal(FieldType::Decimal, "1e999"), HasSubstr("price is \"1e999\", the limit is"));
}

TEST(NumberValue, WhatIsNoNumberIsNamedWithItsField) {
  EXPECT_EQ(refusal(FieldType::Decimal, "12,50"), "price is \"12,50\", expected a number such as 12.50");
  for (const char* bad :
       {"12.50 EUR", "1 000", "--1", "1.2.3", ".", "-", "1e", "0x10", "nan", "inf", "1e+-3"}) {
    EXPECT_THAT(refusal(FieldType::Decimal, bad), HasSubstr("expected a number")) << bad;
  }
  EXPECT_THAT(refusal(FieldType::Decimal, json::array({1})), HasSubstr("price is an array"));
  EXPECT_THAT(refusal(FieldType::Decimal, json::object()), HasSubstr("price is an object"));
  EXPECT_THAT(refusal(FieldType::Decimal, true), HasSubstr("price is true"));
}

TEST(NumberValue, NullAndEmptyTextAreMissing) {
  for (const FieldType type : {FieldType::Int, FieldType::Decimal, FieldType::Bool, FieldType::Date}) {
    EXPECT_EQ(value_of(type, nullptr), missing_number);
    EXPECT_EQ(value_of(type, " "), missing_number);
  }
}

TEST(NumberValue, IntegersMustBeWhole) {
  EXPECT_EQ(value_of(FieldType::Int, 12), 12);
  EXPECT_EQ(value_of(FieldType::Int, "12"), 12);
  EXPECT_EQ(value_of(FieldType::Int, 12.0), 12);
  EXPECT_EQ(value_of(FieldType::Int, "12.00"), 12);
  EXPECT_EQ(value_of(FieldType::Int, -9'223'372'036'854'775'807), -9'223'372'036'854'775'807);
  EXPECT_EQ(refusal(FieldType::Int, 3.5), "price is 3.5, expected a whole number such as 12");
  EXPECT_EQ(refusal(FieldType::Int, 9'223'372'036'854'775'808U),
            "price is 9223372036854775808, the limit is 9223372036854775807");
}

TEST(NumberValue, BoolsMayBeWordsOrDigits) {
  for (const json& yes : {json(true), json(1), json("true"), json("T"), json("Yes"), json("1")}) {
    EXPECT_EQ(value_of(FieldType::Bool, yes), 1) << yes;
  }
  for (const json& no : {json(false), json(0), json("False"), json("f"), json("no"), json("0")}) {
    EXPECT_EQ(value_of(FieldType::Bool, no), 0) << no;
  }
  EXPECT_EQ(refusal(FieldType::Bool, "maybe"), "price is \"maybe\", expected true or false");
  EXPECT_THAT(refusal(FieldType::Bool, 2), HasSubstr("expected true or false"));
}

TEST(NumberValue, DatesAreSecondsSince1970InUtc) {
  EXPECT_EQ(value_of(FieldType::Date, "1970-01-02"), 86'400);
  EXPECT_EQ(value_of(FieldType::Date, "2026-01-31T12:30:00Z"), 1'769'862'600);
  EXPECT_EQ(value_of(FieldType::Date, "2026-01-31T12:30:00+02:00"), 1'769'855'400);
  EXPECT_EQ(value_of(FieldType::Date, "2026-01-31 12:30:00+00"), 1'769'862'600);
  EXPECT_EQ(value_of(FieldType::Date, "2026-01-31T07:00:00.123456-0530"), 1'769'862'600);
  EXPECT_EQ(value_of(FieldType::Date, "2026-01-31T12:30"), 1'769'862'600);
  EXPECT_EQ(value_of(FieldType::Date, "1969-12-31T23:59:59Z"), -1);
  EXPECT_EQ(value_of(FieldType::Date, 1'769'862'600), 1'769'862'600);
  EXPECT_EQ(value_of(FieldType::Date, "1769862600"), 1'769'862'600);
  EXPECT_EQ(value_of(FieldType::Date, 1.5), 1);
  EXPECT_EQ(value_of(FieldType::Date, -1.5), -2);
  EXPECT_EQ(value_of(FieldType::Date, "2024-02-29"), 1'709'164'800);
}

TEST(NumberValue, DatesThatDoNotExistAreRefused) {
  for (const char* bad :
       {"2026-02-29", "2026-13-01", "2026-00-10", "31.01.2026", "2026-01-31T25:00:00Z", "2026", "20260131",
        "2026-01-31T12", "2026-01-31T12:30:00+", "2026-01-31x", "soon"}) {
    EXPECT_THAT(refusal(FieldType::Date, bad), HasSubstr("expected a date")) << bad;
  }
  EXPECT_THAT(refusal(FieldType::Date, 1e15), HasSubstr("expected a date"));
}

TEST(NumberValue, LongValuesAreCutInMessages) {
  const std::string message = refusal(FieldType::Int, std::string(500, 'x'));
  EXPECT_THAT(message, HasSubstr(std::string(64, 'x') + "...\""));
  EXPECT_LT(message.size(), 150U);
}

}  // namespace
}  // namespace aisle
