#include "query/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

class PlannerTest : public test::Kitchen {
 protected:
  Plan plan(const std::string& q, bool typos = false, bool last_is_prefix = true) const {
    LocalShardSearch shards(view_, Deadline::never());
    Planner planner(*view_.context, *view_.statistics, limits_, shards);
    return planner.plan({parse_query(q, *view_.context->analyzer, limits_).words, typos, last_is_prefix})
        .value();
  }
  // "term:kind" of one position of the first reading.
  static std::vector<std::string> alternatives(const Plan& plan, std::size_t position = 0) {
    std::vector<std::string> all;
    for (const Alternative& alternative : plan.readings.at(0).positions.at(position).alternatives) {
      all.push_back(alternative.term + ":" + std::string(kind_name(alternative.kind)));
    }
    return all;
  }
};

TEST_F(PlannerTest, NoWordsBrowse) {
  EXPECT_TRUE(plan("").browse());
  EXPECT_TRUE(plan(" -- !! ").browse());
}

TEST_F(PlannerTest, AWordStandsForItsStemsAndTheLastForItsBeginnings) {
  fill({R"({"id": "1", "title": "kettle kettles kettlebell ketlte pans"})"});
  EXPECT_THAT(alternatives(plan("kettle")),
              UnorderedElementsAre("kettle:literal", "kettl:stem", "kettles:stem", "kettlebell:prefix"));
  EXPECT_THAT(alternatives(plan("kettle pan")),
              UnorderedElementsAre("kettle:literal", "kettl:stem", "kettles:stem"));
  EXPECT_THAT(alternatives(plan("kettle", false, false)),
              UnorderedElementsAre("kettle:literal", "kettl:stem", "kettles:stem"));
  EXPECT_THAT(
      alternatives(plan("kettle", true, false)),
      UnorderedElementsAre("kettle:literal", "kettl:stem", "kettles:stem", "ketlte:typo", "kettles:typo"))
      << "a plural is a misspelling where words have no stems";
}

TEST_F(PlannerTest, AWordKeepsItsCheapestKind) {
  fill({R"({"id": "1", "title": "panel panels"})"});
  const Plan bent = plan("panel", true);
  EXPECT_THAT(alternatives(bent), UnorderedElementsAre("panel:literal", "panels:stem"));
  EXPECT_EQ(bent.typos_max, 1);
}

TEST_F(PlannerTest, CodesInPiecesAreReadAsOneWord) {
  const Plan code = plan("KDL-40 W600/B");
  EXPECT_EQ(code.readings.back().positions.at(0).word, "kdl40w600b");
  EXPECT_EQ(plan("red pan").readings.size(), 1U) << "no digit, no code";
}

TEST_F(PlannerTest, NeighboursAreReadAsOneWordWhereProductsWriteThemSo) {
  fill({R"({"id": "1", "title": "wifi router"})"});
  const Plan joined = plan("red wi fi router");
  ASSERT_EQ(joined.readings.size(), 1U);
  EXPECT_THAT(alternatives(joined, 0), ElementsAre("red:literal"));
  EXPECT_THAT(alternatives(joined, 1), ElementsAre("wi:literal", "wifi:joined", "wlan:synonym"));
  EXPECT_THAT(alternatives(joined, 2), ElementsAre("fi:literal", "wifi:joined", "wlan:synonym"));
  fill({R"({"id": "1", "title": "screwdriver set"})"});
  EXPECT_THAT(alternatives(plan("screw drivers set")), Contains("screwdriver:joined")) << "by its stem";
}

TEST_F(PlannerTest, AnUnknownWordIsReadAsTwoThatProductsHaveNextToEachOther) {
  fill({R"({"id": "1", "title": "wall mount lamp"})", R"({"id": "2", "title": "lamp for a wall"})"});
  const Plan apart = plan("wallmount lamp");
  ASSERT_EQ(apart.readings.size(), 2U);
  std::vector<std::string> words;
  for (const Position& position : apart.readings[1].positions) words.push_back(position.word);
  EXPECT_THAT(words, ElementsAre("wall", "mount", "lamp"));
  EXPECT_EQ(apart.readings[1].positions[0].words, apart.readings[1].positions[1].words);
  EXPECT_EQ(plan("lampwall").readings.size(), 1U) << "nowhere next to each other";
}

