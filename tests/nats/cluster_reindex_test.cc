// Rebuilding an index that several members serve.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "indexer/nats/log_garbage.h"
#include "indexer/nats/presence.h"
#include "server/commands/admin_client.h"
#include "tests/support/cluster_fixture.h"

namespace aisle::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class ClusterReindexTest : public ClusterFixture {
 protected:
  std::string admin_url(const std::string& name) {
    return "http://127.0.0.1:" + std::to_string(member(name).admin_port());
  }
  CommandResult command(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin", admin_url(name)});
    return run_aisle(arguments);
  }
  nlohmann::json reindex_of(const std::string& name) {
    const auto client = AdminClient::of({.url = admin_url(name), .config = ""});
    return client ? client->get(admin_path("products", "reindex")).value_or(nullptr) : nullptr;
  }
  std::string state_of_reindex(const std::string& name) {
    const nlohmann::json json = reindex_of(name);
    return json.is_object() ? json["state"].get<std::string>() : "";
  }
  // Which one it searches; a node that was passed over may lack the shards of others for a moment.
  std::uint32_t generation_at(const std::string& name) {
    return member(name).json("/v1/indexes")["indexes"][0]["generation"].get<std::uint32_t>();
  }
  std::vector<std::string> streams_of(std::uint32_t generation) {
    std::vector<std::string> names;
    const auto connection = NatsConnection::open({.urls = nats_->urls(), .name = "test"}).value();
    EXPECT_TRUE(eventually([&] { return connection->connected(); }));
    const auto found = find_garbage_streams(*connection, "test", "products",
                                            [&](std::uint32_t number) { return number != generation; });
    EXPECT_TRUE(found) << found.error().message;
    for (const GarbageStream& stream : found.value_or(std::vector<GarbageStream>()))
      names.push_back(stream.name);
    return names;
  }
};

// Searches one member until it is stopped, and counts.
class Searching {
 public:
  explicit Searching(AisleProcess& member)
      : thread_([this, port = member.port()](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            RawHttp connection(port);
            const auto answer = connection.ask(
                "GET /v1/indexes/products/search?q=kettle HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            (answer && answer->status == 200 ? full : failed) += 1;
          }
        }) {}
  std::atomic<int> full{0};
  std::atomic<int> failed{0};

 private:
  std::jthread thread_;
};

TEST_F(ClusterReindexTest, F60_TheSwitchWaitsForAllNodesAndOldLogsGo) {
  rollback_window_ = seconds(1);
  start_all({"index-1", "node-1"});
  for (const std::string name : {"node-2", "node-3"}) {
    start(name, {{"shards", {{"of", 2}, {"parts", {name == "node-2" ? 0 : 1}}}}});
  }
  ASSERT_TRUE(start("index-2").ready(seconds(60))) << member("index-2").log();
  for (const std::string name : {"node-2", "node-3"})
    ASSERT_TRUE(member(name).ready(seconds(60))) << member(name).log();
  ASSERT_TRUE(leads("index-1"));
  for (const std::string name : {"node-1", "index-2"}) {
    const CommandResult refused = command(name, {"reindex", "products"});
    EXPECT_NE(refused.exit_code, 0);
    EXPECT_THAT(refused.output,
                HasSubstr("this member does not feed index \"products\", index-1 does: ask there"));
  }
  const nlohmann::json before = answer_of("node-1", "kettle");
  EXPECT_EQ(streams_of(1).size(), 4U);

  // A node that hangs is waited for, and named, as long as what it said of itself holds.
  member("node-3").pause();
  const auto paused = std::chrono::steady_clock::now();
  Searching searching(member("node-1"));
  ASSERT_EQ(command("index-1", {"reindex", "products", "--shards", "3"}).exit_code, 0);
  const auto named = [&] {
    const nlohmann::json status = reindex_of("index-1");
    return status.is_object() && status["progress"]["waits_for"].get<std::string>().find(
                                     "node-3 has not opened generation 2") != std::string::npos;
  };
  const auto switched = [&] { return state_of_reindex("index-1") == "active"; };
  EXPECT_TRUE(eventually([&] { return named() || switched(); }, seconds(60)))
      << reindex_of("index-1").dump(2);
  if (switched()) {  // a slow machine
    const PresenceOptions presence;
    EXPECT_GE(std::chrono::steady_clock::now() - paused, presence.lifetime - presence.renewal);
  } else {
    EXPECT_EQ(generation_at("node-1"), 1U);
  }
  member("node-3").resume();
  EXPECT_TRUE(eventually([&] { return state_of_reindex("index-1") == "active"; }, seconds(60)))
      << member("index-1").log();
  for (const std::string name : {"node-1", "node-2", "node-3", "index-1", "index-2"}) {
    EXPECT_TRUE(eventually([&] { return generation_at(name) == 2U; })) << name << member(name).log();
    EXPECT_EQ(answer_of(name, "kettle")["hits"], before["hits"]) << name;
    EXPECT_EQ(answer_of(name, "kettle")["facets"], before["facets"]) << name;
  }
  EXPECT_GT(searching.full, 100);
  EXPECT_EQ(searching.failed, 0);
  EXPECT_TRUE(eventually([&] { return streams_of(1).empty(); }));
  EXPECT_EQ(streams_of(2).size(), 3U);
}

TEST_F(ClusterReindexTest, AnotherIndexerFinishesWhatALostOneBegan) {
  start("index-1", {}, {{"AISLE_FAULT", "reindex.opened"}});
  start("node-1");
  for (const std::string name : {"index-1", "node-1"})
    ASSERT_TRUE(member(name).ready(seconds(90))) << member(name).log();
  ASSERT_TRUE(start("index-2").ready(seconds(60))) << member("index-2").log();
  ASSERT_TRUE(leads("index-1"));
  command("index-1", {"reindex", "products", "--shards", "3"});  // may die before it answers
  EXPECT_TRUE(member("index-1").wait(seconds(60)));
  EXPECT_TRUE(eventually([&] { return state_of_reindex("index-2") == "active"; }, seconds(90)))
      << reindex_of("index-2").dump(2) << member("index-2").log();
  EXPECT_TRUE(eventually([&] { return generation_at("node-1") == 2U; }));
  EXPECT_EQ(answer_of("node-1", "")["total"], shop_->products().size());

  // Cancelling lets go of folders and logs, and the number is not given again.
  ASSERT_TRUE(start("index-1").ready(seconds(60))) << member("index-1").log();
  EXPECT_TRUE(eventually([&] { return state_of_reindex("index-1") == "active"; })) << "it hears of the end";
  member("index-1").kill();  // who feeds is settled
  member("node-1").pause();  // so that there is time
  ASSERT_EQ(command("index-2", {"reindex", "products"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return !streams_of(3).empty(); }));
  ASSERT_EQ(command("index-2", {"reindex", "cancel", "products"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return state_of_reindex("index-2") == "failed"; }, seconds(60)));
  EXPECT_TRUE(eventually([&] { return streams_of(3).empty(); }));
  member("node-1").resume();
  ASSERT_EQ(command("index-2", {"reindex", "products", "--wait"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return generation_at("node-1") == 4U; }));
}

}  // namespace
}  // namespace aisle::test
