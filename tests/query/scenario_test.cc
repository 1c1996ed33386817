// Runs tests/scenarios/**/*.json: a catalogue, requests as the search API takes them, and what a shopper
// sees. Each runs on one shard and on four, on images grown from ops and on images loaded from disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "query/search.h"
#include "query/suggest.h"
#include "schemas/json_reader.h"
#include "server/search_wire.h"
#include "tests/support/catalogue.h"

namespace aisle {
namespace {

using testing::ElementsAreArray;
using testing::UnorderedElementsAreArray;
using Counts = std::map<std::string, std::uint64_t>;
using nlohmann::json;

std::filesystem::path scenario_folder() {
  return std::filesystem::path(AISLE_SOURCE_DIR) / "tests" / "scenarios";
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scenario_folder())) {
    const auto relative = std::filesystem::relative(entry.path(), scenario_folder());
    if (entry.path().extension() == ".json" && relative.has_parent_path()) names.push_back(relative.string());
  }
  std::ranges::sort(names);
  return names;
}

void flatten(const std::vector<FacetValue>& values, Counts& counts, std::vector<std::string>& selected) {
  for (const FacetValue& value : values) {
    counts[value.value] = value.count;
    if (value.selected) selected.push_back(value.value);
    flatten(value.children, counts, selected);
  }
}

std::vector<std::string> strings(const json& list) {
  return list.get<std::vector<std::string>>();
}

// Checks one answer against the members of `expected`, each of which promises one thing.
class Expectation {
 public:
  Expectation(const json& expected, const SearchResult& result) : expected_(expected), result_(result) {}

  void check() const {
    if (has("total")) {
      EXPECT_EQ(result_.total, at("total").get<std::uint64_t>());
    }
    if (has("hits")) {
      EXPECT_THAT(ids(), ElementsAreArray(strings(at("hits"))));
    }
    if (has("hits_any_order")) {
      EXPECT_THAT(ids(), UnorderedElementsAreArray(strings(at("hits_any_order"))));
    }
    if (has("first")) {
      EXPECT_EQ(ids().empty() ? "" : ids().front(), at("first").get<std::string>());
    }
    if (has("dropped")) {
      EXPECT_EQ(result_.dropped_words, strings(at("dropped")));
    }
    if (has("ignored")) {
      EXPECT_EQ(result_.ignored_words, strings(at("ignored")));
    }
    if (has("typos")) {
      EXPECT_EQ(result_.typos, at("typos").get<int>());
    }
    if (has("truncated")) {
      EXPECT_EQ(result_.truncated_query, at("truncated").get<bool>());
    }
    for (const char* name : {"facets", "facet_order", "selected", "numbers"}) {
      if (has(name)) check_facets(name);
    }
    if (has("missing")) {
      EXPECT_EQ(missing(), at("missing"));
    }
    if (has("highlight")) check_highlight();
    if (has("product")) check_products();
    check_rules();
    check_sums();
    check_meant();
  }

 private:
  void check_meant() const {
    if (has("did_you_mean")) {
      json meant = json::object();
      if (result_.did_you_mean)
        meant = {{"q", result_.did_you_mean->q}, {"total", result_.did_you_mean->total}};
      EXPECT_EQ(meant, at("did_you_mean"));
    }
    if (!has("code")) return;
    json code = json::object();
    if (result_.code) code = {{"type", result_.code->type}, {"status", result_.code->status}};
    if (at("code").contains("did_you_mean") && result_.code)
      code["did_you_mean"] = result_.code->did_you_mean;
    EXPECT_EQ(code, at("code"));
  }

  bool has(const char* name) const { return expected_.contains(name); }
  const json& at(const char* name) const { return expected_.at(name); }

