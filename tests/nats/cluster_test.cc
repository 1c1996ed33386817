// A whole cluster of real processes: nats-server, PostgreSQL with the sample shop, indexers and query nodes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>

#include "tests/support/aisle_process.h"
#include "tests/support/cluster_rig.h"
#include "tests/support/demo_shop.h"
#include "tests/support/eventually.h"
#include "tests/support/nats_servers.h"

namespace aisle::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds takeover_max{15};

class ClusterTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& why : {NatsServers::unavailable(), DemoShop::unavailable()}) {
      if (!why.empty()) GTEST_SKIP() << why;
    }
    nats_ = std::make_unique<NatsServers>();
    shop_ = std::make_unique<DemoShop>();
  }
  void TearDown() override {
    members_.clear();
    shop_.reset();
  }

  // `name` begins with "index" or "node"; `more` is added to its place in the cluster.
  AisleProcess& start(const std::string& name, const nlohmann::json& more = nlohmann::json::object()) {
    nlohmann::json config = {
        {"data_dir", name},
        {"indexes",
         {{{"schema", AISLE_SOURCE_DIR "/data/demo/products.json"}, {"connection", shop_->conninfo()}, {"shards", 4}}}},
        {"cluster",
         {{"name", "test"}, {"self", name}, {"nats", nats_->urls()}, {"listen", {{"port", 0}}}, {"drain_s", 0}}}};
    config["cluster"].update(more);
    const std::filesystem::path file = config_of(name);
    std::ofstream(file) << config.dump(2);
    members_.erase(name);
    auto process = std::make_unique<AisleProcess>(std::vector<std::string>{"--config", file.string()}, Environment{},
                                                  name.starts_with("index") ? "index" : "serve");
    return *members_.emplace(name, std::move(process)).first->second;
  }
  std::filesystem::path config_of(const std::string& name) const { return folder_.path() / (name + ".json"); }
  AisleProcess& member(const std::string& name) { return *members_.at(name); }

  void start_all(const std::vector<std::string>& names) {
    for (const std::string& name : names) start(name);
    for (const std::string& name : names) ASSERT_TRUE(member(name).ready(seconds(90))) << member(name).log();
  }

  nlohmann::json cluster_nodes() {
    const CommandResult result = run_aisle({"cluster", "status", "--json", "--config", config_of("node-1").string()});
    const auto json = nlohmann::json::parse(result.output, nullptr, false);
    return json.is_object() ? json["nodes"] : nlohmann::json::array();
  }
  // What is said of a killed member stays for a while.
  bool leads(const std::string& name) {
    return eventually([&] {
      const nlohmann::json nodes = cluster_nodes();
      return std::ranges::any_of(nodes, [&](const auto& node) { return node["node"] == name && node["leading"] == true; });
    }, seconds(20));
  }
  static std::uint64_t number(const std::string& text) {
    const std::size_t slash = text.find('/');
    return std::strtoull(text.c_str(), nullptr, 16) << 32U | std::strtoull(text.c_str() + slash + 1, nullptr, 16);
  }
  // Waits until the member has everything that is committed now.
  testing::AssertionResult catches_up(const std::string& name, seconds patience = seconds(60)) {
    const std::uint64_t end = number(shop_->session().value("SELECT pg_current_wal_lsn()"));
    nlohmann::json status;
    const bool done = eventually(
        [&] {
          const RawResponse answer = member(name).get("/v1/indexes");
          if (answer.status != 200) return false;
          status = nlohmann::json::parse(answer.body)["indexes"][0];
          return number(status["lsn"].get<std::string>()) >= end;
        },
        patience);
    return done ? testing::AssertionSuccess()
                : testing::AssertionFailure() << name << " is not at " << end << ": " << status.dump(2);
  }
  // Touches rows, so that every shard gets something.
  void change_prices(int price) {
    shop_->session().exec(fmt::format("UPDATE prices SET price = {0}, list_price = {0} WHERE product_id % 97 = 1", price));
  }
  nlohmann::json answer_of(const std::string& name, const std::string& q) {
    return member(name).search("products", {{"q", q}, {"facets", "brand,price"}, {"per_page", "50"}});
  }
  // Without what the time of asking decides.
  nlohmann::json answer_to(const std::string& name, const std::string& target) {
    nlohmann::json answer = comparable(member(name).get(target));
    if (answer.is_object()) answer.erase("view");
    return answer;
  }
  // The same ids, order, scores and facets everywhere.
  void expect_equal_answers(const std::vector<std::string>& names) {
    for (const std::string q : {"kettle", "wireles headphnes", "cable", ""}) {
      nlohmann::json first = answer_of(names.front(), q);
      for (const std::string& name : names) {
        nlohmann::json other = answer_of(name, q);
        EXPECT_EQ(first["total"], other["total"]) << name << " " << q;
        EXPECT_EQ(first["facets"], other["facets"]) << name << " " << q;
        EXPECT_EQ(first["hits"], other["hits"]) << name << " " << q;
      }
    }
  }
  // By shard: seq and chain of what is on disk, of all members that have the active generation.
  std::map<std::string, std::vector<std::string>> chains() {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& node : cluster_nodes()) {
      for (const auto& shard : node["indexes"][0]["generations"][0]["shards"]) {
        found[node["node"].get<std::string>()].push_back(shard["durable"].dump() + " " + shard["chain"].get<std::string>());
      }
    }
    return found;
  }
  testing::AssertionResult one_history() {
    std::map<std::string, std::vector<std::string>> all;
    const bool same = eventually(
        [&] {
          all = chains();
          return !all.empty() && std::ranges::all_of(all, [&](const auto& node) {
            return node.second == all.begin()->second;
          });
        },
        seconds(20));
    return same ? testing::AssertionSuccess() : testing::AssertionFailure() << nlohmann::json(all).dump(2);
  }

  TemporaryFolder folder_;
  std::unique_ptr<NatsServers> nats_;
  std::unique_ptr<DemoShop> shop_;
  std::map<std::string, std::unique_ptr<AisleProcess>> members_;
};

