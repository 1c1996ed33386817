#include "base/spare_cores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <numeric>

namespace aisle {
namespace {

using testing::Each;

// How often each task was called.
std::vector<std::uint32_t> share(const SpareCores::User& user, std::size_t workers, std::size_t tasks) {
  std::vector<std::atomic<std::uint32_t>> calls(tasks);
  user.share(workers, tasks, [&](std::size_t worker, std::size_t task) {
    EXPECT_LT(worker, workers);
    ++calls[task];
  });
  return {calls.begin(), calls.end()};
}

TEST(SpareCores, ASleepingCoreTakesATaskOfAThreadThatIsBusy) {
  SpareCores cores(1, 0);
  const SpareCores::User user(&cores);
  for (int round = 0; round < 100; ++round) {
    std::latch both(2);  // neither task ends before the other has begun
    std::vector<std::size_t> workers(2);
    user.share(user.workers(1), 2, [&](std::size_t worker, std::size_t task) {
      workers[task] = worker;
      both.arrive_and_wait();
    });
    EXPECT_EQ(std::accumulate(workers.begin(), workers.end(), std::size_t{0}), 1U);
  }
  EXPECT_EQ(cores.tasks_taken(), 100U);
}

TEST(SpareCores, EveryTaskIsDoneOnce) {
  for (const std::size_t threads : {0U, 1U, 3U}) {
    SpareCores cores(threads, 0);
    const SpareCores::User user(&cores);
    for (std::size_t tasks = 0; tasks < 40; ++tasks)
      EXPECT_THAT(share(user, threads + 1, tasks), Each(1U)) << threads << " threads, " << tasks << " tasks";
  }
}

TEST(SpareCores, WhileOthersUseThemEachKeepsToItsOwn) {
  SpareCores cores(2, 0);
  const SpareCores::User user(&cores);
  EXPECT_EQ(user.workers(1), 3U);
  {
    const SpareCores::User other(&cores);
    EXPECT_EQ(user.workers(1), 1U);
    EXPECT_FALSE(other.may_share());
  }
  EXPECT_EQ(user.workers(1), 3U);
}

TEST(SpareCores, LittleWorkIsNotShared) {
  SpareCores cores(1, 100);
  const SpareCores::User user(&cores);
  EXPECT_EQ(user.workers(99), 1U);
  EXPECT_EQ(user.workers(100), 2U);
  EXPECT_TRUE(user.may_share());
}

TEST(SpareCores, WithoutAnyAThreadWorksAlone) {
  const SpareCores::User user(nullptr);
  EXPECT_EQ(user.workers(1'000'000), 1U);
  EXPECT_FALSE(user.may_share());
  EXPECT_THAT(share(user, 1, 5), Each(1U));
}

// Two may both have seen that they are alone before the other came.
TEST(SpareCores, UsersThatShareAtOnceLoseNoTask) {
  SpareCores cores(2, 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const SpareCores::User user(&cores);
      for (int round = 0; round < 2000; ++round) ASSERT_THAT(share(user, 3, 4), Each(1U));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace aisle
