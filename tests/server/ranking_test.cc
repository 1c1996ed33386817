// Merchandisers at work on a running service: check, draft, preview, publish, roll back, by the binary's
// commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "tests/support/eventually.h"
#include "tests/support/file_shop.h"

namespace aisle {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::run_aisle;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class RankingService : public test::FileShopTest {
 protected:
  void SetUp() override {
    FileShopTest::SetUp();
    start();
    write("pin.json", R"(// comments are allowed
      {"index": "products", "rules": [{"id": "best-seller", "when": {"query": {"equals": "kettle"}},
        "then": {"pin": [{"id": "p2", "position": 1}]}}]})");
    write("hide.json",
          R"({"index": "products", "rules": [{"id": "recall", "when": {}, "then": {"hide": ["p1"]}}]})");
  }
  CommandResult rank(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "rank");
    if (arguments[1] != "check") {
      arguments.insert(arguments.end(),
                       {"--admin", "http://127.0.0.1:" + std::to_string(aisle_->admin_port())});
    }
    return run_aisle(arguments);
  }
  void publish(const std::string& file) {
    const CommandResult done = rank({"publish", path(file)});
    ASSERT_EQ(done.exit_code, 0) << done.output;
  }
  std::vector<std::string> kettles() { return ids(search({{"q", "kettle"}})); }
  json preview(const std::map<std::string, std::string>& parameters) const {
    std::string target = test::search_path;
    for (const auto& [name, value] : parameters) {
      target += (target.find('?') == std::string::npos ? "?" : "&") + name + "=" + test::url_encoded(value);
    }
    const auto answer = test::RawHttp(aisle_->admin_port()).ask(test::get_request(target));
    return answer ? json::parse(answer->body) : json();
  }
  // What the public listener says.
  std::string refusal(const std::string& query) const {
    const test::RawResponse answer = aisle_->get(test::search_path + query);
    EXPECT_EQ(answer.status, 400);
    return answer.body;
  }
  static std::vector<std::string> ids(const json& answer) {
    std::vector<std::string> all;
    for (const json& hit : answer["hits"]) all.push_back(hit["id"].get<std::string>());
    return all;
  }
};

TEST_F(RankingService, ALogOfQueriesBecomesSuggestions) {
  write("log.tsv", "tea towel\t7\nsteel kettle\t40\nkettle cover\t90\nsteel kettle\t2\n");
  const CommandResult done = rank({"publish", path("pin.json"), "--queries", path("log.tsv")});
  ASSERT_EQ(done.exit_code, 0) << done.output;
  const json answer = aisle_->json("/v1/indexes/products/suggest?limit=2");
  ASSERT_EQ(answer["suggestions"].size(), 2U) << answer;
  EXPECT_EQ(answer["suggestions"][0]["q"], "steel kettle");
  EXPECT_EQ(answer["suggestions"][0]["popularity"], 42);
  EXPECT_EQ(answer["suggestions"][1]["q"], "tea towel");
  EXPECT_THAT(ids(search({{"q", "kettle"}})), ElementsAre("p2", "p1"))
      << "the rest of the document counts, too";
  write("log.tsv", "kettle\tmany\n");
  const CommandResult refused = rank({"publish", path("pin.json"), "--queries", path("log.tsv")});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.output, HasSubstr("log.tsv: line 1: the count is \"many\""));
}

TEST_F(RankingService, PublishingIsVisibleAtOnceAndRollingBackRestoresTheSameOrder) {
  const json before = search({{"q", "kettle"}, {"explain", "true"}})["hits"];
  EXPECT_EQ(search({{"q", "kettle"}})["view"]["ranking"], 0);
  publish("pin.json");
  json answer = search({{"q", "kettle"}});
  EXPECT_EQ(answer["view"]["ranking"], 1);
  EXPECT_THAT(ids(answer), ElementsAre("p2", "p1"));
  EXPECT_EQ(answer["hits"][0]["pinned"], true);
  EXPECT_EQ(answer["rules"], json::array({"best-seller"}));
  publish("hide.json");
  EXPECT_THAT(kettles(), ElementsAre("p2"));
  EXPECT_THAT(rank({"rollback", "products", "--comment", "wrong product"}).output,
              HasSubstr("ranking 1 is published"));
  EXPECT_THAT(kettles(), ElementsAre("p2", "p1"));
  EXPECT_EQ(rank({"rollback", "products", "--to", "0"}).exit_code, 0);
  EXPECT_EQ(search({{"q", "kettle"}, {"explain", "true"}})["hits"], before);
  const std::string history = rank({"history", "products"}).output;
  EXPECT_THAT(history, HasSubstr("publish ranking 2"));
  EXPECT_THAT(history, HasSubstr("rollback ranking 2 -> 1  wrong product"));
}