TEST_F(ClusterTest, NodesFollowAnIndexerAndAStandbyTakesOver) {
  start_all({"index-1", "node-1", "node-2"});
  ASSERT_TRUE(start("index-2").ready(seconds(60))) << member("index-2").log();
  EXPECT_TRUE(catches_up("node-1"));
  EXPECT_TRUE(catches_up("node-2"));
  const auto truth = shop_->products();
  EXPECT_EQ(answer_of("node-1", "")["total"], truth.size());
  expect_equal_answers({"node-1", "node-2"});
  EXPECT_TRUE(one_history());
  ASSERT_TRUE(leads("index-1"));

  // kill -9 of the leader, in the middle of changes
  change_prices(11);
  member("index-1").kill();
  const auto killed = std::chrono::steady_clock::now();
  change_prices(22);
  EXPECT_TRUE(catches_up("node-1", takeover_max));
  RecordProperty("takeover_ms", static_cast<int>((std::chrono::steady_clock::now() - killed) / milliseconds(1)));
  EXPECT_TRUE(catches_up("node-2"));
  EXPECT_TRUE(leads("index-2"));
  expect_equal_answers({"node-1", "node-2"});
  EXPECT_EQ(answer_of("node-2", "")["total"], truth.size());
  const nlohmann::json cheap = member("node-1").search("products", {{"filter", "price = 22"}});
  EXPECT_EQ(cheap["total"].dump(), shop_->session().value(
      "SELECT count(DISTINCT product_id) FROM prices WHERE product_id % 97 = 1"));

  // a new, empty node joins
  ASSERT_TRUE(start("node-3").ready(seconds(60))) << member("node-3").log();
  EXPECT_NE(member("node-3").log().find("base.fetched"), std::string::npos);
  EXPECT_TRUE(catches_up("node-3"));
  expect_equal_answers({"node-1", "node-2", "node-3"});
  EXPECT_TRUE(one_history());
}

