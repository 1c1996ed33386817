#include "query/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

class Rules : public test::Kitchen {
 protected:
  // Ids of the rules that hold.
  std::vector<std::string> holding(const std::vector<json>& rules) { return choose(rules).rules; }
  RulesChosen choose(const std::vector<json>& rules) {
    const auto config =
        RankingConfig::parse(json{{"index", "kitchen"}, {"stock", "organic"}, {"rules", rules}}.dump());
    EXPECT_TRUE(config) << config.error().message;
    auto ranking = Ranking::compile(*config, shop_.context(), 1);
    EXPECT_TRUE(ranking) << ranking.error().message;
    ranking_ = *ranking;
    const auto filter = compile_filter(filter_, *shop_.schema(), limits_);
    return choose_rules(*ranking_, {words_, *filter, context_, clock_, sorted_});
  }
  static json when(json condition) {
    return {{"id", "r"}, {"when", std::move(condition)}, {"then", {{"redirect", "/"}}}};
  }
  static json then(const std::string& id, json effect, int priority = 0) {
    return {{"id", id}, {"priority", priority}, {"when", json::object()}, {"then", std::move(effect)}};
  }
  static json pin(const std::string& id, int position) { return {{"id", id}, {"position", position}}; }

  std::shared_ptr<const Ranking> ranking_;
  std::vector<std::string> words_;
  std::string filter_;
  std::vector<std::string> context_;
  std::int64_t clock_ = 0;
  bool sorted_ = false;
};

TEST_F(Rules, WithoutAConditionTheyAlwaysHold) {
  EXPECT_THAT(holding({when(json::object())}), ElementsAre("r"));
}

TEST_F(Rules, AnyPatternOfTheQueryIsEnough) {
  const std::vector<json> rules = {when({{"query", {{"equals", "blue mug"}, {"contains", {"cup", "red"}}}}})};
  words_ = {"red", "mug"};
  EXPECT_THAT(holding(rules), ElementsAre("r"));
  words_ = {"blue", "mug"};
  EXPECT_THAT(holding(rules), ElementsAre("r"));
  words_ = {"mug"};
  EXPECT_THAT(holding(rules), IsEmpty());
}

TEST_F(Rules, ThePageOfACategoryIsItsFilter) {
  const std::vector<json> rules = {when({{"filter", {{"category", "Kitchen > Cups"}}}})};
  EXPECT_THAT(holding(rules), IsEmpty());
  filter_ = "category = \"Kitchen > Cups\" AND price < 5";
  EXPECT_THAT(holding(rules), ElementsAre("r"));
  filter_ = "category IN (\"Kitchen > Pans\", \"Kitchen > Cups > Mugs\")";
  EXPECT_THAT(holding(rules), ElementsAre("r")) << "below the category, too";
  filter_ = "category = \"Kitchen\"";
  EXPECT_THAT(holding(rules), IsEmpty());
  filter_ = "category = \"Kitchen > Cupsets\"";
  EXPECT_THAT(holding(rules), IsEmpty());
  filter_ = "NOT category = \"Kitchen > Cups\"";
  EXPECT_THAT(holding(rules), IsEmpty());
}

TEST_F(Rules, AllFieldsOfTheFilterConditionCount) {
  const std::vector<json> rules = {when({{"filter", {{"brand", {"Nordal", "Velo"}}, {"colour", "red"}}}})};
  filter_ = "brand = \"Velo\"";
  EXPECT_THAT(holding(rules), IsEmpty());
  filter_ = "brand = \"Velo\" AND colour = red";
  EXPECT_THAT(holding(rules), ElementsAre("r"));
}

TEST_F(Rules, OneTagOfTheContextIsEnough) {
  const std::vector<json> rules = {when({{"context", {"vip", "mobile"}}})};
  EXPECT_THAT(holding(rules), IsEmpty());
  context_ = {"desktop"};
  EXPECT_THAT(holding(rules), IsEmpty());
  context_ = {"desktop", "vip"};
  EXPECT_THAT(holding(rules), ElementsAre("r"));
}

TEST_F(Rules, TheWindowBeginsWithItsFirstSecondAndEndsBeforeItsLast) {
  const std::vector<json> rules = {
      when({{"from", "1970-01-01T00:01:40Z"}, {"until", "1970-01-01T00:03:20Z"}})};
  for (const auto& [clock, holds] :
       std::map<std::int64_t, bool>{{99, false}, {100, true}, {199, true}, {200, false}}) {
    clock_ = clock;
    EXPECT_EQ(!holding(rules).empty(), holds) << clock;
  }
}

