#include <gtest/gtest.h>

#include "query/filter.h"
#include "tests/query/kitchen.h"

namespace aisle {
namespace {

class FilterParser : public test::Kitchen {
 protected:
  Result<Filter> compile(const std::string& text) const {
    return compile_filter(text, *shop_.schema(), limits_);
  }
  std::string error(const std::string& text) const {
    const auto filter = compile(text);
    if (filter) return "";
    EXPECT_EQ(filter.error().code, ErrorCode::InvalidArgument);
    return filter.error().message;
  }
};

TEST_F(FilterParser, TakesTheWholeGrammar) {
  for (const char* text : {"",
                           "  ",
                           "brand=Nordal",
                           "brand = \"Nordal\"",
                           "brand != 'Nordal'",
                           "brand IN (Nordal, \"Velo\")",
                           "brand not in (a)",
                           "brand EXISTS",
                           "not brand exists",
                           "price<5",
                           "price <= 5.25",
                           "price>-5",
                           "price >= +3",
                           "size = 12",
                           "organic = true",
                           "organic != No",
                           "released > 2026-01-31",
                           "released <= 2026-01-31T12:30:00+02:00",
                           "released = '2026-01-31'",
                           "(brand = a)",
                           "((brand = a))",
                           "NOT NOT brand = a",
                           "brand = a AND colour = b OR size = 1 and price < 2",
                           "category = \"Home > Pans\"",
                           "ean = \"KDL-40 W600/B\"",
                           "brand = \"say \\\"hi\\\" \\\\ \"",
                           "brand = 'it\\'s'",
                           "brand = Käse",
                           "brand = AND",
                           "brand=a/b:c+d",
                           "price IN (1,2.5,'3')"}) {
    EXPECT_EQ(error(text), "") << text;
  }
}

TEST_F(FilterParser, ErrorsTellThePlaceAndWhatWasExpected) {
  const std::vector<std::pair<const char*, const char*>> table = {
      {"brnad = a", "filter, byte 1: unknown field \"brnad\", did you mean \"brand\"?"},
      {"brand = a AND qqqqqqq = 1", "filter, byte 15: unknown field \"qqqqqqq\""},
      {"title = a", "filter, byte 1: field \"title\" has no \"filter\": true in the schema"},
      {"brand", "filter, byte 6: found the end, expected =, !=, <, <=, >, >=, IN or EXISTS"},
      {"brand =", "filter, byte 8: found the end, expected a value"},
      {"brand = a colour = b", "filter, byte 11: found \"colour\", expected AND, OR or the end"},
      {"brand = a AND", "filter, byte 14: found the end, expected a field name"},
      {"AND brand = a", "filter, byte 1: unknown field \"AND\""},
      {"(brand = a", "filter, byte 11: found the end, expected \")\""},
      {"brand = a)", "filter, byte 10: found \")\", expected AND, OR or the end"},
      {"brand IN a", "filter, byte 10: found \"a\", expected \"(\""},
      {"brand IN ()", "filter, byte 11: found \")\", expected a value"},
      {"brand IN (a b)", "filter, byte 13: found \"b\", expected \",\" or \")\""},
      {"brand NOT = a", "filter, byte 11: found \"=\", expected IN"},
      {"brand ! a", "filter, byte 7: \"!\" is no operator, did you mean \"!=\"?"},
      {"brand = \"a", "filter, byte 9: a quoted value has no end"},
      {"brand = a\\", "filter, byte 10: unexpected \"\\\""},
      {"brand == a", "filter, byte 8: found \"=\", expected a value"},
      {"brand < a", "filter, byte 9: field \"brand\" is of type keyword and knows =, != and IN, not <"},
      {"category >= a",
       "filter, byte 13: field \"category\" is of type hierarchy and knows =, != and IN, not >="},
      {"price < cheap", "filter, byte 9: price is \"cheap\", expected a number such as 12.50"},
      {"size = 1.5", "filter, byte 8: size is \"1.5\", expected a whole number such as 12"},
      {"size = ''", "filter, byte 8: size is \"\", expected a value"},
      {"organic = maybe", "filter, byte 11: organic is \"maybe\", expected true or false"},
      {"brand = a\xff", "filter is not valid UTF-8"}};
  for (const auto& [text, message] : table) EXPECT_EQ(error(text), message) << text;
}

std::string repeated(const std::string& text, std::size_t count, const std::string& between = "") {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? between : "") + text;
  return out;
}

TEST_F(FilterParser, DepthEndsAt32) {
  EXPECT_EQ(error(repeated("(", 32) + "size = 1" + repeated(")", 32)), "");
  EXPECT_EQ(error(repeated("NOT ", 32) + "size = 1"), "");
  EXPECT_EQ(error(repeated("(", 33) + "size = 1" + repeated(")", 33)),
            "filter is nested deeper than the limit of 32");
  EXPECT_EQ(error(repeated("NOT ", 33) + "size = 1"), "filter is nested deeper than the limit of 32");
  EXPECT_EQ(error(repeated("(NOT ", 17) + "size = 1" + repeated(")", 17)),
            "filter is nested deeper than the limit of 32");
}

TEST_F(FilterParser, NestedNegationsAreCheckedAndEvaluated) {
  fill({R"({"id": "1", "size": 1})", R"({"id": "2", "size": 2})"});
  EXPECT_EQ(ids(answer({.filter = repeated("NOT ", 32) + "size = 1", .facets = {"size"}})),
            std::vector<std::string>{"1"});
  EXPECT_EQ(ids(answer({.filter = repeated("NOT (", 15) + "size = 1" + repeated(")", 15)})),
            std::vector<std::string>{"2"});
}

TEST_F(FilterParser, ClausesEndAt64) {
  EXPECT_EQ(error(repeated("size = 1", 64, " OR ")), "");
  EXPECT_EQ(error(repeated("size = 1", 65, " AND ")), "filter has more clauses than the limit of 64");
}

TEST_F(FilterParser, ListsEndAt256Values) {
  EXPECT_EQ(error("size IN (" + repeated("1", 256, ",") + ")"), "");
  EXPECT_EQ(error("size IN (" + repeated("1", 257, ",") + ")"),
            "filter: size IN has more values than the limit of 256");
}

TEST_F(FilterParser, TextEndsAt4096Bytes) {
  const std::string filter = "brand = ";
  EXPECT_EQ(error(filter + std::string(4096 - filter.size(), 'a')), "");
  EXPECT_EQ(error(filter + std::string(4097 - filter.size(), 'a')),
            "filter is 4097 bytes, the limit is 4096");
}

TEST_F(FilterParser, ConjunctsAreSplitHoweverTheBracketsStand) {
  for (const char* text :
       {"brand = a AND size = 1 AND price < 2", "(brand = a AND size = 1) AND price < 2",
        "brand = a AND (size = 1 AND (price < 2))", "((brand = a) AND size = 1 AND price < 2)"}) {
    const Filter filter = compile(text).value();
    ASSERT_EQ(filter.conjuncts.size(), 3U) << text;
    EXPECT_EQ(filter.conjuncts[0].field, &field("brand"));
    EXPECT_EQ(filter.conjuncts[1].field, &field("size"));
    EXPECT_EQ(filter.conjuncts[2].field, &field("price"));
  }
  const Filter mixed = compile("brand = a OR size = 1").value();
  ASSERT_EQ(mixed.conjuncts.size(), 1U);
  EXPECT_EQ(mixed.conjuncts[0].field, nullptr);
  EXPECT_EQ(compile("brand = a OR NOT brand = b").value().conjuncts[0].field, &field("brand"));
}

TEST_F(FilterParser, SelectedValuesAreThoseOfEqualityOutsideOfNegation) {
  const auto selected = [&](const char* text) {
    return selected_values(compile(text).value(), field("brand"));
  };
  using Values = std::vector<std::string>;
  EXPECT_EQ(selected("brand = b AND size = 1"), Values{"b"});
  EXPECT_EQ(selected("brand = b OR brand IN (c, a, b)"), (Values{"a", "b", "c"}));
  EXPECT_EQ(selected("brand != b"), Values{});
  EXPECT_EQ(selected("NOT brand IN (a, b)"), Values{});
  EXPECT_EQ(selected("brand = b OR size = 1"), Values{}) << "not a choice in this facet alone";
}

TEST_F(FilterParser, TheLargestNumbersCompareSafely) {
  fill({R"({"id": "most", "size": 9223372036854775807})", R"({"id": "zero", "size": 0})",
        R"({"id": "least", "size": -9223372036854775807})"});
  const auto matching = [&](const char* filter) { return ids(answer({.filter = filter})); };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(matching("size > 9223372036854775807"), Ids{});
  EXPECT_EQ(matching("size >= 9223372036854775807"), Ids{"most"});
  EXPECT_EQ(matching("size < -9223372036854775807"), Ids{});
  EXPECT_EQ(matching("size <= -9223372036854775807"), Ids{"least"});
  EXPECT_NE(error("size > 9223372036854775808"), "");
}

TEST_F(FilterParser, AProductWithoutAValueFailsEveryTestButTheNegatedOnes) {
  fill({R"({"id": "with", "brand": "a", "size": 1})", R"({"id": "without"})"});
  const auto matching = [&](const char* filter) { return ids(answer({.filter = filter})); };
  using Ids = std::vector<std::string>;
  for (const char* filter :
       {"brand EXISTS", "brand = a", "brand IN (a)", "size = 1", "size < 5", "size > -5", "size EXISTS"})
    EXPECT_EQ(matching(filter), Ids{"with"}) << filter;
  for (const char* filter :
       {"brand != a", "brand NOT IN (a)", "NOT brand EXISTS", "size != 1", "NOT size > 0"})
    EXPECT_EQ(matching(filter), Ids{"without"}) << filter;
}

}  // namespace
}  // namespace aisle
