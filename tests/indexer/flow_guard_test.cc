#include "indexer/postgres/flow_guard.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr FlowGuard::Time start{std::chrono::hours(1)};

TEST(FlowGuard, AFifthOfTheIndexMayGoInTenMinutesAndNoMore) {
  FlowGuard guard;
  const FlowLimits limits;
  EXPECT_EQ(guard.judge_deletes(limits, 1'000, 10'000, start), "");
  EXPECT_EQ(guard.judge_deletes(limits, 1'000, 9'000, start + seconds(10)), "");
  EXPECT_EQ(guard.judge_deletes(limits, 1, 8'000, start + seconds(20)),
            "changes of the last 600 s would delete 2001 of 10000 products; confirm to let them");
  EXPECT_EQ(guard.judge_deletes(limits, 1'001, 8'000, start + minutes(11)),
            "");  // the old ones are forgotten
}

TEST(FlowGuard, DeletesCountBeforeTheyAreCommitted) {
  FlowGuard guard;
  const FlowLimits limits;
  EXPECT_EQ(guard.judge_deletes(limits, 1'900, 10'000, start), "");
  EXPECT_EQ(guard.judge_deletes(limits, 200, 10'000, start + seconds(1)),
            "changes of the last 600 s would delete 2100 of 10000 products; confirm to let them");
}

TEST(FlowGuard, ProductsThatComeAndGoAllDayAreNoLoss) {
  FlowGuard guard;
  const FlowLimits limits;
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(guard.judge_deletes(limits, 1'500, 10'000, start + i * seconds(6)), "");
}

TEST(FlowGuard, FewDeletesAreFreeAndSoIsAnUnknownIndex) {
  FlowGuard guard;
  const FlowLimits limits;
  EXPECT_EQ(guard.judge_deletes(limits, 1'000, 1'000, start), "");
  EXPECT_NE(guard.judge_deletes(limits, 1, 1, start), "");
  EXPECT_EQ(guard.judge_deletes(limits, 1'000'000, 0, start), "");
}

TEST(FlowGuard, AWordHoldsForTheWindow) {
  FlowGuard guard;
  const FlowLimits limits;
  EXPECT_NE(guard.judge_deletes(limits, 9'000, 10'000, start), "");
  guard.allow(limits, start);
  EXPECT_EQ(guard.judge_deletes(limits, 9'000, 10'000, start), "");
  EXPECT_EQ(guard.judge_refused(limits, 100'000, start + minutes(9)), "");
  EXPECT_NE(guard.judge_deletes(limits, 9'000, 10'000, start + minutes(10)), "");
}

TEST(FlowGuard, RefusedRecordsAreCountedByTheMinute) {
  FlowGuard guard;
  const FlowLimits limits;
  EXPECT_EQ(guard.judge_refused(limits, 1'000, start), "");
  EXPECT_EQ(guard.judge_refused(limits, 1'000, start + seconds(61)), "");
  EXPECT_EQ(guard.judge_refused(limits, 1, start + seconds(62)),
            "1001 records of the last minute cannot be indexed, the limit is 1000; confirm to go on");
}

}  // namespace
}  // namespace aisle
