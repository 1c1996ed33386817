#include "query/search.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SearchTest : public test::Kitchen {};

TEST_F(SearchTest, AnEmptyIndexAnswers) {
  for (const char* q : {"", "pan", "red pan x1"}) {
    const SearchResult result = answer({.q = q, .facets = {"brand", "price"}});
    EXPECT_EQ(result.total, 0U);
    EXPECT_EQ(result.facets.size(), 2U);
  }
}

TEST_F(SearchTest, UnknownWordsAloneFindNothing) {
  fill({R"({"id": "1", "title": "pan"})", R"({"id": "2", "title": "lid"})"});
  for (const char* q : {"zzxxqq", "zzxxqq qqxxzz", "zzxxqq qqxxzz xzxzxz"}) {
    const SearchResult result = answer({.q = q});
    EXPECT_EQ(result.total, 0U) << q;
    EXPECT_THAT(result.dropped_words, IsEmpty());
  }
}

TEST_F(SearchTest, UnknownWordsAreDroppedBeforeCommonOnes) {
  fill({R"({"id": "1", "title": "red pan"})", R"({"id": "2", "title": "red lid"})",
        R"({"id": "3", "title": "red pot"})"});
  const SearchResult unknown = answer({.q = "zzxxqq red pan"});
  EXPECT_THAT(unknown.dropped_words, ElementsAre("zzxxqq"));
  EXPECT_THAT(ids(unknown), ElementsAre("1"));
  const SearchResult common = answer({.q = "red lid pan"});
  EXPECT_THAT(common.dropped_words, ElementsAre("pan"));
  EXPECT_THAT(ids(common), ElementsAre("2", "1")) << "red alone tells too little";
  EXPECT_THAT(common.hits[1].missing, ElementsAre("lid"));
}

TEST_F(SearchTest, AHalfWordInTheMiddleIsDroppedRatherThanWholeOnes) {
  fill({R"({"id": "1", "title": "iphone case"})", R"({"id": "2", "title": "red case"})"});
  const SearchResult result = answer({.q = "ipho red case"});
  EXPECT_THAT(result.dropped_words, ElementsAre("ipho"));
  EXPECT_THAT(ids(result), ElementsAre("2"));
}

TEST_F(SearchTest, LongTitlesThatAreWorthTheSameStandInTheOrderOfTheirIds) {
  std::vector<std::string> records;
  for (int i = 0; i < 400; ++i) {  // the longer ones have the smaller ids
    std::string title = "pan";
    for (int word = 0; word < (i < 200 ? 61 : 60); ++word) title += " w" + std::to_string(word);
    records.push_back(R"({"id": "p)" + std::to_string(100 + i) + R"(", "title": ")" + title + "\"}");
  }
  fill(records);
  const SearchResult result = answer({.q = "pan", .per_page = 3});
  EXPECT_THAT(ids(result), ElementsAre("p100", "p101", "p102"));
  const SearchResult shorter = answer({.q = "pan", .page = 3, .per_page = 100});
  EXPECT_EQ(result.hits.front().score, shorter.hits.back().score) << shorter.hits.back().id;
}

// Documents of one length are numbered by category, so the first ids are all over them.
TEST_F(SearchTest, TitlesOfOneLengthThatAreWorthTheSameStandInTheOrderOfTheirIds) {
  std::vector<std::string> records;
  std::vector<std::string> first;
  for (int i = 1000; i < 2000; ++i) {
    const std::string id = std::to_string(i);
    if (i < 1020) first.push_back(id);
    const std::string category = std::to_string(i * 7 % 10);
    records.push_back(R"({"id": ")" + id + R"(", "title": "copper pan", "category": "Pans )" + category +
                      R"("})");
  }
  fill(records);
  EXPECT_EQ(ids(answer({.q = "copper pan"})), first);
}

