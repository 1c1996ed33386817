// A search over nodes: the same answers as on one, and what a shopper notices when a node dies, hangs or
// lacks the view. The measured runs, longer and with figures, are tests/bench/cluster_faults.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cluster_rig.h"
#include "tests/support/eventually.h"
#include "tests/support/paced_load.h"

namespace aisle::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr int per_second = 200;

// Every shard on two of three nodes at least, none on all but the second.
const std::vector<RigNode> three_nodes = {{"a", {0, 1, 2}, 0}, {"b", {1, 2, 3}, 0}, {"c", {0, 2, 3}, 0}};

class ClusterSearch : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = rig_.prepare();
    if (!why.empty()) GTEST_SKIP() << why;
  }
  std::vector<std::uint16_t> ports_of_a_and_b() { return {rig_.node(0).port(), rig_.node(1).port()}; }
  // Until both have asked others often enough to know them.
  void warm_up() {
    for (const std::string& target : rig_.targets(120)) {
      ASSERT_EQ(rig_.node(0).get(target).status, 200);
      ASSERT_EQ(rig_.node(1).get(target).status, 200);
    }
  }
  static std::vector<LoadSample> begun_after(std::vector<LoadSample> samples,
                                             std::chrono::steady_clock::time_point time) {
    std::erase_if(samples, [&](const LoadSample& sample) { return sample.begun < time; });
    return samples;
  }
  RawResponse ask_internal(std::size_t node, const std::string& headers) {
    RawHttp connection(rig_.description(node).port);
    const auto answer = connection.ask(post_request("/internal/v1/indexes/products/count", "", headers));
    return answer.value_or(RawResponse());
  }

  ClusterRig rig_;
};

TEST_F(ClusterSearch, OneShardFourShardsAndThreeNodesGiveTheSameAnswers) {
  std::vector<std::string> targets = rig_.targets(1000);
  for (std::size_t i = 0; i < 1000; i += 5) {  // suggestions while the first word, or half of it, is typed
    const std::size_t begin = targets[i].find("?q=") + 3;
    const std::size_t end = std::min(targets[i].find_first_of("&%", begin), targets[i].size());
    const std::string word = targets[i].substr(begin, end - begin);
    targets.push_back("/v1/indexes/products/suggest?q=" + word.substr(0, (word.size() + 1) / 2));
    targets.push_back("/v1/indexes/products/suggest?q=" + word + "%20");
  }
  std::vector<nlohmann::json> expected;
  {
    const auto alone = rig_.serve_alone(1);
    for (const std::string& target : targets) expected.push_back(comparable(alone->get(target)));
  }
  {
    const auto alone = rig_.serve_alone(ClusterRig::shards);
    for (std::size_t i = 0; i < targets.size(); ++i)
      ASSERT_EQ(comparable(alone->get(targets[i])), expected[i]) << targets[i];
  }
  rig_.start(three_nodes);
  std::size_t found = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ASSERT_EQ(expected[i]["status"], 200) << targets[i];
    const nlohmann::json& some = expected[i];
    found += (some.contains("total") ? some["total"] > 0 : !some["suggestions"].empty()) ? 1U : 0U;
    ASSERT_EQ(comparable(rig_.node(i % 3).get(targets[i])), expected[i])
        << targets[i] << " at node " << i % 3;
  }
  EXPECT_GT(found, targets.size() / 2);
  EXPECT_GT(metric(rig_.node(0), "aisle_fanout_calls_total"), 300);
  EXPECT_EQ(rig_.node(0).product("products", "10843"), rig_.node(2).product("products", "10843"));
  EXPECT_EQ(rig_.node(0).get("/v1/indexes/products/products/nobody").status, 404);
}

TEST_F(ClusterSearch, AKilledNodeIsNotNoticedByShoppers) {
  rig_.start(three_nodes, R"({"time_hard_ms": 3000})");
  warm_up();
  PacedLoad load(ports_of_a_and_b(), rig_.targets(400), per_second);
  ASSERT_TRUE(eventually([&] { return load.samples().size() >= per_second; }));
  rig_.node(2).kill();
  const auto killed = std::chrono::steady_clock::now();
  // Within a second on a quiet machine: tests/bench/cluster_faults.py measures it.
  EXPECT_TRUE(eventually([&] { return metric(rig_.node(0), "aisle_fanout_ejections_total") > 0; }));
  ASSERT_TRUE(eventually([&] { return begun_after(load.samples(), killed).size() >= 4 * per_second; }));
  load.stop();
  const std::vector<LoadSample> samples = load.samples();
  const auto full = std::ranges::count_if(samples, &LoadSample::full);
  EXPECT_GE(static_cast<double>(full), 0.999 * static_cast<double>(samples.size()))
      << full << " of " << samples.size();
}

