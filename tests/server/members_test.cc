#include "server/membership/members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/membership/follower_lag.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr GenerationRef second{.number = 2, .shards = 2, .schema_hash = {}, .analyzer_version = 0};

NodePresence member(const std::string& name, bool ready, std::vector<Lsn> lsns = {5, 5}) {
  NodePresence node;
  node.node = name;
  node.role = "serve";
  IndexPresence& index = node.indexes.emplace_back();
  index.index = "shop";
  GenerationPresence& held = index.generations.emplace_back();
  held.number = 2;
  held.ready = ready;
  held.statistics = {"new", "old"};
  for (const Lsn lsn : lsns) held.shards.emplace_back().lsn = lsn;
  return node;
}

TEST(Members, AGenerationIsReadyWhenAllThatServeAndStayHaveIt) {
  std::vector<NodePresence> members = {member("a", true), member("b", false), member("i", false)};
  members[2].role = "index";
  EXPECT_THAT(not_ready(members, "shop", second), ElementsAre("b is not ready with generation 2"));
  members[1].indexes[0].generations[0].shards[1].trouble = "BASE_NEEDED: because";
  EXPECT_THAT(not_ready(members, "shop", second),
              ElementsAre("b is not ready with generation 2: BASE_NEEDED: because"));
  members[1].indexes[0].generations.clear();
  EXPECT_THAT(not_ready(members, "shop", second), ElementsAre("b has not opened generation 2"));
  members[1].draining = true;
  EXPECT_THAT(not_ready(members, "shop", second), IsEmpty());
  members[0].shards = {2, {1}};
  EXPECT_THAT(not_ready(members, "shop", second), ElementsAre("no node holds shard 0"));
  members[0].indexes.clear();
  EXPECT_THAT(not_ready(members, "shop", second), IsEmpty()) << "nobody serves it";
}

TEST(Members, TheLeaderIsWhoSaysSoOfThatIndex) {
  std::vector<NodePresence> members = {member("a", true), member("b", true)};
  EXPECT_EQ(leader_of(members, "shop"), std::nullopt);
  members[1].leading = true;  // of another index
  EXPECT_EQ(leader_of(members, "shop"), std::nullopt);
  members[1].indexes[0].leading = true;
  EXPECT_EQ(leader_of(members, "shop"), "b");
}

TEST(Members, AcknowledgedIsWhatEnoughHoldersOfEveryShardHave) {
  std::vector<NodePresence> members = {member("a", true, {9, 4}), member("b", true, {7, 6}),
                                       member("c", true, {3, 8})};
  EXPECT_EQ(acknowledged_lsn(members, "shop", second, 1), 8U);
  EXPECT_EQ(acknowledged_lsn(members, "shop", second, 2), 6U);
  EXPECT_EQ(acknowledged_lsn(members, "shop", second, 3), 3U);
  EXPECT_EQ(acknowledged_lsn(members, "shop", second, 4), 0U);
  members[0].shards = {2, {1}};
  EXPECT_EQ(acknowledged_lsn(members, "shop", second, 2), 3U) << "a says nothing of the first shard";
  members[2].indexes[0].generations[0].shards[0].trouble = "LOG_FORKED: other";
  EXPECT_EQ(acknowledged_lsn(members, "shop", second, 2), 0U);
  EXPECT_EQ(acknowledged_lsn(members, "shop",
                             {.number = 1, .shards = 2, .schema_hash = {}, .analyzer_version = 0}, 1),
            0U);
}

TEST(Members, StatisticsAreKnownWhenEveryReadyHolderHasThem) {
  std::vector<NodePresence> members = {member("a", true), member("b", true)};
  EXPECT_TRUE(statistics_known(members, "shop", 2, "new"));
  members[1].indexes[0].generations[0].statistics = {"old"};
  EXPECT_FALSE(statistics_known(members, "shop", 2, "new"));
  members[1].indexes[0].generations[0].ready = false;
  EXPECT_TRUE(statistics_known(members, "shop", 2, "new"));
}

