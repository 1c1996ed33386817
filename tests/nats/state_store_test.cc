// State, ranking versions and presence in JetStream key-value buckets, against real nats-servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "indexer/nats/jetstream_state_store.h"
#include "indexer/nats/presence.h"
#include "tests/support/eventually.h"
#include "tests/support/log_rig.h"
#include "tests/support/nats_servers.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::eventually;
using testing::ElementsAre;

IndexState state_of(std::uint32_t generation) {
  IndexState state;
  state.active = {generation, 4, "0123456789abcdef", 1};
  return state;
}

class StateStoreTest : public test::NatsTest {
 protected:
  std::unique_ptr<JetStreamStateStore> open(const std::string& node) { return open(connection_, node); }
  std::unique_ptr<JetStreamStateStore> open(const std::shared_ptr<NatsConnection>& connection,
                                            const std::string& node) {
    auto store = JetStreamStateStore::open(
        connection, {.cluster = cluster_, .index = "shop", .folder = folder_.path() / node});
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }

  const std::string cluster_ = "c" + std::to_string(number_);
  test::TemporaryFolder folder_;
};

TEST_F(StateStoreTest, OfTwoWritersOneIsTold) {
  const auto one = open("one");
  const auto two = open("two");
  EXPECT_EQ(one->read().value(), std::nullopt);
  const auto first = one->replace(0, state_of(1));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->version, 1U);
  EXPECT_EQ(two->replace(0, state_of(2)).error().code, ErrorCode::Conflict);
  std::atomic<int> won = 0;
  std::atomic<int> told = 0;
  {
    std::vector<std::jthread> writers;
    for (JetStreamStateStore* store : {one.get(), two.get()}) {
      writers.emplace_back([&, store] {
        const auto next = store->replace(1, state_of(7));
        ++(next ? won : told);
        EXPECT_TRUE(next || next.error().code == ErrorCode::Conflict) << next.error().message;
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(told, 1);
}

TEST_F(StateStoreTest, AChangeReachesAnotherNodeAndItsDisk) {
  const auto one = open("one");
  const auto two = open("two");
  ASSERT_TRUE(one->replace(0, state_of(1)));
  const auto heard = two->wait(0, Deadline::after(seconds(10)));
  ASSERT_TRUE(heard && *heard);
  EXPECT_EQ((*heard)->active.number, 1U);
  EXPECT_EQ(decode_state(read_file(folder_.path() / "two/state.json").value()).value(), **heard);
  EXPECT_EQ(two->wait(1, Deadline::after(milliseconds(50))).value(), std::nullopt);
}

TEST_F(StateStoreTest, AnOlderStateIsIgnoredAndTheNextChangeHealsIt) {
  const auto one = open("one");
  IndexState state = one->replace(0, state_of(1)).value();
  state = one->replace(1, state_of(2)).value();
  KvBucket bucket(connection_, {.name = "aisle-" + cluster_ + "-state"});
  IndexState older = state_of(9);
  older.version = 1;
  older.change_id = "old";
  ASSERT_TRUE(bucket.put("shop", encode_state(older)));
  EXPECT_FALSE(eventually([&] { return one->read().value()->active.number == 9; }, milliseconds(500)));
  EXPECT_EQ(one->replace(2, state_of(3)).value().version, 3U);
  EXPECT_TRUE(eventually([&] { return decode_state((*bucket.get("shop"))->value)->active.number == 3; }));
}

TEST_F(StateStoreTest, WithoutJetStreamTheCopyServes) {
  open("one")->replace(0, state_of(4)).value();
  const auto nowhere = NatsConnection::open({.urls = {"nats://127.0.0.1:1"}, .name = "test"}).value();
  const auto store = open(nowhere, "one");
  EXPECT_EQ(store->read().value()->active.number, 4U);
  EXPECT_FALSE(store->fresh());
  EXPECT_EQ(store->replace(1, state_of(5)).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(open(nowhere, "empty")->read().error().code, ErrorCode::Unavailable)
      << "knowing nothing is not knowing that there is nothing";
  const auto fresh = open("one");
  EXPECT_TRUE(eventually([&] { return fresh->fresh(); }));
}

TEST_F(StateStoreTest, ALostBucketIsFilledAgainFromACopy) {
  open("one")->replace(0, state_of(4)).value();
  const std::string other = cluster_ + "-new";
  const auto store = JetStreamStateStore::open(
      connection_, {.cluster = other, .index = "shop", .folder = folder_.path() / "one"});
  ASSERT_TRUE(store);
  const auto elsewhere = JetStreamStateStore::open(
      connection_, {.cluster = other, .index = "shop", .folder = folder_.path() / "two"});
  const auto heard = (*elsewhere)->wait(0, Deadline::after(seconds(10)));
  ASSERT_TRUE(heard && *heard);
  EXPECT_EQ((*heard)->active.number, 4U);
}

TEST_F(StateStoreTest, RankingVersionsAreWrittenOnceAndReadEverywhere) {
  const auto one = open("one");
  const auto two = open("two");
  ASSERT_TRUE(one->add_ranking(1, "{\"a\":1}"));
  EXPECT_EQ(two->add_ranking(1, "{\"b\":1}").error().code, ErrorCode::Conflict);
  ASSERT_TRUE(two->add_ranking(10, "{}"));
  EXPECT_EQ(two->ranking(1).value(), "{\"a\":1}");
  EXPECT_EQ(one->ranking(2).error().code, ErrorCode::NotFound);
  EXPECT_THAT(one->rankings().value(), ElementsAre(1, 10));
}

NodePresence node(const std::string& name) {
  return {.node = name,
          .address = "http://127.0.0.1:1",
          .role = "serve",
          .version = "1",
          .shards = {3, {0, 2}},
          .indexes = {}};
}

TEST_F(StateStoreTest, NodesFindEachOtherAndSeeOneLeave) {
  std::atomic<bool> draining = false;
  const auto describe = [&] {
    NodePresence one = node("one");
    one.draining = draining;
    one.indexes = {
        {.index = "shop",
         .state_version = 3,
         .leading = true,
         .lag_ms = 200,
         .generations = {
             {.number = 1,
              .ready = true,
              .statistics = {"5f", "6a"},
              .shards = {
                  {.applied = 9, .durable = 8, .lsn = 7, .log = {1, 2, {3, 4}}, .trouble = "none"}}}}}};
    return one;
  };
  auto one =
      std::make_unique<Presence>(connection_, PresenceOptions{.cluster = cluster_, .node = "one"}, describe);
  const Presence two(connection_, {.cluster = cluster_, .node = "two"}, [] { return node("two"); });
  ASSERT_TRUE(eventually([&] { return two.nodes().size() == 2; }));
  EXPECT_EQ(two.nodes()[0].node, "two");
  EXPECT_EQ(two.nodes()[1], describe());
  draining = true;
  EXPECT_TRUE(eventually([&] { return two.nodes()[1].draining; }));
  one.reset();
  EXPECT_TRUE(eventually([&] { return two.nodes().size() == 1; }));
}

TEST_F(StateStoreTest, WhoIsCutOffFromJetStreamStillKnowsTheOthers) {
  test::NatsServers own;
  const auto connection = test::connect(own);
  const auto options = [](const std::string& name) {
    return PresenceOptions{
        .cluster = "cut", .node = name, .lifetime = milliseconds(1500), .renewal = milliseconds(500)};
  };
  auto gone = std::make_unique<Presence>(test::connect(own), options("gone"), [] { return node("gone"); });
  const Presence stays(connection, options("stays"), [] { return node("stays"); });
  const std::filesystem::path file = folder_.path() / "members.jsonl";
  PresenceOptions keeps = options("watcher");
  keeps.file = file;
  const Presence watcher(connection, keeps, [] { return node("watcher"); });
  ASSERT_TRUE(eventually([&] { return watcher.nodes().size() == 3; }));
  EXPECT_TRUE(eventually([&] { return watcher.settled(); }));
  ASSERT_TRUE(eventually([&] {
    const std::string kept = read_file(file).value_or("");
    return kept.find("gone") != std::string::npos && kept.find("stays") != std::string::npos;
  }));
  own.kill_all();
  const auto cut = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() - cut > 2 * milliseconds(1500); }));
  EXPECT_EQ(watcher.nodes().size(), 3U);
  EXPECT_FALSE(watcher.settled());
  gone.reset();  // it cannot tell
  {
    std::filesystem::copy(file, folder_.path() / "copy");
    PresenceOptions late = options("late");
    late.file = folder_.path() / "copy";
    const Presence starts(connection, late, [] { return node("late"); });
    EXPECT_EQ(starts.nodes().size(), 3U) << "whom the file knows";
  }
  own.start_all();
  EXPECT_TRUE(eventually([&] { return watcher.nodes().size() == 2; }));
  EXPECT_EQ(watcher.nodes()[1].node, "stays");
}

}  // namespace
}  // namespace aisle
