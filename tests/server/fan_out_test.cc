#include "server/fanout/fan_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "server/fanout/view_name.h"
#include "tests/support/fake_transport.h"
#include "tests/support/random.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using test::FakeAnswer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class FanOutTest : public testing::Test {
 protected:
  FanOutTest() {
    for (const char* id : {"a", "b", "c"}) {
      nodes_.push_back({id, "127.0.0.1", 1});
      nodes()->set(id, FakeAnswer{});
    }
    fan_out_.set_nodes(nodes_);
  }

  test::FakeTransport* nodes() { return transport_; }
  ShardGroup group(const std::vector<std::string>& holders, std::vector<std::uint32_t> shards = {0}) const {
    ShardGroup made{std::move(shards), {}};
    for (const std::string& id : holders)
      made.holders.push_back(*std::ranges::find(nodes_, id, &NodeAddress::id));
    return made;
  }
  // Answers "ok" or "code: message".
  std::string ask(const std::vector<std::string>& holders, milliseconds time = milliseconds(500)) {
    const ShardGroup one = group(holders);
    const Status status = ask_all({one}, time).front();
    return status ? "ok" : std::string(code_name(status.error().code)) + ": " + status.error().message;
  }
  std::vector<Status> ask_all(const std::vector<ShardGroup>& groups, milliseconds time = milliseconds(500)) {
    const auto begin = nodes()->now();
    auto statuses = fan_out_.call(
        groups, {"/path", "0.1.0.1.x", "", "body"}, Deadline::at(begin + time), [] {},
        [](std::size_t, std::string_view body) -> Status {
          if (body == "ok") return {};
          return fail(ErrorCode::DataLoss, "rubbish");
        });
    took_ = std::chrono::duration_cast<milliseconds>(nodes()->now() - begin);
    EXPECT_EQ(nodes()->open, 0U) << "every connection is finished or closed";
    return statuses;
  }
  // Until the node's answers are known: its p95 is their latency.
  void warm(const std::string& id, std::size_t calls = 50) {
    for (std::size_t i = 0; i < calls; ++i) ASSERT_EQ(ask({id}), "ok");
    nodes()->asked.clear();
  }

  std::vector<NodeAddress> nodes_;
  test::FakeTransport* transport_ = new test::FakeTransport();
  std::mt19937_64 engine_{7};
  FanOut fan_out_{std::unique_ptr<NodeTransport>(transport_), {}, [this] { return engine_(); }};
  milliseconds took_{0};
};

TEST_F(FanOutTest, AGroupIsAskedOnceWithViewShardsAndTimeLeft) {
  const auto statuses = ask_all({group({"a"}, {1, 3})}, milliseconds(120));
  EXPECT_TRUE(statuses.front());
  ASSERT_THAT(nodes()->calls, SizeIs(1));
  const NodeCall& call = nodes()->calls.front();
  EXPECT_EQ(call.path, "/path");
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(call.headers, ElementsAre(Header("x-aisle-view", "0.1.0.1.x"), Header("x-aisle-shards", "1,3"),
                                        Header("x-aisle-deadline-ms", "118")));
}

TEST_F(FanOutTest, GroupsAreAskedSideBySide) {
  for (const char* id : {"a", "b", "c"}) nodes()->set(id, FakeAnswer{.latency = milliseconds(5)});
  EXPECT_THAT(ask_all({group({"a"}), group({"b"}), group({"c"})}), SizeIs(3));
  EXPECT_EQ(took_, milliseconds(5));
}

TEST_F(FanOutTest, AFailedCallIsRepeatedOnceOnAnotherNode) {
  nodes()->set("a", FakeAnswer{.status = 0});
  nodes()->set("b", FakeAnswer{.status = 500});
  for (int i = 0; i < 8; ++i) EXPECT_EQ(ask({"a", "c"}), "ok");
  nodes()->asked.clear();
  nodes()->set("c", FakeAnswer{.status = 0});
  EXPECT_THAT(ask({"a", "b", "c"}), HasSubstr("unavailable: "));
  EXPECT_THAT(nodes()->asked, SizeIs(2)) << "one retry, no more";
}

TEST_F(FanOutTest, RubbishCountsAsAFailure) {
  nodes()->set("a", FakeAnswer{.body = "?"});
  EXPECT_EQ(ask({"a"}), "unavailable: a: rubbish");
}

TEST_F(FanOutTest, ANodeWithoutTheViewIsPassedOverAsOftenAsNeeded) {
  nodes()->set("a", FakeAnswer{.status = 421});
  nodes()->set("b", FakeAnswer{.status = 421});
  for (int i = 0; i < 50; ++i) ASSERT_EQ(ask({"a", "b", "c"}), "ok") << "no budget limits this";
  EXPECT_FALSE(fan_out_.nodes()[0].ejected) << "it is not broken";
  EXPECT_EQ(ask({"a"}), "not_found: a does not have the view");
}