  // Products that lack words count only where all do; "missing" is about the others.
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    const bool all_lack = !result_.hits.empty() && !result_.hits.front().missing.empty();
    for (const Hit& hit : result_.hits) {
      if (all_lack || hit.missing.empty()) all.push_back(hit.id);
    }
    return all;
  }

  json missing() const {
    json by_id = json::object();
    for (const Hit& hit : result_.hits) {
      if (!hit.missing.empty()) by_id[hit.id] = hit.missing;
    }
    return by_id;
  }

  void check_facets(const std::string& what) const {
    for (const auto& [field, wanted] : expected_.at(what).items()) {
      SCOPED_TRACE(what + " " + field);
      const auto facet = std::ranges::find(result_.facets, field, &FacetResult::field);
      ASSERT_NE(facet, result_.facets.end()) << "the request does not ask for this facet";
      Counts counts;
      std::vector<std::string> selected;
      flatten(facet->values, counts, selected);
      if (what == "facets") {
        EXPECT_EQ(counts, wanted.get<Counts>());
      }
      if (what == "selected") {
        EXPECT_THAT(selected, UnorderedElementsAreArray(strings(wanted)));
      }
      if (what == "numbers") check_numbers(*facet, wanted);
      if (what != "facet_order") continue;
      std::vector<std::string> order;
      for (const FacetValue& value : facet->values) order.push_back(value.value);
      EXPECT_EQ(order, strings(wanted));
    }
  }

  static void check_numbers(const FacetResult& facet, const json& wanted) {
    const std::map<std::string, std::string> found = {{"min", facet.min},
                                                      {"max", facet.max},
                                                      {"avg", facet.avg},
                                                      {"sum", facet.sum},
                                                      {"count", std::to_string(facet.count)}};
    for (const auto& [name, value] : wanted.items()) EXPECT_EQ(json::parse(found.at(name)), value) << name;
  }

  const Hit* hit(const std::string& id) const {
    const auto found = std::ranges::find(result_.hits, id, &Hit::id);
    EXPECT_NE(found, result_.hits.end()) << id << " is no hit";
    return found == result_.hits.end() ? nullptr : &*found;
  }

  void check_highlight() const {
    for (const auto& [id, fields] : at("highlight").items()) {
      const Hit* found = hit(id);
      if (found == nullptr) continue;
      const std::map<std::string, std::string> texts(found->highlight.begin(), found->highlight.end());
      for (const auto& [field, text] : fields.items()) {
        ASSERT_TRUE(texts.contains(field)) << id << " has no highlight of " << field;
        EXPECT_EQ(texts.at(field), text.get<std::string>()) << id;
      }
    }
  }

  void check_products() const {
    for (const auto& [id, product] : at("product").items()) {
      if (const Hit* found = hit(id)) {
        EXPECT_EQ(json::parse(found->product), product) << id;
      }
    }
  }

  void check_rules() const {
    if (has("pinned")) {
      std::vector<std::string> pinned;
      for (const Hit& hit : result_.hits) {
        if (hit.pinned) pinned.push_back(hit.id);
      }
      EXPECT_EQ(pinned, strings(at("pinned")));
    }
    if (has("rules")) {
      EXPECT_EQ(result_.rules, strings(at("rules")));
    }
    if (has("redirect")) {
      EXPECT_EQ(result_.redirect, at("redirect").get<std::string>());
    }
    if (has("user_data")) {
      json data = json::object();
      for (const RuleUserData& some : result_.user_data) data[some.rule] = json::parse(some.json);
      EXPECT_EQ(data, at("user_data"));
    }
    if (has("dropped_pins")) {
      std::map<std::string, std::string> dropped;
      for (const DroppedPin& pin : result_.dropped_pins) dropped[pin.id] = pin.reason;
      EXPECT_EQ(dropped, (at("dropped_pins").get<std::map<std::string, std::string>>()));
    }
    if (has("why")) {
      ASSERT_TRUE(result_.why);
      EXPECT_THAT(result_.why->sentence, testing::HasSubstr(at("why").get<std::string>()));
    }
    if (!has("parts")) return;
    for (const auto& [id, wanted] : at("parts").items()) {
      const Hit* found = hit(id);
      std::vector<std::string> parts;
      const std::set<std::string> of_ranking = {"head",   "accessory", "named", "base",
                                                "signal", "boost",     "bury",  "pin"};
      for (const ScorePart& part : found != nullptr ? found->explain : std::vector<ScorePart>()) {
        if (of_ranking.contains(part.kind))
          parts.push_back(part.rule.empty() ? part.kind : part.kind + " " + part.rule);
      }
      EXPECT_EQ(parts, strings(wanted)) << id;
    }
  }

  // Explained or not, what is told of a score adds up to it.
  void check_sums() const {
    for (const Hit& hit : result_.hits) {
      std::int64_t sum = 0;
      for (const ScorePart& part : hit.explain) sum += part.points;
      EXPECT_TRUE(hit.explain.empty() || sum == hit.score) << hit.id << ": " << sum << " of " << hit.score;
    }
  }

  const json& expected_;
  const SearchResult& result_;
};

// Refuses members that scenario.schema.json does not know: a misspelt expectation must not pass.
void check_names(const JsonReader& scenario) {
  scenario.allow_only({"schema", "catalogue", "ranking", "steps"});
  if (scenario.has("ranking")) scenario.member("ranking").members();
  scenario.member("schema");
  scenario.member("catalogue").elements();
  for (const JsonReader& step : scenario.member("steps").elements()) {
    step.allow_only({"request", "suggest", "expected"});
    step.member(step.has("suggest") ? "suggest" : "request").members();
    const JsonReader expected = step.member("expected");
    expected.allow_only({"total",        "hits",         "hits_any_order", "first",   "facets", "facet_order",
                         "selected",     "numbers",      "dropped",        "ignored", "typos",  "missing",
                         "truncated",    "highlight",    "product",        "pinned",  "rules",  "redirect",
                         "user_data",    "dropped_pins", "parts",          "why",     "error",  "code",
                         "did_you_mean", "suggestions"});
    if (expected.members().empty()) expected.fail("promises nothing");
    if (!expected.has("error")) continue;
    expected.member("error").allow_only({"code", "message"});
    expected.member("error").require_string("code");
    expected.member("error").require_string("message");
  }
}

