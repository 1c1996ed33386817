#include "schemas/ranking.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "schemas/json_reader.h"

namespace aisle {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const json& document) {
  const auto config = RankingConfig::parse(document.dump());
  return config ? "" : config.error().message;
}

json with_rule(json then, json when = json::object()) {
  return {{"index", "products"},
          {"rules", {{{"id", "r1"}, {"when", std::move(when)}, {"then", std::move(then)}}}}};
}

// `make(n)` has n of what `limit` bounds: accepted at the limit, refused one above.
template <class Make>
void expect_limit(std::size_t limit, std::string_view message, Make make) {
  EXPECT_EQ(refusal(make(limit)), "") << message;
  EXPECT_THAT(refusal(make(limit + 1)), HasSubstr(message));
}

json repeated(std::size_t count, const std::function<json(std::size_t)>& element) {
  json list = json::array();
  for (std::size_t i = 0; i < count; ++i) list.push_back(element(i));
  return list;
}

json numbered(std::size_t count) {
  return repeated(count, [](std::size_t i) { return json("p" + std::to_string(i)); });
}

TEST(RankingConfig, EveryCaseOfTheTableIsJudgedAndExplained) {
  const auto text = read_file(AISLE_SOURCE_DIR "/tests/schemas/ranking_cases.json");
  const auto cases = parse_json(text.value());
  ASSERT_TRUE(cases) << cases.error().message;
  ASSERT_GE(cases->size(), 80U);
  for (const auto& each : *cases) {
    const auto name = each["name"].get<std::string>();
    const auto config = RankingConfig::parse(dump_json(each["document"]));
    EXPECT_EQ(config.has_value(), each["valid"].get<bool>())
        << name << ": " << (config ? "" : config.error().message);
    if (config) continue;
    EXPECT_EQ(config.error().code, ErrorCode::InvalidArgument) << name;
    EXPECT_THAT(config.error().message, HasSubstr(each["message"].get<std::string>())) << name;
  }
}

TEST(RankingConfig, ReadsWhatIsWritten) {
  const auto config = RankingConfig::parse(R"({
    "index": "products", "stock": "in_stock",
    "profile": {"weights": {"title": 12}, "typos": {"most": 1, "fields_off": ["brand"]}, "relaxation": "none",
      "signals": [{"field": "released", "kind": "decay", "weight": 15, "origin": "now", "half_life": "90d", "missing": 0.25}]},
    "rules": [{"id": "r1", "priority": 7, "when": {"query": {"contains": "chair*"}, "from": "1970-01-02"},
      "then": {"pin": [{"id": "b", "position": 4}, {"id": "a", "position": 2}],
               "bury": [{"ids": ["x"], "factor": 0.25}], "boost": [{"filter": "price > 1", "factor": 1.5}],
               "user_data": {"b": 1}}}],
    "synonyms": [{"words": ["tv", "television"]}, {"from": "ipod", "to": ["mp3 player"]}]})");
  ASSERT_TRUE(config) << config.error().message;
  const RankingConfig& read = **config;
  EXPECT_EQ(read.stock, "in_stock");
  EXPECT_EQ(read.profile.weights.at("title"), 12);
  EXPECT_EQ(read.profile.typos.most, 1);
  EXPECT_EQ(read.profile.relaxation.words, Relaxation::None);
  EXPECT_EQ(read.profile.signals.front().half_life, "\"90d\"");
  const Rule& rule = read.rules.front();
  EXPECT_EQ(rule.priority, 7);
  EXPECT_EQ(rule.when.query.front().kind, PatternKind::Contains);
  EXPECT_EQ(rule.when.from, 86400);
  EXPECT_FALSE(rule.when.until);
  EXPECT_EQ(rule.then.pins.front().id, "a") << "pins are ordered by position";
  EXPECT_EQ(rule.then.boosts.front().thousandths, 1500);
  EXPECT_EQ(rule.then.boosts.back().thousandths, 250);
  EXPECT_EQ(rule.then.user_data, R"({"b":1})");
  EXPECT_TRUE(rule.then.yield_out_of_stock);
  EXPECT_EQ(read.synonyms->back().from, "ipod");
  EXPECT_FALSE((*RankingConfig::parse(R"({"index": "products"})"))->synonyms) << "the schema's stay";
}