TEST_F(RankingService, SurvivesARestart) {
  publish("pin.json");
  ASSERT_EQ(aisle_->stop(), 0);
  start();
  EXPECT_EQ(search({{"q", "kettle"}})["view"]["ranking"], 1);
  EXPECT_THAT(kettles(), ElementsAre("p2", "p1"));
}

TEST_F(RankingService, BrokenDocumentsAreRefusedWithPlaceAndNearestName) {
  write("broken.json",
        R"({"index": "products", "rules": [{"id": "a", "when": {}, "then": {"filter": "brnad = \"x\""}}]})");
  const CommandResult refused = rank({"publish", path("broken.json")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("/rules/0/then/filter"));
  EXPECT_THAT(refused.output, HasSubstr("did you mean \"brand\"?"));
  EXPECT_EQ(search({})["view"]["ranking"], 0);
  const CommandResult offline = rank({"check", path("broken.json"), "--schema", path("schema.json")});
  EXPECT_EQ(offline.exit_code, 1);
  EXPECT_THAT(offline.output, HasSubstr("did you mean \"brand\"?"));
  EXPECT_EQ(rank({"check", path("pin.json"), "--schema", path("schema.json")}).exit_code, 0);
}

TEST_F(RankingService, ADraftIsSeenByWhoPreviewsItAlone) {
  EXPECT_THAT(rank({"draft", path("hide.json")}).output, HasSubstr("stored as version 1, not published"));
  EXPECT_THAT(ids(preview({{"q", "kettle"}, {"ranking", "1"}})), ElementsAre("p2"));
  EXPECT_EQ(preview({{"q", "kettle"}, {"ranking", "1"}})["view"]["ranking"], 1);
  EXPECT_EQ(kettles().size(), 2U);
  EXPECT_EQ(ids(preview({{"q", "kettle"}})).size(), 2U);
  EXPECT_THAT(preview({{"ranking", "7"}})["error"]["message"], "there is no ranking version 7");
  EXPECT_THAT(refusal("?q=kettle&ranking=1"), HasSubstr("ranking is for previews"));
  EXPECT_EQ(rank({"publish", "--version", "1"}).exit_code, 0);
  EXPECT_THAT(kettles(), ElementsAre("p2"));
}

TEST_F(RankingService, AnotherMomentCanBePreviewed) {
  write("friday.json",
        R"({"index": "products", "rules": [{"id": "bf", "when": {"from": "2126-11-29", "until": "2126-11-30"},
      "then": {"hide": ["p1"]}}]})");
  publish("friday.json");
  EXPECT_EQ(kettles().size(), 2U);
  EXPECT_THAT(ids(preview({{"q", "kettle"}, {"clock", "2126-11-29T00:01:00Z"}})), ElementsAre("p2"));
  EXPECT_THAT(refusal("?clock=2126-11-29"), HasSubstr("clock is for previews"));
}

TEST_F(RankingService, OfTwoPublishersOneIsTold) {
  publish("pin.json");
  const CommandResult late = rank({"publish", path("hide.json"), "--expect", "0"});
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_THAT(late.output, HasSubstr("ranking 1 is published, you started from 0"));
  std::vector<CommandResult> results(4);
  std::vector<std::thread> publishers;
  for (CommandResult& result : results) {
    publishers.emplace_back([&] { result = rank({"publish", path("hide.json"), "--expect", "1"}); });
  }
  for (std::thread& publisher : publishers) publisher.join();
  EXPECT_EQ(std::ranges::count(results, 0, &CommandResult::exit_code), 1);
}

TEST_F(RankingService, DiffShowsWhatADocumentChanges) {
  publish("pin.json");
  EXPECT_EQ(rank({"diff", path("pin.json")}).exit_code, 0);
  const CommandResult diff = rank({"diff", path("hide.json")});
  EXPECT_EQ(diff.exit_code, 1);
  EXPECT_THAT(diff.output, HasSubstr("- /rules/best-seller/then/pin/p2/position: 1"));
  EXPECT_THAT(diff.output, HasSubstr("+ /rules/recall/then/hide/0: \"p1\""));
  EXPECT_THAT(rank({"show", "products"}).output, HasSubstr("best-seller"));
}

TEST_F(RankingService, ProductsThatAreNotThereAreWarnedOf) {
  write("gone.json",
        R"({"index": "products", "rules": [{"id": "a", "when": {}, "then": {"hide": ["gone", "p1"]}}]})");
  const CommandResult done = rank({"publish", path("gone.json")});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_THAT(done.output, HasSubstr("warning: product \"gone\" is not in the index"));
  EXPECT_THAT(done.output, Not(HasSubstr("\"p1\"")));
}

