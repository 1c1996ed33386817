#include "indexer/commit_pacer.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const CommitPacer::Time start{seconds(1'000)};

TEST(CommitPacer, ContentIsDueAfterTheIntervalAndPositionsLater) {
  CommitPacer pacer(CommitPace{});
  EXPECT_FALSE(pacer.due(start + seconds(100)));
  pacer.add(100, false, start);
  EXPECT_FALSE(pacer.due(start + milliseconds(9'999)));
  EXPECT_EQ(pacer.wait(start), seconds(10));
  EXPECT_TRUE(pacer.due(start + seconds(10)));
  pacer.add(100, true, start + seconds(5));
  EXPECT_FALSE(pacer.due(start + milliseconds(5'999)));
  EXPECT_TRUE(pacer.due(start + seconds(6)));
  EXPECT_EQ(pacer.wait(start + seconds(6)), milliseconds(0));
}

TEST(CommitPacer, BytesAndOpsForceACommit) {
  CommitPacer bytes(CommitPace{.bytes_min = 1'000});
  bytes.add(999, true, start);
  EXPECT_FALSE(bytes.due(start));
  bytes.add(1, true, start);
  EXPECT_TRUE(bytes.due(start));
  CommitPacer ops(CommitPace{.ops_max = 2});
  ops.add(1, false, start);
  EXPECT_FALSE(ops.due(start));
  ops.add(1, false, start);
  EXPECT_TRUE(ops.due(start));
}

TEST(CommitPacer, SlowCommitsStretchTheIntervalUpToItsLimit) {
  CommitPacer pacer(CommitPace{});
  pacer.add(1, true, start);
  pacer.committed(start + seconds(1), start + milliseconds(1'500));
  EXPECT_EQ(pacer.interval(), seconds(2));
  pacer.add(1, true, start);
  pacer.committed(start + seconds(2), start + seconds(60));
  EXPECT_EQ(pacer.interval(), seconds(10));
  pacer.add(1, true, start);
  pacer.committed(start + seconds(2), start + milliseconds(2'010));
  EXPECT_EQ(pacer.interval(), seconds(1));
}

TEST(CommitPacer, BatchesGrowUnderLoadAndShrinkAfterwards) {
  CommitPacer pacer(CommitPace{.bytes_min = 1'000, .bytes_max = 3'000});
  pacer.add(1'000, true, start);
  pacer.committed(start + milliseconds(100), start + milliseconds(200));
  EXPECT_EQ(pacer.bytes_limit(), 2'000U);
  pacer.add(2'000, true, start);
  pacer.committed(start + milliseconds(100), start + milliseconds(200));
  EXPECT_EQ(pacer.bytes_limit(), 3'000U);
  pacer.add(3'000, true, start);
  pacer.committed(start + milliseconds(900), start + milliseconds(1'000));
  EXPECT_EQ(pacer.bytes_limit(), 3'000U);
  pacer.add(10, true, start);
  pacer.committed(start + milliseconds(900), start + milliseconds(1'000));
  EXPECT_EQ(pacer.bytes_limit(), 1'500U);
}

TEST(CommitPacer, NothingIsPendingAfterACommitOrALoss) {
  CommitPacer pacer(CommitPace{});
  pacer.add(1, true, start);
  pacer.committed(start, start);
  EXPECT_FALSE(pacer.pending());
  pacer.add(1, true, start);
  pacer.dropped();
  EXPECT_FALSE(pacer.due(start + seconds(100)));
}

}  // namespace
}  // namespace aisle
