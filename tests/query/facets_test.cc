#include "query/facets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Facets : public test::Kitchen {
 protected:
  // "value=count", a star behind selected ones, children in brackets.
  static std::vector<std::string> shown(const std::vector<FacetValue>& values) {
    std::vector<std::string> out;
    for (const FacetValue& value : values) {
      out.push_back(value.value + (value.selected ? "*=" : "=") + std::to_string(value.count));
      if (value.children.empty()) continue;
      out.back() += " [";
      for (const std::string& child : shown(value.children)) out.back() += child + ";";
      out.back() += "]";
    }
    return out;
  }
  FacetResult facet(const std::string& name, const std::string& filter = "", std::int64_t values = 20) const {
    return answer({.filter = filter, .facets = {name}, .facet_values = values}).facets.at(0);
  }
};

TEST_F(Facets, CountValuesByFrequencyThenName) {
  fill({R"({"id": "1", "colour": ["red", "blue"]})", R"({"id": "2", "colour": "blue"})",
        R"({"id": "3", "colour": "green"})", R"({"id": "4"})"});
  const FacetResult colour = facet("colour");
  EXPECT_THAT(shown(colour.values), ElementsAre("blue=2", "green=1", "red=1"));
  EXPECT_EQ(colour.count, 3U) << "products with a value";
  EXPECT_FALSE(colour.truncated);
  EXPECT_FALSE(colour.numeric);
}

TEST_F(Facets, LeaveOutTheirOwnFilterAndObeyTheOthers) {
  fill({R"({"id": "1", "colour": "red", "brand": "a"})", R"({"id": "2", "colour": "blue", "brand": "a"})",
        R"({"id": "3", "colour": "blue", "brand": "b"})"});
  EXPECT_THAT(shown(facet("colour", "colour = red").values), ElementsAre("blue=2", "red*=1"));
  EXPECT_THAT(shown(facet("brand", "colour = red").values), ElementsAre("a=1"));
  EXPECT_THAT(shown(facet("colour", "(colour = red AND brand = a) AND size EXISTS").values),
              ElementsAre("red*=0"));
  EXPECT_THAT(shown(facet("colour", "colour = red AND NOT brand = b").values),
              ElementsAre("blue=1", "red*=1"));
}

TEST_F(Facets, ListSelectedValuesWhateverTheirCountAndTheLimit) {
  fill({R"({"id": "1", "colour": "red"})", R"({"id": "2", "colour": "red"})",
        R"({"id": "3", "colour": "blue"})", R"({"id": "4", "colour": "green"})"});
  const FacetResult colour = facet("colour", "colour IN (green, pink)", 1);
  EXPECT_THAT(shown(colour.values), ElementsAre("red=2", "green*=1", "pink*=0"));
  EXPECT_TRUE(colour.truncated);
}

TEST_F(Facets, HierarchiesOpenBelowSelectedPaths) {
  fill({R"({"id": "1", "category": ["Home", "Pans", "Woks"]})", R"({"id": "2", "category": "Home > Pans"})",
        R"({"id": "3", "category": "Home > Lamps"})", R"({"id": "4", "category": "Toys > Cars"})"});
  EXPECT_THAT(shown(facet("category").values), ElementsAre("Home=3", "Toys=1"));
  EXPECT_THAT(shown(facet("category", "category = Home").values),
              ElementsAre("Home*=3 [Home > Pans=2;Home > Lamps=1;]", "Toys=1"));
  EXPECT_THAT(shown(facet("category", "category = \"Home > Pans\"").values),
              ElementsAre("Home=3 [Home > Pans*=2 [Home > Pans > Woks=1;];Home > Lamps=1;]", "Toys=1"));
  EXPECT_THAT(shown(facet("category", "category = \"Garden > Pots\"").values),
              ElementsAre("Home=3", "Toys=1", "Garden=0 [Garden > Pots*=0;]"));
}

TEST_F(Facets, SurviveAnyPathThatAFilterMayName) {
  fill({R"({"id": "1", "category": "Home > Pans"})"});
  for (const char* path : {" > ", " > x", "x > ", "a >  > b", " >  > ", "Home > Pans > ", ""}) {
    const FacetResult category = facet("category", "category = \"" + std::string(path) + "\"");
    EXPECT_TRUE(category.hierarchical);
    EXPECT_EQ(category.values.front().value, "Home") << path;
  }
  std::string deep = "a";
  for (int i = 0; i < 1000; ++i) deep += " > a";
  EXPECT_THAT(shown(facet("category", "category = \"" + deep + "\"").values), ElementsAre("Home=1"));
}

TEST_F(Facets, NumbersGiveTheirStatistics) {
  fill({R"({"id": "1", "price": 1.25, "size": 3})", R"({"id": "2", "price": 2.5, "size": -1})",
        R"({"id": "3", "price": 10})"});
  const FacetResult price = facet("price");
  EXPECT_TRUE(price.numeric);
  EXPECT_EQ(price.count, 3U);
  EXPECT_EQ(price.min, "1.25");
  EXPECT_EQ(price.max, "10");
  EXPECT_EQ(price.sum, "13.75");
  EXPECT_EQ(price.avg, "4.5833");
  EXPECT_THAT(price.values, IsEmpty());
  EXPECT_EQ(facet("size").min, "-1");
  EXPECT_EQ(facet("price", "price > 5").min, "1.25") << "its own filter is left out";
  EXPECT_EQ(facet("price", "size > 0").max, "1.25");
  const FacetResult none = facet("price", "brand = nobody");
  EXPECT_EQ(none.count, 0U);
  EXPECT_EQ(none.min + none.max + none.avg + none.sum, "nullnullnullnull");
}