TEST_F(ClusterSearch, AStoppedNodeCostsTimeForTwoSecondsAtMost) {
  rig_.start(three_nodes, R"({"time_hard_ms": 3000})");
  warm_up();
  PacedLoad load(ports_of_a_and_b(), rig_.targets(400), per_second);
  ASSERT_TRUE(eventually([&] { return load.samples().size() >= 2 * per_second; }));
  const milliseconds healthy = percentile(load.samples(), 0.99);
  rig_.node(2).pause();
  const auto settled = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  ASSERT_TRUE(eventually([&] { return begun_after(load.samples(), settled).size() >= 2 * per_second; }));
  load.stop();
  rig_.node(2).resume();
  const std::vector<LoadSample> samples = load.samples();
  EXPECT_GE(static_cast<double>(std::ranges::count_if(samples, &LoadSample::full)),
            0.999 * static_cast<double>(samples.size()));
  EXPECT_LE(percentile(begun_after(samples, settled), 0.99), 2 * healthy + milliseconds(50))
      << "healthy " << healthy.count() << " ms";
  // It comes back by itself, whether it was ejected or, its calls being raced by others, only doubted.
  for (const std::string& target : rig_.targets(50)) ASSERT_EQ(rig_.node(0).get(target).status, 200);
}

TEST_F(ClusterSearch, AMissingShardIsAnErrorUnlessLessIsAllowed) {
  rig_.start(three_nodes);
  warm_up();
  rig_.node(1).kill();
  rig_.node(2).kill();  // nobody is left with shard 3
  const std::string target = "/v1/indexes/products/search?q=kettle&facets=brand";
  const RawResponse refused = rig_.node(0).get(target);
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"shard_unavailable\""));
  EXPECT_THAT(refused.body, HasSubstr("shards 3 of 4 do not answer"));
  const RawResponse partial = rig_.node(0).get(target + "&min_coverage=0.5");
  ASSERT_EQ(partial.status, 200) << partial.body;
  const auto json = nlohmann::json::parse(partial.body);
  EXPECT_GT(json["coverage"], 0.7);
  EXPECT_LT(json["coverage"], 0.8);
  EXPECT_EQ(std::stod(partial.headers.at("x-search-coverage")), json["coverage"].get<double>());
  EXPECT_EQ(partial.headers.at("cache-control"), "no-store");
  EXPECT_GT(json["total"], 0);
  EXPECT_EQ(rig_.node(0).get(target + "&min_coverage=0.8").status, 503);
  EXPECT_EQ(rig_.node(0).get(target + "&min_coverage=1.1").status, 400);
}

TEST_F(ClusterSearch, HangingNodesDoNotHoldARequestBeyondItsTime) {
  rig_.start(three_nodes, R"({"time_hard_ms": 400})");
  warm_up();
  rig_.node(1).pause();
  rig_.node(2).pause();
  const std::string target = "/v1/indexes/products/search?q=kettle";
  for (const std::string more : {"", "&min_coverage=0.5"}) {
    const auto begin = std::chrono::steady_clock::now();
    const RawResponse answer = rig_.node(0).get(target + more);
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(answer.status, more.empty() ? 503 : 200) << answer.body;
    EXPECT_LT(took, milliseconds(1000));
  }
  rig_.node(1).resume();
  rig_.node(2).resume();
}

TEST_F(ClusterSearch, ANodeWithAnotherViewIsPassedOver) {
  rig_.give_other_data("c");
  rig_.start(three_nodes);
  const auto alone = rig_.serve_alone(ClusterRig::shards);
  for (const std::string& target : rig_.targets(200))
    ASSERT_EQ(comparable(rig_.node(0).get(target)), comparable(alone->get(target))) << target;
  EXPECT_GT(metric(rig_.node(0), "aisle_fanout_not_here_total"), 0);
  EXPECT_EQ(metric(rig_.node(0), "aisle_fanout_ejections_total"), 0);
}

TEST_F(ClusterSearch, InternalRoutesSayWhatTheyLack) {
  rig_.start(three_nodes);
  const std::string deadline = "X-Aisle-Deadline-Ms: 100\r\n";
  const RawResponse generation =
      ask_internal(0, deadline + "X-Aisle-View: 0.99.0.4.abc\r\nX-Aisle-Shards: 0\r\n");
  EXPECT_EQ(generation.status, 421);
  EXPECT_THAT(generation.body, HasSubstr("\"not_here\""));
  const RawResponse statistics =
      ask_internal(0, deadline + "X-Aisle-View: 0.1.0.4.abc\r\nX-Aisle-Shards: 0\r\n");
  EXPECT_EQ(statistics.status, 421);
  EXPECT_THAT(statistics.body, HasSubstr("view 0.1.0.4.abc is not here, but 0.1.0.4."));
  EXPECT_EQ(ask_internal(0, deadline + "X-Aisle-View: 0.1.0.4\r\nX-Aisle-Shards: 0\r\n").status, 400);
  EXPECT_EQ(ask_internal(0, deadline + "X-Aisle-View: 0.1.0.4.abc\r\nX-Aisle-Shards: 4\r\n").status, 400);
  EXPECT_EQ(ask_internal(0, "X-Aisle-View: 0.1.0.4.abc\r\nX-Aisle-Shards: 0\r\n").status, 400);
}

}  // namespace
}  // namespace aisle::test
