#include "server/fanout/replica_board.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/random.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ReplicaBoardTest : public testing::Test {
 protected:
  // Calls of a candidate by lot, one after the other; how often each was chosen.
  std::map<std::string, int> run(const std::vector<std::string>& candidates, int calls) {
    std::map<std::string, int> chosen;
    for (int i = 0; i < calls; ++i) {
      const std::string id = board_.choose(candidates, false, now_).value();
      ++chosen[id];
      now_ += milliseconds(5);
      board_.succeeded(id, latency_[id], now_);
    }
    return chosen;
  }
  // Known well enough to be trusted.
  void warm(const std::vector<std::string>& ids) {
    board_.set_nodes(ids, now_);
    for (const std::string& id : ids) {
      latency_.try_emplace(id, milliseconds(1));
      for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(board_.choose(std::span(&id, 1), false, now_));
        board_.succeeded(id, latency_[id], now_);
      }
    }
    now_ += seconds(31);
  }
  bool fail_once(const std::string& id) {
    EXPECT_TRUE(board_.choose(std::span(&id, 1), true, now_));
    return board_.failed(id, now_);
  }
  bool ejected(const std::string& id) const {
    for (const auto& node : board_.nodes(now_)) {
      if (node.id == id) return node.ejected;
    }
    return false;
  }

  ReplicaBoard::Time now_{std::chrono::hours(1)};
  std::mt19937_64 engine_{test::seeds(1).first};
  ReplicaBoard board_{{}, [this] { return engine_(); }};
  std::map<std::string, std::chrono::nanoseconds> latency_;
};

