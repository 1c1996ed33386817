#include "query/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Compiling : public test::Kitchen {
 protected:
  Result<std::shared_ptr<const Ranking>> compile(json document) const {
    document["index"] = document.value("index", "kitchen");
    const auto config = RankingConfig::parse(document.dump());
    EXPECT_TRUE(config) << config.error().message;
    if (!config) return tl::unexpected(config.error());
    return Ranking::compile(*config, shop_.context(), 7);
  }
  std::string refusal_of(const json& document) const {
    const auto ranking = compile(document);
    return ranking ? "" : ranking.error().message;
  }
  std::vector<std::string> warnings_of(const json& document) const {
    const auto ranking = compile(document);
    EXPECT_TRUE(ranking) << ranking.error().message;
    return ranking ? (*ranking)->warnings : std::vector<std::string>();
  }
  static json rule(const std::string& id, json then, json when = json::object(), int priority = 0) {
    return {{"id", id}, {"priority", priority}, {"when", std::move(when)}, {"then", std::move(then)}};
  }
  static json pin(const std::string& id, int position) {
    return {{"pin", {{{"id", id}, {"position", position}}}}};
  }
};

TEST_F(Compiling, WeightsOverrideTheSchemaAndOthersStay) {
  const auto ranking = compile({{"profile", {{"weights", {{"brand", 9}}}}}});
  ASSERT_TRUE(ranking);
  EXPECT_EQ((*ranking)->weights[field("brand").number], 9);
  EXPECT_EQ((*ranking)->weights[field("title").number], 10);
  EXPECT_EQ((*ranking)->number, 7U);
}

TEST_F(Compiling, UnknownNamesAreRefusedWithPlaceAndNearestName) {
  EXPECT_EQ(refusal_of({{"index", "kitchens"}}),
            "/index is \"kitchens\", the index is \"kitchen\", did you mean \"kitchen\"?");
  EXPECT_EQ(refusal_of({{"profile", {{"weights", {{"titel", 3}}}}}}),
            "/profile/weights: the schema has no field \"titel\", did you mean \"title\"?");
  EXPECT_EQ(refusal_of({{"profile", {{"weights", {{"price", 3}}}}}}),
            "/profile/weights: field \"price\" is not searched");
  EXPECT_EQ(refusal_of({{"profile", {{"typos", {{"fields_off", {"title", "colour"}}}}}}}),
            "/profile/typos/fields_off/1: field \"colour\" is not searched");
  EXPECT_EQ(refusal_of({{"stock", "organik"}}),
            "/stock: the schema has no field \"organik\", did you mean \"organic\"?");
  EXPECT_EQ(refusal_of({{"stock", "brand"}}),
            "/stock: field \"brand\" is no number or bool with \"filter\": true");
  EXPECT_EQ(refusal_of({{"rules", {rule("r", {{"hide", {"p"}}}, {{"filter", {{"colur", "red"}}}})}}}),
            "/rules/0/when/filter: the schema has no field \"colur\", did you mean \"colour\"?");
  EXPECT_EQ(refusal_of({{"rules", {rule("r", {{"hide", {"p"}}}, {{"filter", {{"price", "5"}}}})}}}),
            "/rules/0/when/filter: field \"price\" is no keyword, hierarchy or code with \"filter\": true");
  EXPECT_THAT(refusal_of({{"rules", {rule("r", {{"filter", "brnad = \"x\""}})}}}),
              testing::AllOf(HasSubstr("/rules/0/then/filter: "), HasSubstr("did you mean \"brand\"?")));
  EXPECT_THAT(
      refusal_of(
          {{"rules",
            {rule("r",
                  {{"boost", {{{"ids", {"p"}}, {"factor", 2}}, {{"filter", "price <"}, {"factor", 2}}}}})}}}),
      HasSubstr("/rules/0/then/boost/1/filter: "));
  EXPECT_EQ(refusal_of({{"rules", {rule("r", {{"hide", {"p"}}}, {{"query", {{"contains", "--"}}}})}}}),
            "/rules/0/when/query: \"--\" holds no word");
}

TEST_F(Compiling, RulesAreOrderedByPriorityThenIdAndSwitchedOffOnesLeave) {
  json off = rule("off", {{"hide", {"p"}}});
  off["enabled"] = false;
  const auto ranking = compile({{"rules",
                                 {rule("b", {{"hide", {"p"}}}), rule("a", {{"hide", {"p"}}}), off,
                                  rule("z", {{"hide", {"p"}}}, json::object(), 5)}}});
  ASSERT_TRUE(ranking);
  std::vector<std::string> ids;
  for (const CompiledRule& some : (*ranking)->rules) ids.push_back(some.rule->id);
  EXPECT_THAT(ids, ElementsAre("z", "a", "b"));
}

TEST_F(Compiling, TwoProductsOnOneSlotAreToldWithBothRules) {
  const json when = {{"query", {{"equals", {"red mug", "blue mug"}}}}};
  const json same = {{"query", {{"equals", {"Blue  MUG", "red mug"}}}}};  // analysed, in any order
  EXPECT_THAT(
      warnings_of({{"rules", {rule("b", pin("p2", 1), when), rule("a", pin("p1", 1), same)}}}),
      ElementsAre(
          "rules \"a\" and \"b\" pin different products (\"p1\", \"p2\") at position 1 under the same "
          "condition and priority; \"a\" wins"));
  EXPECT_THAT(warnings_of({{"rules", {rule("b", pin("p1", 2), when), rule("a", pin("p1", 1), same)}}}),
              ElementsAre(HasSubstr("pin \"p1\" at different positions (1, 2)")));
  EXPECT_THAT(warnings_of({{"rules", {rule("b", pin("p2", 1), when), rule("a", pin("p1", 1), same, 1)}}}),
              IsEmpty())
      << "the priority says who wins";
  EXPECT_THAT(warnings_of({{"rules", {rule("b", pin("p2", 1), when), rule("a", pin("p1", 1))}}}), IsEmpty())
      << "other conditions";
}