// Every shard on two of three nodes.
TEST_F(ClusterTest, MembersFindEachOtherAndSearchEachOthersShards) {
  start("index-1");
  const std::vector<std::string> names = {"node-1", "node-2", "node-3"};
  for (int i = 0; i < 3; ++i) {
    start(names[static_cast<std::size_t>(i)], {{"shards", {{"of", 3}, {"parts", {i, (i + 1) % 3}}}}});
  }
  for (const std::string name : {"index-1", "node-1", "node-2", "node-3"}) {
    ASSERT_TRUE(member(name).ready(seconds(120))) << member(name).log();
    ASSERT_TRUE(catches_up(name));
  }
  for (const std::string& name : names) {
    ASSERT_TRUE(eventually([&] { return metric(member(name), "aisle_fanout_nodes") == 2; })) << name;
  }
  ClusterRig shoppers;
  ASSERT_EQ(shoppers.prepare(), "");
  const std::vector<std::string> targets = shoppers.targets(1000);
  std::vector<nlohmann::json> expected;
  for (const std::string& target : targets) expected.push_back(answer_to("index-1", target));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ASSERT_EQ(answer_to(names[i % 3], targets[i]), expected[i]) << targets[i] << " at " << names[i % 3];
  }
  EXPECT_EQ(metric(member("index-1"), "aisle_fanout_calls_total"), 0) << "it has all shards";
  EXPECT_GT(metric(member("node-1"), "aisle_fanout_calls_total"), 300);

  member("node-3").kill();
  for (std::size_t i = 0; i < 300; ++i) {
    ASSERT_EQ(answer_to(names[i % 2], targets[i]), expected[i]) << targets[i] << " at " << names[i % 2];
  }
  EXPECT_GT(metric(member("node-1"), "aisle_fanout_ejections_total"), 0);
  EXPECT_TRUE(eventually([&] { return metric(member("node-1"), "aisle_fanout_nodes") == 1; }));

  // It comes back elsewhere and is found; nobody is left for a third of the shards without it.
  start("node-3", {{"shards", {{"of", 3}, {"parts", {2, 0}}}}});
  ASSERT_TRUE(member("node-3").ready(seconds(60))) << member("node-3").log();
  EXPECT_TRUE(eventually([&] { return metric(member("node-1"), "aisle_fanout_nodes") == 2; }));
  EXPECT_TRUE(eventually([&] { return answer_to("node-3", targets[0]) == expected[0]; }));
  member("node-2").kill();
  EXPECT_TRUE(eventually([&] { return answer_to("node-1", targets[0]) == expected[0]; }));
}

TEST_F(ClusterTest, AStoppedLeaderIsReplacedAndRefusedWhenItComesBack) {
  start_all({"index-1", "node-1"});
  ASSERT_TRUE(start("index-2").ready(seconds(60))) << member("index-2").log();
  EXPECT_TRUE(catches_up("node-1"));
  ASSERT_TRUE(leads("index-1"));
  member("index-1").signal(SIGSTOP);
  change_prices(33);
  EXPECT_TRUE(catches_up("node-1", takeover_max));
  member("index-1").signal(SIGCONT);
  change_prices(44);
  EXPECT_TRUE(catches_up("node-1"));
  EXPECT_TRUE(leads("index-2"));
  EXPECT_TRUE(catches_up("index-1"));
  EXPECT_TRUE(one_history());
}

TEST_F(ClusterTest, SearchesGoOnWithoutJetStreamAndPostgreSql) {
  start_all({"index-1", "node-1"});
  EXPECT_TRUE(catches_up("node-1"));
  const nlohmann::json before = answer_of("node-1", "kettle");
  nats_->kill_all();
  PostgresServer::shared().stop("immediate");
  EXPECT_TRUE(eventually([&] { return answer_of("node-1", "kettle")["view"].contains("control_plane"); }));
  EXPECT_EQ(answer_of("node-1", "kettle")["hits"], before["hits"]);
  EXPECT_EQ(member("node-1").get("/readyz").status, 200);
  // a node that starts now serves what it has on disk
  member("node-1").kill();
  ASSERT_TRUE(start("node-1").ready(seconds(60))) << member("node-1").log();
  EXPECT_EQ(answer_of("node-1", "kettle")["hits"], before["hits"]);
  EXPECT_EQ(answer_of("node-1", "kettle")["view"]["control_plane"], "stale");
  PostgresServer::shared().start();
  nats_->start_all();
  shop_->reconnect();
  change_prices(55);
  EXPECT_TRUE(catches_up("node-1"));
  EXPECT_TRUE(eventually([&] { return !answer_of("node-1", "kettle")["view"].contains("control_plane"); }));
}

TEST_F(ClusterTest, AJetStreamThatLostAllItsDataIsFilledAgain) {
  start_all({"index-1", "node-1"});
  EXPECT_TRUE(catches_up("node-1"));
  const nlohmann::json before = answer_of("node-1", "kettle");
  nats_->kill_all();
  nats_->wipe_data();
  nats_->start_all();
  change_prices(66);
  EXPECT_TRUE(catches_up("node-1"));
  EXPECT_EQ(answer_of("node-1", "kettle")["total"], before["total"]);
  EXPECT_NE(member("index-1").log().find("log.new_epoch"), std::string::npos);
  EXPECT_TRUE(one_history());
}

}  // namespace
}  // namespace aisle::test