TEST(RankingConfig, LimitsHoldJustBelowAndRefuseJustAbove) {
  using L = RankingLimits;
  expect_limit(L::pins_max, "/rules/0/then/pin has 301 pins, the limit is 300", [](std::size_t n) {
    return with_rule({{"pin", repeated(n, [](std::size_t i) {
                         return json{{"id", "p" + std::to_string(i)}, {"position", i + 1}};
                       })}});
  });
  expect_limit(L::hides_max, "/rules/0/then/hide has 51 products, the limit is 50",
               [](std::size_t n) { return with_rule({{"hide", numbered(n)}}); });
  expect_limit(L::boosts_max, "/rules/0/then/boost has 21 entries, the limit is 20", [](std::size_t n) {
    return with_rule(
        {{"boost", repeated(n, [](std::size_t) { return json{{"ids", {"p"}}, {"factor", 2}}; })}});
  });
  expect_limit(L::boosts_max, "/rules/0/then has 21 boosts and buries, the limit is 20", [](std::size_t n) {
    return with_rule(
        {{"boost", {{{"ids", {"p"}}, {"factor", 2}}}},
         {"bury", repeated(n - 1, [](std::size_t) { return json{{"ids", {"p"}}, {"factor", 0.5}}; })}});
  });
  expect_limit(L::boost_ids_max, "/rules/0/then/boost/0/ids has 101 ids, the limit is 100",
               [](std::size_t n) { return with_rule({{"boost", {{{"ids", numbered(n)}, {"factor", 2}}}}}); });
  expect_limit(
      L::patterns_max, "/rules/0/when/query/equals has 51 values, the limit is 50",
      [](std::size_t n) { return with_rule({{"hide", {"p"}}}, {{"query", {{"equals", numbered(n)}}}}); });
  expect_limit(L::contexts_max, "/rules/0/when/context has 17 values, the limit is 16",
               [](std::size_t n) { return with_rule({{"hide", {"p"}}}, {{"context", numbered(n)}}); });
  expect_limit(
      L::filter_values_max, "/rules/0/when/filter/brand has 51 values, the limit is 50",
      [](std::size_t n) { return with_rule({{"hide", {"p"}}}, {{"filter", {{"brand", numbered(n)}}}}); });
  expect_limit(L::rules_max, "/rules has 2001 rules, the limit is 2000", [](std::size_t n) {
    return json{{"index", "products"}, {"rules", repeated(n, [](std::size_t i) {
                                          return json{{"id", std::to_string(i)},
                                                      {"when", json::object()},
                                                      {"then", {{"hide", {"p"}}}}};
                                        })}};
  });
  expect_limit(L::signals_max, "/profile/signals has 17 signals, the limit is 16", [](std::size_t n) {
    return json{{"index", "products"},
                {"profile", {{"signals", repeated(n, [](std::size_t) {
                                return json{{"field", "x"}, {"kind", "boolean"}, {"weight", 1}};
                              })}}}};
  });
  expect_limit(L::synonyms_max, "/synonyms has 10001 entries, the limit is 10000", [](std::size_t n) {
    return json{{"index", "products"},
                {"synonyms", repeated(n, [](std::size_t i) {
                   return json{{"words", {"a" + std::to_string(i), "b" + std::to_string(i)}}};
                 })}};
  });
}

TEST(RankingConfig, DocumentsAboveTheirBytesAreTooLarge) {
  std::string text = R"({"index": "products"})";
  text.append(RankingLimits::document_bytes_max - text.size(), ' ');
  EXPECT_TRUE(RankingConfig::parse(text));
  const auto refused = RankingConfig::parse(text + " ");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
}

TEST(RankingConfig, DurationsAreDaysOrHours) {
  EXPECT_EQ(duration_seconds("30d"), 30 * 86400);
  EXPECT_EQ(duration_seconds("12h"), 12 * 3600);
  EXPECT_EQ(duration_seconds("10000d"), 10000LL * 86400);
  for (const char* wrong :
       {"", "d", "30", "0d", "-1d", "1.5d", "10001d", "240001h", "30m", "99999999999999999999d"})
    EXPECT_FALSE(duration_seconds(wrong)) << wrong;
}

}  // namespace
}  // namespace aisle