TEST_F(Facets, DatesHaveEndsAndBooleansHaveCounts) {
  fill({R"({"id": "1", "released": "2026-01-31", "organic": true})",
        R"({"id": "2", "released": "2025-12-01", "organic": false})", R"({"id": "3", "organic": true})"});
  const FacetResult released = facet("released");
  EXPECT_EQ(released.min, "\"2025-12-01T00:00:00Z\"");
  EXPECT_EQ(released.max, "\"2026-01-31T00:00:00Z\"");
  EXPECT_EQ(released.avg + released.sum, "");
  EXPECT_THAT(shown(facet("organic").values), ElementsAre("true=2", "false=1"));
  EXPECT_THAT(shown(facet("organic", "organic = yes").values), ElementsAre("true*=2", "false=1"));
}

TEST_F(Facets, SumsPassSixtyFourBits) {
  fill({R"({"id": "1", "size": 9223372036854775807})", R"({"id": "2", "size": 9223372036854775807})"});
  EXPECT_EQ(facet("size").sum, "18446744073709551614");
  EXPECT_EQ(facet("size").max, "9223372036854775807");
}

// What a node counted, as the coordinator gets it.
FacetCounter counted(const Field& field,
                     const std::vector<std::pair<std::string_view, std::uint64_t>>& values) {
  FacetCounts counts;
  counts.values = values;
  for (const auto& value : values) counts.documents += value.second;
  return {field, counts};
}

// So many values "v0", "v1", ... with the counts 1, 2, ... from the last.
std::deque<std::string> many_values(std::size_t count,
                                    std::vector<std::pair<std::string_view, std::uint64_t>>& values,
                                    const std::string& prefix = "v") {
  std::deque<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    values.emplace_back(texts.emplace_back(prefix + std::to_string(i)), count - i);
  return texts;
}

TEST_F(Facets, CountsOfSeveralNodesAddUp) {
  FacetCounter all = counted(field("colour"), {{"blue", 2}, {"red", 1}});
  all.merge(counted(field("colour"), {{"green", 5}, {"red", 3}}));
  const FacetResult result = all.result({"grey"}, 20);
  EXPECT_THAT(shown(result.values), ElementsAre("green=5", "red=4", "blue=2", "grey*=0"));
  EXPECT_EQ(result.count, 11U);
  EXPECT_EQ(result.error_max, 0U);
}

TEST_F(Facets, StatisticsOfSeveralNodesAreThoseOfAll) {
  const auto numbers = [&](std::uint64_t documents, std::int64_t min, std::int64_t max, std::int64_t sum) {
    FacetCounts counts;
    counts.documents = documents;
    counts.min = min;
    counts.max = max;
    counts.sum_low = static_cast<std::uint64_t>(sum);
    counts.sum_high = sum < 0 ? -1 : 0;
    return FacetCounter(field("size"), counts);
  };
  FacetCounter all = numbers(0, 0, 0, 0);
  all.merge(numbers(2, 4, 6, 10));
  all.merge(numbers(1, -40, -40, -40));
  all.merge(numbers(0, 0, 0, 0));
  const FacetResult result = all.result({}, 20);
  EXPECT_EQ(result.min, "-40");
  EXPECT_EQ(result.max, "6");
  EXPECT_EQ(result.sum, "-30");
  EXPECT_EQ(result.avg, "-10");
  EXPECT_EQ(result.count, 3U);
}

TEST_F(Facets, UpTo5000ValuesTravelWholeMoreAreCutWithABoundOfTheError) {
  std::vector<std::pair<std::string_view, std::uint64_t>> values;
  const auto texts = many_values(FacetCounts::values_whole_max, values);
  FacetCounts whole = counted(field("colour"), values).counts({}, 10);
  EXPECT_EQ(whole.values.size(), FacetCounts::values_whole_max);
  EXPECT_EQ(whole.missing_max, 0U);
  values.emplace_back("rare", 1);
  const FacetCounts cut = counted(field("colour"), values).counts({"v4000", "rare"}, 10);
  EXPECT_EQ(cut.values.size(), 3U * 10 + 50 + 2);
  EXPECT_EQ(cut.missing_max, FacetCounts::values_whole_max - 80);
  FacetCounter all(field("colour"), cut);
  all.merge(counted(field("colour"), {{"v0", 7}}));
  const FacetResult result = all.result({"rare"}, 2);
  EXPECT_THAT(shown(result.values), ElementsAre("v0=5007", "v1=4999", "rare*=1"));
  EXPECT_EQ(result.error_max, FacetCounts::values_whole_max - 80);
}

TEST_F(Facets, OfALargeTreeOnlyOpenBranchesTravel) {
  std::vector<std::pair<std::string_view, std::uint64_t>> values;
  const auto below = many_values(3000, values, "Home > v");
  const auto closed = many_values(3000, values, "Garden > v");
  values.emplace_back("Home", 9000);
  values.emplace_back("Garden", 8000);
  const FacetCounts counts = counted(field("category"), values).counts({"Home"}, 10);
  EXPECT_EQ(counts.values.size(), 3002U);
  EXPECT_EQ(counts.missing_max, 0U) << "what is closed is not shown, so nothing is missing";
}

}  // namespace
}  // namespace aisle