TEST_F(PlannerTest, AWordTellsMoreTheRarerItIsAndStopWordsNothing) {
  fill({R"({"id": "1", "title": "cover for phone"})", R"({"id": "2", "title": "cover for tablet"})",
        R"({"id": "3", "title": "cover for phone"})"});
  const std::vector<Position> words = plan("zzz cover for phone").readings.at(0).positions;
  EXPECT_GT(words[3].weight, words[1].weight);
  EXPECT_EQ(words[2].weight, 0U);
  EXPECT_EQ(words[0].weight, (words[1].weight + words[3].weight) / 2) << "as much as the others on average";
  EXPECT_GT(plan("for").readings.at(0).positions.at(0).weight, 0U) << "nothing else is asked for";
}

TEST_F(PlannerTest, AQuantityIsFoundHoweverItIsWritten) {
  EXPECT_THAT(alternatives(plan("5l")), IsSupersetOf({"5l:literal", "5liter:stem", "5000ml:stem"}));
  EXPECT_THAT(alternatives(plan("5 liter"), 1),
              IsSupersetOf({"liter:literal", "5l:joined", "5000ml:joined"}));
}

TEST_F(PlannerTest, ThousandsPartedBySpacesAreReadAsOneNumberWhereProductsPartThemByDots) {
  fill({R"({"id": "1", "title": "power bank 10.000 mAh"})"});
  for (const std::size_t position : {1U, 2U})
    EXPECT_THAT(alternatives(plan("bank 10 000 mah"), position), Contains("10.000:joined"));
  fill({R"({"id": "1", "title": "power bank 20.000 mAh"})"});
  EXPECT_THAT(alternatives(plan("bank 10 000 mah"), 1), ElementsAre("10:literal")) << "nobody writes it";
}

TEST_F(PlannerTest, AnUnknownMixedWordIsReadInPieces) {
  const Plan apart = plan("iphone14");
  ASSERT_EQ(apart.readings.size(), 2U);
  ASSERT_EQ(apart.readings[1].positions.size(), 2U);
  EXPECT_EQ(apart.readings[1].positions[0].word, "iphone");
  EXPECT_EQ(apart.readings[1].positions[1].word, "14");
}

TEST_F(PlannerTest, DeletedWordsTakeNoPlaces) {
  std::vector<Op> ops = shop_.upserts({R"({"id": "1", "title": "panama"})",
                                       R"({"id": "2", "title": "panda"})", R"({"id": "3", "title": "x"})"});
  Op gone;
  gone.kind = OpKind::Delete;
  gone.id = "1";
  ImageBuilder builder(shop_.context(), std::make_shared<Image>());
  ASSERT_TRUE(builder.apply(ops, 1));
  ASSERT_TRUE(builder.apply(std::vector<Op>{gone}, 2));
  view_.shards = {builder.image()};
  limits_.prefix_expansions_max = 1;
  EXPECT_THAT(alternatives(plan("pan")), ElementsAre("pan:literal", "panda:prefix"));
}

TEST_F(PlannerTest, StemsOfALanguageMatchInItsFieldsAlone) {
  const test::Catalogue shop(test::kitchen_schema_text);
  fill({R"({"id": "1", "title": "pans"})"});
  const Plan stems = plan("pan", false, false);
  const auto& all = stems.readings.at(0).positions.at(0).alternatives;
  const auto fields = search_fields(*shop.schema());
  const std::uint32_t code =
      1U << static_cast<unsigned>(std::ranges::find(fields, "ean", &Field::name) - fields.begin());
  for (const Alternative& alternative : all) {
    EXPECT_EQ((alternative.fields & code) != 0, alternative.kind == MatchKind::Literal) << alternative.term;
  }
}

}  // namespace
}  // namespace aisle
