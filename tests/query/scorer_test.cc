#include "query/scorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/kitchen.h"
#include "tests/support/random_catalogue.h"

namespace aisle {
namespace {

using testing::ElementsAre;

class ScorerTest : public test::Kitchen {
 protected:
  std::int64_t score(const std::string& q, const std::string& id) const {
    for (const Hit& hit : answer({.q = q}).hits) {
      if (hit.id == id) return hit.score;
    }
    return -1;
  }
};

TEST_F(ScorerTest, TheMillionsCountDownWithTypos) {
  fill({R"({"id": "1", "title": "kettle"})", R"({"id": "2", "title": "kettel"})",
        R"({"id": "3", "title": "headphones"})"});
  const SearchResult found = answer({.q = "kettle"});
  EXPECT_THAT(ids(found), ElementsAre("1", "2"));
  EXPECT_EQ(found.hits[0].score / tier_points, 3);
  EXPECT_EQ(found.hits[0].typos, 0);
  EXPECT_EQ(found.hits[1].score / tier_points, 2);
  EXPECT_EQ(found.hits[1].typos, 1);
  EXPECT_EQ(score("haedphnoes", "3") / tier_points, 1);
}

TEST_F(ScorerTest, HeavierFieldsRarerWordsAndShorterTitlesWin) {
  fill({R"({"id": "title", "title": "copper"})", R"({"id": "brand", "title": "x", "brand": "copper"})",
        R"({"id": "notes", "title": "x", "notes": "copper"})",
        R"({"id": "long", "title": "copper and many other words behind it"})"});
  EXPECT_THAT(ids(answer({.q = "copper"})), ElementsAre("title", "long", "brand", "notes"));
}

TEST_F(ScorerTest, LiteralBeatsPluralBeatsBeginning) {
  fill({R"({"id": "literal", "title": "kettle x"})", R"({"id": "stem", "title": "kettles x"})",
        R"({"id": "prefix", "title": "kettledrum x"})"});
  EXPECT_THAT(ids(answer({.q = "kettle"})), ElementsAre("literal", "stem", "prefix"));
}

TEST_F(ScorerTest, NeighboursFirstWordAndExactTitlesGainTheirPoints) {
  fill({R"({"id": "exact", "title": "red steel pan"})", R"({"id": "apart", "title": "pan in steel and red"})",
        R"({"id": "other", "title": "lid"})"});
  const auto parts = [&](const std::string& id) {
    std::int64_t near = 0;
    for (const Hit& hit : answer({.q = "red steel pan", .explain = true}).hits) {
      for (const ScorePart& part : hit.explain) {
        if (hit.id == id && (part.kind == "proximity" || part.kind == "exact")) near += part.points;
      }
    }
    return near;
  };
  EXPECT_EQ(parts("exact"), 10 * (2 * 30 + 10 + 60));
  EXPECT_EQ(parts("apart"), 0);
}

TEST_F(ScorerTest, ADocumentTakesItsBestReadingWithItsProximity) {
  fill({R"({"id": "1", "title": "iphone 14", "ean": "iphone14"})", R"({"id": "2", "title": "iphone 14"})"});
  const SearchResult found = answer({.q = "iphone 14", .explain = true});
  ASSERT_THAT(ids(found), ElementsAre("1", "2"));
  const auto has = [&](std::size_t hit, const char* kind) {
    return std::ranges::count(found.hits[hit].explain, std::string(kind), &ScorePart::kind) > 0;
  };
  EXPECT_TRUE(has(0, "code"));  // the whole query is its code
  EXPECT_FALSE(has(0, "exact"));
  EXPECT_TRUE(has(1, "exact"));
}

// Among so many that titles are only read where they may matter, which a byte of their first words tells.
TEST_F(ScorerTest, ATitleThatBeginsWithAFormOfTheWordIsFoundAmongMany) {
  std::vector<std::string> records;
  for (int i = 0; i < 400; ++i)
    records.push_back(R"({"id": "a)" + std::to_string(i) + R"(", "title": "red kettle"})");
  records.emplace_back(R"({"id": "z", "title": "kettles red"})");
  fill(records);
  EXPECT_EQ(ids(answer({.q = "kettle"})).at(0), "z");
}

TEST_F(ScorerTest, ARepeatedWordIsExplainedTwice) {
  fill({R"({"id": "1", "title": "pan pan"})"});
  const auto parts = answer({.q = "pan pan", .explain = true}).hits.at(0).explain;
  EXPECT_EQ(std::ranges::count(parts, std::string("literal"), &ScorePart::kind), 2);
}

TEST_F(ScorerTest, ExplanationsAddUpToTheScore) {
  const test::Catalogue shop(test::random_schema_text);
  const test::Seeds all = test::seeds(150);
  std::size_t explained = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    test::RandomCatalogue products(shop, random);
    const View view = shop.grow(products.upserts(30), 2, random);
    SearchRequest request = products.request(limits_);
    request.explain = true;
    const auto found = search(view, request, limits_, Deadline::never());
    ASSERT_TRUE(found);
    for (const Hit& hit : found->hits) {
      std::int64_t sum = 0;
      for (const ScorePart& part : hit.explain) sum += part.points;
      ASSERT_EQ(sum, hit.score) << request.q << " " << hit.id;
      ++explained;
    }
  }
  EXPECT_GT(explained, all.count / 3);
}

}  // namespace
}  // namespace aisle