// Of a word that half of them have, in columns with bands: filters by bits, orders and facets of what is left.
TEST_F(SearchTest, ManyProductsAreFilteredCountedAndOrderedAsEachSays) {
  struct Pan {
    std::string id;
    int cents = 0;
    bool organic = false;
    std::string colour;
  };
  std::vector<std::string> records;
  std::vector<Pan> expected;
  std::map<std::string, std::uint64_t> colours;
  for (int i = 0; i < 18'000; ++i) {
    const Pan pan{std::to_string(100'000 + i), i * 7919 % 60'000, i % 3 == 0, i % 5 == 0 ? "red" : "blue"};
    const bool is_pan = i % 2 == 0;
    records.push_back(
        fmt::format(R"({{"id": "{}", "title": "{}", "price": {:.2f}, "organic": {}, "colour": "{}"}})",
                    pan.id, is_pan ? "copper pan" : "spoon", pan.cents / 100.0, pan.organic, pan.colour));
    if (!is_pan || !pan.organic || pan.cents < 1234 || pan.cents > 45'678) continue;
    expected.push_back(pan);
    ++colours[pan.colour];
  }
  fill(records);
  const SearchRequest request{.q = "pan",
                              .filter = "price >= 12.34 AND price <= 456.78 AND organic = true",
                              .facets = {"colour"},
                              .sort = {"price:desc"},
                              .per_page = 50};
  const auto first_ids = [&] {
    std::vector<std::string> first;
    for (std::size_t i = 0; i < 50; ++i) first.push_back(expected[i].id);
    return first;
  };
  std::ranges::sort(expected, {}, [](const Pan& pan) { return std::pair(-pan.cents, pan.id); });
  const SearchResult result = answer(request);
  EXPECT_EQ(result.total, expected.size());
  EXPECT_EQ(ids(result), first_ids());
  ASSERT_EQ(result.facets.size(), 1U);
  for (const FacetValue& value : result.facets.front().values) EXPECT_EQ(value.count, colours[value.value]);
  SearchRequest by_relevance = request;
  by_relevance.facets.clear();
  by_relevance.sort.clear();
  std::ranges::sort(expected, {}, &Pan::id);  // all are worth the same
  EXPECT_EQ(answer(by_relevance).total, expected.size());
  EXPECT_EQ(ids(answer(by_relevance)), first_ids());
  by_relevance.filter += " AND price < 20";  // one range of all
  const auto cheap = std::ranges::count_if(expected, [](const Pan& pan) { return pan.cents < 2000; });
  EXPECT_EQ(answer(by_relevance).total, static_cast<std::uint64_t>(cheap));
}

TEST_F(SearchTest, MisspellingsAreTriedOnlyWhenLittleIsFound) {
  std::vector<std::string> records = {R"({"id": "bent", "title": "kettel"})"};
  for (int i = 0; i < 9; ++i)
    records.push_back(R"({"id": "p)" + std::to_string(i) + R"(", "title": "kettle"})");
  fill(records);
  EXPECT_EQ(answer({.q = "kettle"}).total, 10U);
  EXPECT_EQ(answer({.q = "kettle"}).typos, 1);
  EXPECT_EQ(answer({.q = "kettle", .typos = false}).total, 9U);
  records.push_back(R"({"id": "p9", "title": "kettle"})");
  fill(records);
  const SearchResult enough = answer({.q = "kettle"});
  EXPECT_EQ(enough.total, 10U);
  EXPECT_EQ(enough.typos, 0);
}

TEST_F(SearchTest, AFilterDoesNotMakeTheSearchGuess) {
  fill(
      {R"({"id": "1", "title": "kettle", "brand": "a"})", R"({"id": "2", "title": "kettel", "brand": "b"})"});
  EXPECT_EQ(answer({.q = "red kettle", .filter = "brand = c"}).total, 0U);
}

TEST_F(SearchTest, ProductsCarryTheirVolatileFields) {
  fill({R"({"id": "1", "title": "pan", "price": 12.50, "extra": {"a": 1}})"});
  const std::string product = answer({.q = "pan"}).hits.at(0).product;
  EXPECT_EQ(product, R"({"extra":{"a":1},"id":"1","title":"pan","price":12.5})");
  EXPECT_EQ(find_product(view_, "1"), product);
  EXPECT_EQ(find_product(view_, "2"), std::nullopt);
}

TEST_F(SearchTest, SortedAnswersKeepTheirScores) {
  fill({R"({"id": "1", "title": "pan", "price": 2})", R"({"id": "2", "title": "steel pan", "price": 1})"});
  const SearchResult by_price = answer({.q = "pan", .sort = {"price"}});
  EXPECT_THAT(ids(by_price), ElementsAre("2", "1"));
  EXPECT_GT(by_price.hits[1].score, by_price.hits[0].score);
}

}  // namespace
}  // namespace aisle