TEST(Members, TheLongestCopyIsOneOfTheLogsHistory) {
  std::vector<NodePresence> members = {member("a", true), member("b", true), member("c", true)};
  const auto shard = [&](std::size_t node) -> ShardPresence& {
    return members[node].indexes[0].generations[0].shards[1];
  };
  for (std::size_t i = 0; i < 3; ++i) shard(i).durable = 40 + i;
  EXPECT_EQ(longer_copy(members, "shop", 2, 1, 42), std::nullopt);
  EXPECT_EQ(longer_copy(members, "shop", 2, 1, 40), "c");
  shard(2).trouble = "LOG_SHORT: it ends before";
  EXPECT_EQ(longer_copy(members, "shop", 2, 1, 40), "c");
  shard(2).trouble = "LOG_FORKED: it tells another history";
  EXPECT_EQ(longer_copy(members, "shop", 2, 1, 40), "b");
  members[1].shards = {2, {0}};
  EXPECT_EQ(longer_copy(members, "shop", 2, 1, 40), std::nullopt);
  EXPECT_EQ(longer_copy(members, "shop", 2, 7, 0), std::nullopt);
}

TEST(Members, ACopyThatIsNotAsMostIsNamed) {
  std::vector<NodePresence> members = {member("a", true), member("b", true), member("c", true)};
  const auto shard = [&](std::size_t node) -> ShardPresence& {
    return members[node].indexes[0].generations[0].shards[1];
  };
  EXPECT_THAT(differing_copies(members, "shop"), IsEmpty()) << "nobody has looked";
  for (std::size_t i = 0; i < 3; ++i) shard(i).checked = 40;
  for (std::size_t i = 0; i < 3; ++i) shard(i).content = 7;
  EXPECT_THAT(differing_copies(members, "shop"), IsEmpty());
  shard(2).content = 8;
  EXPECT_THAT(differing_copies(members, "shop"), ElementsAre(DifferingCopy{"c", 2, 1, 40}));
  shard(2).checked = 41;
  EXPECT_THAT(differing_copies(members, "shop"), IsEmpty()) << "at another place";
  shard(2).checked = 40;
  shard(1).checked = 39;  // one against one
  EXPECT_THAT(differing_copies(members, "shop"), IsEmpty()) << "who is right?";
  members[2].indexes[0].leading = true;
  EXPECT_THAT(differing_copies(members, "shop"), ElementsAre(DifferingCopy{"a", 2, 1, 40}));
}

TEST(FollowerLag, IsTheLeadersOwnWhileAllOfItIsHere) {
  const auto begin = FollowerLag::Clock::now();
  FollowerLag lag(begin);
  EXPECT_EQ(lag.lag(begin + milliseconds(300)), milliseconds(300)) << "nothing is known yet";
  const LeaderNews news{milliseconds(200), milliseconds(0), {5, 7}};
  lag.look(&news, {5, 9}, begin + milliseconds(400));
  EXPECT_EQ(lag.lag(begin + milliseconds(700)), milliseconds(200));
  lag.look(&news, {4, 9}, begin + milliseconds(800));
  EXPECT_EQ(lag.lag(begin + milliseconds(1000)), milliseconds(800)) << "200 and since 400";
}

TEST(FollowerLag, GrowsWhileNoLeaderIsHeard) {
  const auto begin = FollowerLag::Clock::now();
  FollowerLag lag(begin);
  LeaderNews news{milliseconds(0), FollowerLag::age_max, {5}};
  lag.look(&news, {5}, begin + milliseconds(100));
  EXPECT_EQ(lag.lag(begin + milliseconds(900)), milliseconds(0));
  news.age += milliseconds(1);
  lag.look(&news, {5}, begin + milliseconds(1000));
  EXPECT_EQ(lag.lag(begin + milliseconds(1000)), milliseconds(900));
  lag.look(nullptr, {5}, begin + milliseconds(2000));
  EXPECT_EQ(lag.lag(begin + milliseconds(2000)), milliseconds(1900));
  lag.leads(begin + milliseconds(2100));
  EXPECT_EQ(lag.lag(begin + milliseconds(9000)), milliseconds(0));
}

}  // namespace
}  // namespace aisle
