// Members that come, go, hang and find each other.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>

#include "indexer/shard_reader.h"
#include "indexer/shard_store.h"
#include "tests/support/cluster_fixture.h"

namespace aisle::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds takeover_max{15};

using ClusterTest = ClusterFixture;

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
  RecordProperty("takeover_ms",
                 static_cast<int>((std::chrono::steady_clock::now() - killed) / milliseconds(1)));
  EXPECT_TRUE(catches_up("node-2"));
  EXPECT_TRUE(leads("index-2"));
  expect_equal_answers({"node-1", "node-2"});
  EXPECT_EQ(answer_of("node-2", "")["total"], truth.size());
  const nlohmann::json cheap = member("node-1").search("products", {{"filter", "price = 22"}});
  EXPECT_EQ(
      cheap["total"].dump(),
      shop_->session().value("SELECT count(DISTINCT product_id) FROM prices WHERE product_id % 97 = 1"));

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
  std::vector<std::string> targets = shoppers.targets(1000);
  std::vector<nlohmann::json> expected;
  for (const std::string& target : targets) expected.push_back(answer_to("index-1", target));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ASSERT_EQ(answer_to(names[i % 3], targets[i]), expected[i]) << targets[i] << " at " << names[i % 3];
  }
  EXPECT_EQ(metric(member("index-1"), "aisle_fanout_calls_total"), 0) << "it has all shards";
  EXPECT_GT(metric(member("node-1"), "aisle_fanout_calls_total"), 300);

  // Who reads what it wrote finds it wherever it lies, and at once.
  change_prices(88);
  const std::string written = shop_->session().value("SELECT pg_current_wal_lsn()");
  const std::string changed =
      shop_->session().value("SELECT count(DISTINCT product_id) FROM prices WHERE product_id % 97 = 1");
  for (const std::string& name : names) {
    const nlohmann::json answer = member(name).search(
        "products", {{"filter", "price = 88"}, {"min_lsn", written}, {"wait_ms", "5000"}});
    EXPECT_EQ(answer["total"].dump(), changed) << name;
    EXPECT_GE(number(answer["view"]["as_of_lsn"].get<std::string>()), number(written)) << name;
  }
  for (std::string& target : targets) target += "&min_lsn=" + url_encoded(written) + "&wait_ms=5000";
  for (std::size_t i = 0; i < 300; ++i) expected[i] = answer_to("index-1", targets[i]);

  member("node-3").kill();
  for (std::size_t i = 0; i < 300; ++i) {
    ASSERT_EQ(answer_to(names[i % 2], targets[i]), expected[i]) << targets[i] << " at " << names[i % 2];
  }
  EXPECT_TRUE(eventually([&] { return metric(member("node-1"), "aisle_fanout_nodes") == 1; }));

  // It comes back elsewhere and is found; nobody is left for a third of the shards without it.
  start("node-3", {{"shards", {{"of", 3}, {"parts", {2, 0}}}}});
  ASSERT_TRUE(member("node-3").ready(seconds(60))) << member("node-3").log();
  EXPECT_TRUE(eventually([&] { return metric(member("node-1"), "aisle_fanout_nodes") == 2; }));
  EXPECT_TRUE(eventually([&] { return answer_to("node-3", targets[0]) == expected[0]; }));
  member("node-2").kill();
  EXPECT_TRUE(eventually([&] { return answer_to("node-1", targets[0]) == expected[0]; }));
}