class Scenario : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::ifstream file(scenario_folder() / GetParam());
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = parse_json(text.str());
    ASSERT_TRUE(parsed) << parsed.error().message;
    scenario_ = std::move(*parsed);
    JsonReader::ErrorSink sink;
    check_names(JsonReader(scenario_, "", sink));
    ASSERT_FALSE(sink.error) << sink.error->message;
  }

  void run(View view, const std::string& name) const {
    if (scenario_.contains("ranking")) {
      const auto config = RankingConfig::parse(scenario_.at("ranking").dump());
      ASSERT_TRUE(config) << config.error().message;
      auto ranking = Ranking::compile(*config, view.context, 1);
      ASSERT_TRUE(ranking) << ranking.error().message;
      view.ranking = std::move(*ranking);
    }
    int number = 0;
    for (const json& step : scenario_.at("steps")) {
      SCOPED_TRACE(name + ", step " + std::to_string(++number) + ": " + step.dump());
      if (step.contains("suggest")) {
        check_suggestions(step, view);
        continue;
      }
      const auto request = parse_search_body(step.at("request").dump());
      auto result = request ? search(view, *request, {}, Deadline::never()) : tl::unexpected(request.error());
      const json& expected = step.at("expected");
      if (expected.contains("error")) {
        ASSERT_FALSE(result) << "no error";
        EXPECT_EQ(code_name(result.error().code), expected.at("error").at("code").get<std::string>());
        EXPECT_EQ(result.error().message, expected.at("error").at("message").get<std::string>());
        continue;
      }
      ASSERT_TRUE(result) << result.error().message;
      Expectation(expected, *result).check();
    }
  }

  static void check_suggestions(const json& step, const View& view) {
    SuggestRequest request;
    request.q = step.at("suggest").value("q", "");
    request.limit = step.at("suggest").value("limit", request.limit);
    request.scope = step.at("suggest").value("scope", "");
    request.filter = step.at("suggest").value("filter", "");
    request.context = step.at("suggest").value("context", std::vector<std::string>());
    LocalShardSearch shards(view, Deadline::never());
    const auto result = suggest(view, request, {}, shards);
    const json& expected = step.at("expected");
    if (expected.contains("error")) {
      ASSERT_FALSE(result) << "no error";
      EXPECT_EQ(result.error().message, expected.at("error").at("message").get<std::string>());
      return;
    }
    ASSERT_TRUE(result) << result.error().message;
    json found = json::array();
    for (std::size_t i = 0; i < result->suggestions.size(); ++i) {
      const Suggestion& some = result->suggestions[i];
      json scopes = json::object();
      for (const SuggestScope& scope : some.scopes) scopes[scope.value] = scope.count;
      const json all = {{"q", some.q},
                        {"count", some.count},
                        {"typos", some.typos},
                        {"popularity", some.popularity},
                        {"scopes", scopes}};
      json& promised = found.emplace_back(json::object());  // of it what the scenario names
      const json named = i < expected.at("suggestions").size() ? expected.at("suggestions")[i] : all;
      for (const auto& [member, value] : named.items()) promised[member] = all.value(member, json());
    }
    EXPECT_EQ(found, expected.at("suggestions"));
  }

  json scenario_;
};

TEST_P(Scenario, ShowsTheShopperWhatIsPromised) {
  if (HasFatalFailure()) return;
  test::Catalogue catalogue(scenario_.at("schema").dump());
  std::vector<std::string> records;
  for (const json& record : scenario_.at("catalogue")) records.push_back(record.dump());
  const std::vector<Op> ops = catalogue.upserts(records);
  run(catalogue.grow(ops, 1), "grown, 1 shard");
  run(catalogue.grow(ops, 4), "grown, 4 shards");
  run(catalogue.import(records, 1), "loaded, 1 shard");
  run(catalogue.import(records, 4), "loaded, 4 shards");
}

std::string test_name(const testing::TestParamInfo<std::string>& scenario) {
  std::string name = scenario.param.substr(0, scenario.param.size() - 5);
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Scenario, testing::ValuesIn(scenario_names()), test_name);

TEST(Scenarios, AreThere) {
  EXPECT_GE(scenario_names().size(), 40U);
}

TEST(Scenarios, MisspeltExpectationsAreRefused) {
  const auto refusal = [](const char* expected) {
    const json scenario = {{"schema", json::object()},
                           {"catalogue", json::array()},
                           {"steps", {{{"request", json::object()}, {"expected", json::parse(expected)}}}}};
    JsonReader::ErrorSink sink;
    check_names(JsonReader(scenario, "", sink));
    return sink.error ? sink.error->message : "";
  };
  EXPECT_EQ(refusal(R"({"total": 1})"), "");
  EXPECT_THAT(refusal(R"({"totl": 1})"), testing::HasSubstr("did you mean \"total\"?"));
  EXPECT_THAT(refusal(R"({"error": {"mesage": "x"}})"), testing::HasSubstr("did you mean \"message\"?"));
  EXPECT_THAT(refusal("{}"), testing::HasSubstr("promises nothing"));
}

}  // namespace
}  // namespace aisle
