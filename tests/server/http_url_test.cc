#include "server/http/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Url, DecodesEscapesAndTheirLettersInAnyCase) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%2f", PlusSign::Literal).value(), "a b/c/");
  EXPECT_EQ(percent_decode("a+b", PlusSign::Literal).value(), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", PlusSign::Space).value(), "a b+");
}

TEST(Url, RefusesBrokenEscapesAndNamesThePlace) {
  for (const char* text : {"%", "ab%", "ab%2", "%zz", "%%41", "%u0041"}) {
    EXPECT_EQ(percent_decode(text, PlusSign::Literal).error().code, ErrorCode::InvalidArgument) << text;
  }
  EXPECT_EQ(percent_decode("ab%2", PlusSign::Literal).error().message,
            "the '%' at byte 2 is not followed by two hex digits");
}

TEST(Url, WhatIsEncodedDecodesToItself) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::string encoded = percent_encode(all);
  EXPECT_EQ(percent_decode(encoded, PlusSign::Space).value(), all);
  EXPECT_EQ(percent_decode(encoded, PlusSign::Literal).value(), all);
  EXPECT_EQ(encoded.find_first_of("&=+/?# \n"), std::string::npos);
}

TEST(Url, QueriesKeepOrderAndRepeatedNames) {
  const auto pairs = parse_query("q=a%20b+c&facets=x&facets=y&&empty=&bare&e=1=2").value();
  EXPECT_THAT(pairs, ElementsAre(Pair("q", "a b c"), Pair("facets", "x"), Pair("facets", "y"),
                                 Pair("empty", ""), Pair("bare", ""), Pair("e", "1=2")));
  EXPECT_EQ(find_parameter(pairs, "facets"), "x");
  EXPECT_EQ(find_parameter(pairs, "none"), std::nullopt);
  EXPECT_TRUE(parse_query("").value().empty());
}

TEST(Url, LimitsHoldJustBelowAndJustAbove) {
  const PairLimits limits{.bytes_max = 10, .pairs_max = 3};
  EXPECT_TRUE(parse_query("a=12345678", limits));
  EXPECT_EQ(parse_query("a=123456789", limits).error().message,
            "the query string is 11 bytes, the limit is 10");
  EXPECT_TRUE(parse_query("a&b&c", limits));
  EXPECT_EQ(parse_query("a&b&c&d", limits).error().code, ErrorCode::TooLarge);
}

TEST(Url, FormsMayBeLargerThanQueries) {
  const std::string body = "params=" + std::string(20'000, 'x');
  EXPECT_FALSE(parse_query(body));
  EXPECT_EQ(parse_form(body).value().front().second.size(), 20'000U);
}

}  // namespace
}  // namespace aisle
