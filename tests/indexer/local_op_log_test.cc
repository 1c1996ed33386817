#include "indexer/local_op_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/indexer/shop.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;

Deadline now() {
  return Deadline::after(milliseconds(0));
}
Deadline soon() {
  return Deadline::after(std::chrono::seconds(20));
}

std::vector<Op> marks(Lsn first, std::size_t count) {
  std::vector<Op> ops;
  for (std::size_t i = 0; i < count; ++i) ops.push_back(test::mark(first + i));
  return ops;
}

TEST(LocalOpLog, CountsOnFromTheSeqItWasOpenedWith) {
  LocalOpLog log(41, {});
  EXPECT_EQ(log.tail(), 41U);
  EXPECT_EQ(log.append(41, marks(7, 2), now()).value(), 43U);
  const auto ops = log.read(41, 10, now()).value();
  ASSERT_EQ(ops.size(), 2U);
  EXPECT_EQ(ops[0].seq, 42U);
  EXPECT_EQ(ops[1].seq, 43U);
  EXPECT_EQ(ops[1].op.lsn, 8U);
  EXPECT_EQ(log.read(42, 10, now()).value().size(), 1U);
  EXPECT_EQ(log.read(41, 1, now()).value().size(), 1U);
  EXPECT_TRUE(log.read(43, 10, now()).value().empty());
}

TEST(LocalOpLog, RefusesAnotherWritersAppendAndEmptyOnes) {
  LocalOpLog log(0, {});
  ASSERT_TRUE(log.append(0, marks(1, 1), now()));
  EXPECT_EQ(log.append(0, marks(1, 1), now()).error().code, ErrorCode::Conflict);
  EXPECT_EQ(log.append(1, {}, now()).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(log.tail(), 1U);
}

TEST(LocalOpLog, KeepsWhatTheSlowestReaderHasNotReleased) {
  LocalOpLog log(0, {});
  auto fast = log.register_reader();
  auto slow = log.register_reader();
  ASSERT_TRUE(log.append(0, marks(1, 10), now()));
  fast.release(10);
  EXPECT_EQ(log.ops(), 10U);
  slow.release(4);
  EXPECT_EQ(log.ops(), 6U);
  EXPECT_EQ(log.read(3, 1, now()).error().code, ErrorCode::NotFound);
  EXPECT_EQ(log.read(4, 1, now()).value()[0].seq, 5U);
  slow.release(2);
  EXPECT_EQ(slow.released(), 4U);
  slow.release(10);
  EXPECT_EQ(log.ops(), 0U);
  EXPECT_EQ(log.bytes(), 0U);
}

TEST(LocalOpLog, AReaderThatGoesNoLongerHoldsAnythingBack) {
  LocalOpLog log(0, {});
  auto stays = log.register_reader();
  {
    auto goes = log.register_reader();
    ASSERT_TRUE(log.append(0, marks(1, 5), now()));
    stays.release(5);
    EXPECT_EQ(log.ops(), 5U);
  }
  EXPECT_EQ(log.ops(), 0U);
}

TEST(LocalOpLog, AppendFailsOrWaitsAtTheLimitOfOps) {
  LocalOpLog log(0, {.ops_max = 3, .bytes_max = 1U << 20U});
  auto reader = log.register_reader();
  ASSERT_TRUE(log.append(0, marks(1, 2), now()));
  EXPECT_EQ(log.append(2, marks(3, 2), now()).error().code, ErrorCode::DeadlineExceeded);
  EXPECT_EQ(log.tail(), 2U);
  std::thread late([&] { reader.release(1); });
  EXPECT_EQ(log.append(2, marks(3, 2), soon()).value(), 4U);
  late.join();
}

TEST(LocalOpLog, AppendIsBoundedByBytesButOneLargeAppendFitsAnEmptyLog) {
  const std::size_t one = op_bytes(test::mark(1));
  LocalOpLog log(0, {.ops_max = 100, .bytes_max = 2 * one});
  auto reader = log.register_reader();
  EXPECT_TRUE(log.append(0, marks(1, 5), now()));
  EXPECT_EQ(log.append(5, marks(6, 1), now()).error().code, ErrorCode::DeadlineExceeded);
  reader.release(4);
  EXPECT_TRUE(log.append(5, marks(6, 1), now()));
}

TEST(LocalOpLog, ReadWaitsForTheNextOp) {
  LocalOpLog log(0, {});
  std::thread late([&] { ASSERT_TRUE(log.append(0, marks(1, 1), now())); });
  EXPECT_EQ(log.read(0, 10, soon()).value().size(), 1U);
  late.join();
}

TEST(LocalOpLog, CloseDrainsReadersAndRefusesWriters) {
  LocalOpLog log(0, {});
  ASSERT_TRUE(log.append(0, marks(1, 1), now()));
  std::thread waits([&] { EXPECT_EQ(log.read(1, 1, soon()).error().code, ErrorCode::Unavailable); });
  log.close();
  waits.join();
  EXPECT_EQ(log.read(0, 1, now()).value().size(), 1U);
  EXPECT_EQ(log.append(1, marks(2, 1), now()).error().code, ErrorCode::Unavailable);
}

TEST(LocalOpLog, EveryReaderSeesEveryOpInOrderUnderThreads) {
  constexpr Seq ops = 20'000;
  LocalOpLog log(0, {.ops_max = 64, .bytes_max = 1U << 20U});
  const auto follow = [&](LocalOpLog::Reader reader) {
    Seq seen = 0;
    while (seen < ops) {
      const auto read = log.read(seen, 17, soon());
      ASSERT_TRUE(read) << read.error().message;
      for (const SequencedOp& next : *read) {
        ASSERT_EQ(next.seq, seen + 1);
        ASSERT_EQ(next.op.lsn, next.seq * 10);
        seen = next.seq;
      }
      reader.release(seen);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(follow, log.register_reader());
  std::mt19937_64 random(7);
  Seq tail = 0;
  while (tail < ops) {
    std::vector<Op> batch;
    for (Seq i = 0, size = 1 + random() % 30; i < size && tail + batch.size() < ops; ++i) {
      batch.push_back(test::mark((tail + batch.size() + 1) * 10));
    }
    const auto appended = log.append(tail, std::move(batch), soon());
    ASSERT_TRUE(appended) << appended.error().message;
    tail = *appended;
    ASSERT_LE(log.ops(), 64U);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log.ops(), 0U);
}

}  // namespace
}  // namespace aisle