TEST_F(ClusterTest, ACopyThatDiffersIsFoundAndReplaced) {
  const nlohmann::json often = {{"check_interval_s", 1}};
  start("index-1", often);
  for (const std::string name : {"node-1", "node-2"}) start(name, often);
  for (const std::string name : {"index-1", "node-1", "node-2"}) {
    ASSERT_TRUE(member(name).ready(seconds(90))) << member(name).log();
    ASSERT_TRUE(catches_up(name));
  }
  ASSERT_EQ(member("node-2").stop(), 0);
  {  // a price that nobody changed
    const std::filesystem::path folder = folder_.path() / "node-2" / "products" / "generation-1" / "shard-0";
    const auto schema = IndexSchema::load(AISLE_SOURCE_DIR "/data/demo/products.json").value();
    const auto store = ShardStore::open(folder, schema).value();
    Op op;
    op.kind = OpKind::SetNumbers;
    op.id = read_shard_ids(folder, "", 1).value().front();
    op.numbers = {{schema->find("price")->number, 1}};
    ASSERT_TRUE(store->apply(op));
    ASSERT_TRUE(store->commit(store->position()));
  }
  ASSERT_TRUE(start("node-2", often).ready(seconds(60))) << member("node-2").log();
  EXPECT_NE(answer_of("node-2", "")["facets"]["price"], answer_of("node-1", "")["facets"]["price"])
      << "shoppers see the damage";
  EXPECT_TRUE(eventually([&] {
    change_prices(77);  // the log goes on
    return member("node-2").log().find("shard.differs") != std::string::npos;
  }));
  EXPECT_TRUE(eventually([&] { return member("node-2").log().find("base.fetched") != std::string::npos; }));
  EXPECT_EQ(member("node-1").log().find("shard.differs"), std::string::npos);
  EXPECT_TRUE(eventually(
      [&] { return metric(member("node-1"), "aisle_cluster_differing_copies{index=\"products\"}") == 0; }));
  // installed a moment after it came
  EXPECT_TRUE(
      eventually([&] { return answer_of("node-2", "")["facets"] == answer_of("node-1", "")["facets"]; }));
  ASSERT_TRUE(catches_up("node-2"));
  expect_equal_answers({"node-1", "node-2"});
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
  EXPECT_TRUE(eventually([&] { return !said_to_lead("index-1"); }, seconds(20)))
      << "it does not notice that another feeds";
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

// The end of the log and what the indexer had of it are lost, and PostgreSQL was told that it may forget it.
TEST_F(ClusterTest, AnIndexerThatFellBehindTakesTheCopyOfANode) {
  const std::filesystem::path home = folder_.path() / "index-1";
  start_all({"index-1", "node-1", "node-2"});
  EXPECT_TRUE(catches_up("node-1"));
  member("index-1").kill();
  nats_->kill_all();
  nats_->save_data("early");
  std::filesystem::copy(home, folder_.path() / "early", std::filesystem::copy_options::recursive);
  nats_->start_all();
  ASSERT_TRUE(start("index-1").ready(seconds(60))) << member("index-1").log();
  change_prices(91);
  for (const std::string name : {"node-1", "node-2"}) EXPECT_TRUE(catches_up(name));
  const nlohmann::json before =
      answer_to("node-1", "/v1/indexes/products/search?filter=" + url_encoded("price = 91"));
  EXPECT_GT(before["total"], 0);
  member("index-1").kill();
  nats_->kill_all();
  nats_->restore_data("early");
  std::filesystem::remove_all(home);
  std::filesystem::rename(folder_.path() / "early", home);
  nats_->start_all();
  ASSERT_TRUE(start("index-1").ready(seconds(60))) << member("index-1").log();
  EXPECT_TRUE(eventually([&] { return member("index-1").log().find("log.new_epoch") != std::string::npos; },
                         seconds(60)))
      << member("index-1").log();
  EXPECT_NE(member("index-1").log().find("base.fetched"), std::string::npos);
  change_prices(92);
  for (const std::string name : {"node-1", "node-2"}) EXPECT_TRUE(catches_up(name));
  EXPECT_TRUE(one_history());
  expect_equal_answers({"index-1", "node-1", "node-2"});
  const nlohmann::json after =
      answer_to("node-1", "/v1/indexes/products/search?filter=" + url_encoded("price = 92"));
  EXPECT_EQ(after["total"], before["total"]);
}

}  // namespace
}  // namespace aisle::test