TEST_F(RankingService, AGateRefusesWithItsFigures) {
  write("judged.csv", "query,product_id,grade\nkettle,p2,3\nkettle,p1,1\n");
  const std::vector<std::string> gate = {"--gate", path("judged.csv"), "--max-loss", "0.01"};
  std::vector<std::string> arguments = {"publish", path("hide.json")};
  arguments.insert(arguments.end(), gate.begin(), gate.end());
  const CommandResult refused = rank(arguments);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("not published: nDCG@10 falls from 1.0000 to"));
  EXPECT_EQ(search({})["view"]["ranking"], 0);
  const CommandResult figures = run_aisle(
      {"evaluate", "--admin", "http://127.0.0.1:" + std::to_string(aisle_->admin_port()), "--judgments",
       path("judged.csv"), "--ranking", path("hide.json"), "--compare", "0", "--json"});
  ASSERT_EQ(figures.exit_code, 0) << figures.output;
  const json result = json::parse(figures.output);
  EXPECT_EQ(result["compared_with"]["ndcg_10"]["mean"], 1.0);
  EXPECT_LT(result["ndcg_10"]["mean"], 0.95);
  EXPECT_EQ(result["worst"][0]["query"], "kettle");
}

class EvaluateCommand : public test::FileShopTest {};

TEST_F(EvaluateCommand, MeasuresSeveralSetsAndTellsWhatEachQueryFound) {
  write("one.csv", "query,product_id,grade\nkettle,p2,3\n");
  write("two.csv", "query,product_id,grade\nsteel,p1,3\ntrumpet,p1,1\n");
  const std::vector<std::string> place = {"--schema", path("schema.json"), "--data", path("measured")};
  std::vector<std::string> arguments = {"import", path("products.jsonl")};
  arguments.insert(arguments.end(), place.begin(), place.end());
  ASSERT_EQ(run_aisle(arguments).exit_code, 0);
  arguments = {"evaluate", "--judgments", path("one.csv"),       path("two.csv"), "--worst",
               "1",        "--answers",   path("answers.jsonl"), "--json"};
  arguments.insert(arguments.end(), place.begin(), place.end());
  const CommandResult done = run_aisle(arguments);
  ASSERT_EQ(done.exit_code, 0) << done.output;
  const std::size_t second = done.output.find('\n') + 1;
  const json one = json::parse(done.output.substr(0, second));
  const json two = json::parse(done.output.substr(second));
  EXPECT_EQ(one["set"], path("one.csv"));
  EXPECT_EQ(one["queries"], 1);
  EXPECT_EQ(two["queries"], 2);
  EXPECT_EQ(two["zero_hits"], 1);
  EXPECT_EQ(two["worst"].size(), 1U);
  EXPECT_EQ(two["worst"][0]["query"], "trumpet");
  std::istringstream lines(read_file(path("answers.jsonl")).value_or(""));
  std::vector<std::string> queries;
  for (std::string line; std::getline(lines, line);)
    queries.push_back(json::parse(line)["query"].get<std::string>());
  EXPECT_THAT(queries, ElementsAre("kettle", "steel", "trumpet"));
}

TEST_F(RankingService, ARebuildKeepsTheRankingAndRefusesASchemaThatLacksAField) {
  write("boost.json", R"({"index": "products", "profile": {"weights": {"brand": 7}}, "rules": [{"id": "a",
      "when": {"query": {"equals": "kettle"}}, "then": {"pin": [{"id": "p1", "position": 1}]}}]})");
  publish("boost.json");
  const json before = search({{"q", "kettle"}, {"explain", "true"}})["hits"];
  const std::string admin = "http://127.0.0.1:" + std::to_string(aisle_->admin_port());
  const CommandResult rebuilt = run_aisle({"reindex", "products", "--wait", "--admin", admin});
  ASSERT_EQ(rebuilt.exit_code, 0) << rebuilt.output;
  const json after = search({{"q", "kettle"}, {"explain", "true"}});
  EXPECT_EQ(after["view"]["generation"], 2);
  EXPECT_EQ(after["view"]["ranking"], 1);
  EXPECT_EQ(after["hits"], before);
  write("schema.json", R"({"index": "products", "fields": {"title": {"type": "text", "search": true}},
      "source": {"type": "file", "path": "products.jsonl"}})");
  const CommandResult refused = run_aisle({"reindex", "products", "--wait", "--admin", admin});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output,
              HasSubstr("the published ranking 1 does not fit the new schema: /profile/weights: the "
                        "schema has no field \"brand\""));
  EXPECT_EQ(search({{"q", "kettle"}})["view"]["generation"], 2);
}

TEST_F(RankingService, WhyIsAnsweredOverHttp) {
  publish("hide.json");
  const json why = search({{"q", "kettle"}, {"why", "p1"}})["why"];
  EXPECT_EQ(why["stage"], "hidden");
  EXPECT_EQ(why["rule"], "recall");
  EXPECT_EQ(search({{"q", "kettle"}, {"why", "p2"}})["why"]["rank"], 1);
}

}  // namespace
}  // namespace aisle