TEST_F(ReplicaBoardTest, TheQuickerNodeGetsMoreTheSlowerStillSome) {
  latency_ = {{"quick", milliseconds(1)}, {"slow", milliseconds(20)}};
  warm({"quick", "slow"});
  const auto chosen = run({"quick", "slow"}, 20'000);
  EXPECT_LT(chosen.at("slow"), 5'000) << "less than a quarter";
  EXPECT_GT(chosen.at("slow"), 0) << "else nobody would see it recover";
}

TEST_F(ReplicaBoardTest, ADoubtfulNodeGetsATenthUntilAnAnswerClearsIt) {
  warm({"a", "b"});
  const std::vector<std::string> one = {"a"};
  ASSERT_TRUE(board_.choose(one, false, now_));
  board_.overloaded("a");
  const std::vector<std::string> both = {"a", "b"};
  int at_a = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = board_.choose(both, false, now_).value_or("none");
    at_a += id == "a" ? 1 : 0;
    board_.cancelled(id, std::chrono::nanoseconds(0), now_);
  }
  EXPECT_NEAR(at_a, 100, 40);
  run({"a"}, 1);
  EXPECT_GT(run(both, 100)["a"], 20);
}

TEST_F(ReplicaBoardTest, ABusyNodeIsDearer) {
  warm({"a", "b"});
  const std::vector<std::string> both = {"a", "b"};
  std::map<std::string, int> in_flight;
  for (int i = 0; i < 100; ++i) ++in_flight[board_.choose(both, false, now_).value()];
  EXPECT_NEAR(in_flight["a"], 50, 2);
}

TEST_F(ReplicaBoardTest, CallsToOneNodeAreBounded) {
  warm({"a"});
  const std::vector<std::string> one = {"a"};
  for (std::size_t i = 0; i < ReplicaPolicy().in_flight_max; ++i) ASSERT_TRUE(board_.choose(one, true, now_));
  EXPECT_FALSE(board_.choose(one, true, now_));
  board_.cancelled("a", milliseconds(1), now_);
  EXPECT_TRUE(board_.choose(one, true, now_));
}

TEST_F(ReplicaBoardTest, ANewNodeIsNotFloodedAndGrowsIntoItsShare) {
  warm({"a", "b"});
  latency_["new"] = milliseconds(1);
  const std::vector<std::string> all = {"a", "b", "new"};
  const int first = run(all, 200)["new"];  // one second
  EXPECT_LT(first, 30);
  run(all, 8'000);
  const int later = run(all, 600)["new"];
  EXPECT_GT(later, 100);
}

TEST_F(ReplicaBoardTest, AColdNodeHasNoMoreThanTwoCallsAtOnceWhileOthersTakeThem) {
  warm({"a"});
  const std::vector<std::string> both = {"a", "new"};
  int at_new = 0;
  for (int i = 0; i < 100; ++i) at_new += board_.choose(both, false, now_).value() == "new" ? 1 : 0;
  EXPECT_LE(at_new, 2);
}

TEST_F(ReplicaBoardTest, ThreeErrorsInARowEject) {
  warm({"a", "b"});
  EXPECT_FALSE(fail_once("a"));
  EXPECT_FALSE(fail_once("a"));
  run({"a"}, 1);  // a success between: the count begins anew
  EXPECT_FALSE(fail_once("a"));
  EXPECT_FALSE(fail_once("a"));
  EXPECT_TRUE(fail_once("a"));
  EXPECT_TRUE(ejected("a"));
  const auto chosen = run({"a", "b"}, 100);
  EXPECT_EQ(chosen.at("b"), 100);
}

TEST_F(ReplicaBoardTest, NeverTheLastNodeAndAtMostHalf) {
  warm({"a", "b", "c"});
  for (const char* id : {"a", "b", "c"}) {
    for (int i = 0; i < 5; ++i) fail_once(id);
  }
  EXPECT_TRUE(ejected("a"));
  EXPECT_FALSE(ejected("b"));
  EXPECT_FALSE(ejected("c"));
  board_.set_nodes(std::vector<std::string>{"c"}, now_);
  for (int i = 0; i < 5; ++i) fail_once("c");
  EXPECT_FALSE(ejected("c"));
}

TEST_F(ReplicaBoardTest, AfterItsTimeOneCallDecides) {
  warm({"a", "b"});
  for (int i = 0; i < 3; ++i) fail_once("a");
  const std::vector<std::string> one = {"a"};
  now_ += milliseconds(4'900);
  EXPECT_FALSE(board_.choose(one, false, now_));
  now_ += milliseconds(1'200);  // 5 s and up to a fifth more
  EXPECT_TRUE(board_.choose(one, false, now_));
  EXPECT_FALSE(board_.choose(one, false, now_)) << "only one probes";
  EXPECT_TRUE(board_.failed("a", now_)) << "one error is enough now";
  now_ += milliseconds(9'900);
  EXPECT_FALSE(board_.choose(one, false, now_)) << "twice as long";
  now_ += milliseconds(2'200);
  EXPECT_TRUE(board_.choose(one, false, now_));
  board_.succeeded("a", milliseconds(1), now_);
  EXPECT_FALSE(ejected("a"));
  EXPECT_LT(run({"a", "b"}, 100)["a"], 40) << "back, but cold";
}

TEST_F(ReplicaBoardTest, OnlyAnEjectedNodeIsBetterThanNone) {
  warm({"a", "b"});
  for (int i = 0; i < 3; ++i) fail_once("a");
  const std::vector<std::string> one = {"a"};
  EXPECT_FALSE(board_.choose(one, false, now_));
  EXPECT_TRUE(board_.choose(one, true, now_));
}

TEST_F(ReplicaBoardTest, HedgesAndTimeoutsFollowTheP95WithALeast) {
  latency_ = {{"a", milliseconds(1)}, {"b", milliseconds(30)}};
  warm({"a", "b"});
  EXPECT_EQ(board_.hedge_after("a"), milliseconds(10));
  EXPECT_EQ(board_.try_timeout("a"), milliseconds(20));
  EXPECT_EQ(board_.hedge_after("b"), milliseconds(30));
  EXPECT_EQ(board_.try_timeout("b"), milliseconds(120));
  EXPECT_TRUE(board_.may_hedge(now_));
  for (int i = 0; i < 3; ++i) fail_once("a");
  EXPECT_FALSE(board_.may_hedge(now_)) << "an ejection has just made the others busier";
  now_ += milliseconds(5'001);
  EXPECT_TRUE(board_.may_hedge(now_));
}

TEST_F(ReplicaBoardTest, AnswersOfForgottenNodesDoNotMatter) {
  warm({"a", "b"});
  const std::vector<std::string> one = {"a"};
  ASSERT_TRUE(board_.choose(one, false, now_));
  board_.set_nodes(std::vector<std::string>{"b"}, now_);
  board_.succeeded("a", milliseconds(1), now_);
  board_.failed("a", now_);
  board_.set_nodes(std::vector<std::string>{"a", "b"}, now_);
  board_.cancelled("a", milliseconds(1), now_);
  EXPECT_TRUE(board_.choose(one, false, now_));
  EXPECT_EQ(board_.nodes(now_).front().in_flight, 1U);
}

}  // namespace
}  // namespace aisle