TEST_F(Compiling, AProductPinnedAndHiddenUnderOneConditionIsRefused) {
  EXPECT_EQ(
      refusal_of({{"rules", {rule("a", pin("p1", 1)), rule("b", {{"hide", {"p1"}}}, json::object(), 3)}}}),
      "rule \"a\" pins \"p1\", which rule \"b\" hides under the same condition");
  EXPECT_EQ(
      refusal_of({{"rules", {rule("a", pin("p1", 1)), rule("b", {{"hide", {"p1"}}}, {{"context", "vip"}})}}}),
      "");
}

TEST_F(Compiling, PatternsAreRowsOfWords) {
  const auto matches = [&](PatternKind kind, const char* pattern, std::vector<std::string> query) {
    return compile_pattern({kind, pattern}, *shop_.context()->analyzer).matches(query);
  };
  EXPECT_TRUE(matches(PatternKind::Equals, "Red MÜG", {"red", "mug"}));
  EXPECT_FALSE(matches(PatternKind::Equals, "red", {"red", "mug"}));
  EXPECT_TRUE(matches(PatternKind::Contains, "red mug", {"big", "red", "mug", "set"}));
  EXPECT_FALSE(matches(PatternKind::Contains, "red mug", {"red", "big", "mug"}));
  EXPECT_FALSE(matches(PatternKind::Contains, "red mug", {"red"}));
  EXPECT_TRUE(matches(PatternKind::StartsWith, "red", {"red", "mug"}));
  EXPECT_FALSE(matches(PatternKind::StartsWith, "mug", {"red", "mug"}));
  EXPECT_TRUE(matches(PatternKind::Contains, "samsu*", {"samsung", "tv"}));
  EXPECT_FALSE(matches(PatternKind::Contains, "samsu", {"samsung", "tv"}));
  EXPECT_TRUE(matches(PatternKind::Equals, "sam* tv", {"samsung", "tv"}));
  EXPECT_FALSE(matches(PatternKind::Contains, "(mug|cup).*", {"mug"})) << "no regular expression";
  EXPECT_TRUE(matches(PatternKind::Equals, "", {}));
  EXPECT_FALSE(matches(PatternKind::Equals, "", {"mug"}));
}

TEST_F(Compiling, SynonymsAreOneWayOrTwoWayAndMayBePhrases) {
  const auto ranking =
      compile({{"synonyms",
                {{{"words", {"TV", "television", "flat screen"}}}, {{"from", "ipod"}, {"to", {"player"}}}}}});
  ASSERT_TRUE(ranking) << ranking.error().message;
  const SynonymTable& table = *(*ranking)->synonyms;
  EXPECT_THAT(table.words.at("tv"), ElementsAre("television"));
  EXPECT_THAT(table.words.at("ipod"), ElementsAre("player"));
  EXPECT_FALSE(table.words.contains("player"));
  ASSERT_EQ(table.phrases.at("flat").size(), 2U);
  EXPECT_THAT(table.phrases.at("flat").front().from, ElementsAre("flat", "screen"));
  EXPECT_THAT(table.phrases.at("tv").front().to, ElementsAre("flat", "screen"));
}

TEST_F(Compiling, SynonymsThatRunInARingOrExplodeAreRefused) {
  const auto one_way = [](std::string from, std::string to) { return json{{"from", from}, {"to", {to}}}; };
  EXPECT_EQ(refusal_of({{"synonyms", {one_way("a1", "b1"), one_way("b1", "c1"), one_way("x1", "b1")}}}), "");
  EXPECT_EQ(refusal_of({{"synonyms", {one_way("a1", "b1"), one_way("b1", "A1")}}}),
            "/synonyms/1: \"b1\" leads back to \"a1\", from where it came; use a group of words");
  EXPECT_THAT(refusal_of({{"synonyms", {one_way("a1", "b1"), one_way("b1", "c1"), one_way("c1", "a1")}}}),
              HasSubstr("leads back to"));
  EXPECT_EQ(refusal_of({{"synonyms", {one_way("tv", "TV")}}}), "/synonyms/0: \"tv\" leads to itself");
  EXPECT_EQ(refusal_of({{"synonyms", {{{"words", {"tv", "--"}}}}}}),
            "/synonyms/0/words/1 is \"--\", which holds no word");
  EXPECT_EQ(refusal_of({{"synonyms", {{{"words", {"tv", "a b c d e"}}}}}}), "");
  EXPECT_EQ(refusal_of({{"synonyms", {{{"words", {"tv", "a b c d e f"}}}}}}),
            "/synonyms/0/words/1 has 6 words, the limit is 5");
  json fan = json::array();
  for (int i = 0; i < 32; ++i) fan.push_back(one_way("tv", "w" + std::to_string(i)));
  EXPECT_EQ(refusal_of({{"synonyms", fan}}), "");
  fan.push_back(one_way("tv", "w32"));
  EXPECT_EQ(refusal_of({{"synonyms", fan}}), "/synonyms/32: \"tv\" leads to 33 others, the limit is 32");
}

}  // namespace
}  // namespace aisle