TEST_F(FanOutTest, TimeThatIsUpElsewhereIsNotTriedAgain) {
  nodes()->set("a", FakeAnswer{.status = 503, .body = R"({"error":{"code":"deadline_exceeded"}})"});
  nodes()->set("b", FakeAnswer{.status = 503, .body = R"({"error":{"code":"deadline_exceeded"}})"});
  EXPECT_THAT(ask({"a", "b"}), HasSubstr("deadline_exceeded: "));
  EXPECT_THAT(nodes()->asked, SizeIs(1));
}

TEST_F(FanOutTest, AnOverloadedNodeIsAvoidedButNotEjected) {
  nodes()->set("a", FakeAnswer{.status = 503, .body = R"({"error":{"code":"overloaded"}})"});
  for (int i = 0; i < 40; ++i) ASSERT_EQ(ask({"a", "b"}), "ok");
  EXPECT_FALSE(fan_out_.nodes()[0].ejected);
  EXPECT_LT(std::ranges::count(nodes()->asked, "a"), 20);
}

TEST_F(FanOutTest, ASilentNodeIsHedgedThenFoundByItsTimeoutsAndEjected) {
  for (const char* id : {"a", "b"}) warm(id);
  nodes()->set("a", FakeAnswer{.silent = true});
  milliseconds worst{0};
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(ask({"a", "b"}), "ok");
    worst = std::max(worst, took_);
    nodes()->advance(milliseconds(50));
  }
  EXPECT_LE(worst, milliseconds(25)) << "time-out of a try plus the answer of the other";
  // b is fully warm as is a: whichever was chosen, the other answered within its hedge
  nodes()->asked.clear();
  nodes()->set("b", FakeAnswer{.status = 0});
  nodes()->set("c", FakeAnswer{});
  for (int i = 0; i < 20; ++i) ask({"a"}, milliseconds(100));
  EXPECT_TRUE(fan_out_.nodes()[0].ejected);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask({"a", "c"}), "ok");
  EXPECT_EQ(std::ranges::count(nodes()->asked, "a"), 20) << "only while it was the only one";
}

TEST_F(FanOutTest, ASlowAnswerIsHedgedAfterTheP95AndTheFirstAnswerCounts) {
  warm("a");
  nodes()->set("a", FakeAnswer{.latency = milliseconds(300)});
  ASSERT_EQ(ask({"a", "b"}), "ok");
  while (nodes()->asked.front() != "a") {
    nodes()->asked.clear();
    ASSERT_EQ(ask({"a", "b"}), "ok");
  }
  EXPECT_THAT(nodes()->asked, ElementsAre("a", "b"));
  EXPECT_EQ(took_, milliseconds(11)) << "10 ms until the hedge, 1 ms for its answer";
}

TEST_F(FanOutTest, HedgesStayWithinTheirBudget) {
  for (const char* id : {"a", "b"}) {
    warm(id);
    nodes()->set(id, FakeAnswer{.latency = milliseconds(15)});  // above 10 ms, below the time-out of 20
  }
  nodes()->calls.clear();
  // Latencies known so far are 1 ms, so that the first 15 ms look slow; p95 follows after a few of them.
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ask({"a", "b"}), "ok");
  EXPECT_LE(nodes()->calls.size(), 100U + 5 + 100 * 5 / 100 + 1);
}

TEST_F(FanOutTest, WhenEveryReplicaIsSlowRetriesStopThemselves) {
  for (const char* id : {"a", "b", "c"}) warm(id);
  for (const char* id : {"a", "b", "c"}) nodes()->set(id, FakeAnswer{.silent = true});
  nodes()->calls.clear();
  for (int i = 0; i < 300; ++i)
    EXPECT_THAT(ask({"a", "b", "c"}, milliseconds(60)), HasSubstr("deadline_exceeded"));
  EXPECT_LE(nodes()->calls.size(), 300U + 20 + 30 + 5 + 15) << "what was saved, 10 % retries and 5 % hedges";
}

TEST_F(FanOutTest, TheDeadlineEndsEverything) {
  nodes()->set("a", FakeAnswer{.silent = true});
  EXPECT_EQ(ask({"a"}, milliseconds(80)), "deadline_exceeded: a did not answer in time");
  EXPECT_EQ(took_, milliseconds(80));
  EXPECT_EQ(ask({"a"}, milliseconds(2)), "deadline_exceeded: no time is left for another node");
}

TEST_F(FanOutTest, NobodyHoldsTheShards) {
  EXPECT_EQ(ask({}), "unavailable: no replica takes calls");
}

}  // namespace
}  // namespace aisle