TEST_F(Rules, ASlotAndAProductGoToTheDecidingRuleAndTheLoserIsTold) {
  const RulesChosen chosen =
      choose({then("b", {{"pin", {pin("p1", 1), pin("p2", 2)}}}), then("a", {{"pin", {pin("p3", 1)}}}),
              then("z", {{"pin", {pin("p2", 5)}}}, 3)});
  EXPECT_THAT(chosen.rules, ElementsAre("z", "a", "b"));
  EXPECT_THAT(chosen.effects.pins, ElementsAre(PinWish{1, "p3", "a", true}, PinWish{5, "p2", "z", true}));
  ASSERT_EQ(chosen.lost_pins.size(), 2U);
  EXPECT_EQ(chosen.lost_pins[0].reason, "position taken by rule a");
  EXPECT_EQ(chosen.lost_pins[1].reason, "pinned elsewhere by rule z");
}

TEST_F(Rules, HiddenProductsAreNotPinnedByOthers) {
  json hide = then("h", {{"hide", {"p1"}}}, -5);
  hide["when"] = {{"query", {{"equals", ""}}}};
  const RulesChosen chosen = choose({then("a", {{"pin", {pin("p1", 1)}}}), hide});
  EXPECT_THAT(chosen.effects.pins, IsEmpty());
  EXPECT_THAT(chosen.effects.hidden, ElementsAre("p1"));
  EXPECT_EQ(chosen.lost_pins.front().reason, "hidden by rule h");
}

TEST_F(Rules, AnExplicitSortLeavesOutPinsUnlessTheRuleKeepsThem) {
  sorted_ = true;
  EXPECT_THAT(choose({then("a", {{"pin", {pin("p1", 1)}}}),
                      then("b", {{"with_sort", true}, {"pin", {pin("p2", 1)}}})})
                  .effects.pins,
              ElementsAre(PinWish{1, "p2", "b", true}));
}

TEST_F(Rules, TheFirstRedirectWinsAndAllUserDataArrives) {
  const RulesChosen chosen = choose({then("b", {{"redirect", "/b"}, {"user_data", 1}}),
                                     then("a", {{"user_data", 2}}), then("c", {{"redirect", "/c"}}, 1)});
  EXPECT_EQ(chosen.redirect, "/c");
  ASSERT_EQ(chosen.user_data.size(), 2U);
  EXPECT_EQ(chosen.user_data[0].rule + chosen.user_data[0].json, "a2");
}

TEST_F(Rules, MoreThanTheLimitAreLeftOutAndCounted) {
  std::vector<json> rules;
  for (std::size_t i = 0; i <= rules_applied_max; ++i)
    rules.push_back(then("r" + std::to_string(100 + i), {{"redirect", "/"}}));
  const RulesChosen chosen = choose(rules);
  EXPECT_EQ(chosen.rules.size(), rules_applied_max);
  EXPECT_EQ(chosen.rules_left_out, 1U);
  EXPECT_EQ(chosen.rules.back(), "r149");
}

TEST_F(Rules, EffectsTravelAsTheyAre) {
  json rule = then("a", {{"pin", {pin("p1", 1)}},
                         {"hide", {"p2", "p3"}},
                         {"filter", "price > 1"},
                         {"boost", {{{"filter", "brand = \"x\""}, {"factor", 1.5}}}},
                         {"bury", {{{"ids", {"p4"}}, {"factor", 0}}}}});
  rule["then"]["yield_out_of_stock"] = false;
  RankingEffects effects = choose({rule}).effects;
  effects.clock = -5;
  effects.head_percent = 1;
  effects.accessory_percent = 2;
  effects.named_percent = 3;
  effects.signals = {
      {.field = 3, .kind = SignalKind::Bucket, .weight = 7, .missing = 5, .buckets = {{-1, 2}, {4, 65536}}},
      {.field = 2,
       .kind = SignalKind::Decay,
       .weight = 1000,
       .from_clock = true,
       .half_life = 86400,
       .buckets = {}}};
  const auto travelled = decode_effects(encode_effects(effects));
  ASSERT_TRUE(travelled) << travelled.error().message;
  EXPECT_EQ(*travelled, effects);
  EXPECT_EQ(*decode_effects(encode_effects({})), RankingEffects());
  EXPECT_FALSE(decode_effects("{\"pins\": 3}"));
  EXPECT_FALSE(decode_effects("{\"pin\": []}"));
  EXPECT_FALSE(decode_effects(R"({"signals": [{"field": 1, "kind": "boolean", "buckets": []}]})"))
      << "no weight";
}

}  // namespace
}  // namespace aisle
