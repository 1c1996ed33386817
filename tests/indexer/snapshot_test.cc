#include "indexer/postgres/snapshot.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

TEST(Snapshot, SeesWhatEndedAndNotWhatRunsOrCameLater) {
  const auto snapshot = VisibleTransactions::parse("10:20:10,14,15");
  ASSERT_TRUE(snapshot);
  EXPECT_TRUE(snapshot->sees(9));
  EXPECT_FALSE(snapshot->sees(10));
  EXPECT_TRUE(snapshot->sees(11));
  EXPECT_FALSE(snapshot->sees(15));
  EXPECT_TRUE(snapshot->sees(19));
  EXPECT_FALSE(snapshot->sees(20));
  EXPECT_FALSE(snapshot->sees(21));
}

TEST(Snapshot, WithoutRunningTransactionsEverythingBelowXmaxIsSeen) {
  const auto snapshot = VisibleTransactions::parse("20:20:");
  ASSERT_TRUE(snapshot);
  EXPECT_TRUE(snapshot->sees(19));
  EXPECT_FALSE(snapshot->sees(20));
}

TEST(Snapshot, TransactionIdsOf32BitsAreWidenedAcrossTheWrap) {
  // 2^32 + 5: the streamed ids 4294967290 and 3 lie just before and after the wrap.
  const auto snapshot = VisibleTransactions::parse("4294967290:4294967301:4294967290,4294967299");
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->widen(4'294'967'290U), 4'294'967'290U);
  EXPECT_EQ(snapshot->widen(3), 4'294'967'299U);
  EXPECT_FALSE(snapshot->sees(4'294'967'290U));
  EXPECT_TRUE(snapshot->sees(4'294'967'291U));
  EXPECT_FALSE(snapshot->sees(3));
  EXPECT_TRUE(snapshot->sees(4));
  EXPECT_FALSE(snapshot->sees(5));
}

TEST(Snapshot, AnythingElseIsRefused) {
  for (const char* text : {"", "1", "1:2", "2:1:", "1:2:x", "1:2:1;", "1:2:1,", "a:b:"}) {
    EXPECT_FALSE(VisibleTransactions::parse(text)) << text;
  }
}

}  // namespace
}  // namespace aisle
