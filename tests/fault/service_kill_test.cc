// kill -9 at random moments while the shop is being worked on: afterwards the index equals the database,
// product by product. AISLE_KILLS sets how often, AISLE_SEED repeats a run.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "tests/support/demo_shop_service.h"
#include "tests/support/eventually.h"
#include "tests/support/random.h"
#include "tests/support/shop_work.h"

namespace aisle {
namespace {

using test::number_from;
using test::ShopWork;
using test::SqlSession;

class ServiceKillTest : public test::DemoShopServiceTest {
 protected:
  std::jthread write(std::uint64_t seed) {
    return std::jthread([this, seed](const std::stop_token& stop) {
      ShopWork work(seed);
      SqlSession session(shop_->conninfo());
      while (!stop.stop_requested()) {
        if (!session.attempt(work.transaction())) session.attempt("ROLLBACK");
        ++transactions_;
        std::this_thread::sleep_for(test::writer_pace);
      }
    });
  }
  std::atomic<int> transactions_{0};
};

TEST_F(ServiceKillTest, F1_KilledAtRandomMomentsItEndsEqualToTheDatabase) {
  const std::uint64_t seed = number_from("AISLE_SEED", std::random_device()());
  const std::uint64_t kills = number_from("AISLE_KILLS", 5);
  std::cout << "AISLE_SEED=" << seed << " AISLE_KILLS=" << kills << "\n";
  ShopWork moments(seed);
  config_ = shop_->write_config(folder_.path(), 3);  // killed between the commits of one and another
  {
    const std::jthread one = write(seed + 1);
    const std::jthread two = write(seed + 2);
    for (std::uint64_t kill = 0; kill < kills; ++kill) {
      launch();
      const bool while_it_opens = moments.below(4) == 0;
      ASSERT_TRUE(while_it_opens || aisle_->listening()) << aisle_->log();
      std::this_thread::sleep_for(std::chrono::milliseconds(moments.below(2'500)));
      ASSERT_TRUE(aisle_->running()) << aisle_->log();
      aisle_->kill();
    }
    start();
  }
  expect_caught_up();
  const test::Products truth = shop_->products();
  std::cout << transactions_ << " transactions, " << truth.size() << " products, status " << status() << "\n";
  expect_equal(truth);
  EXPECT_EQ(status()["dead_letters"], 0);
}

// Named places of the way from the database to disk, each passed a few times before the kill.
TEST_F(ServiceKillTest, F1_F2_KilledAtEveryFaultPointItEndsEqualToTheDatabase) {
  config_ = shop_->write_config(folder_.path(), 3);  // the commits of the shards are three passages
  const std::vector<std::string> points = {"full_scan.before_chunk:2",     "full_scan.after_chunk:3",
                                           "shard_writer.before_commit:2", "shard_writer.after_commit:2",
                                           "feed_session.before_apply:4",  "feed_session.after_apply:4",
                                           "shard_writer.after_commit:7"};
  std::jthread writer = write(number_from("AISLE_SEED", 7));
  for (const std::string& point : points) {
    aisle_.reset();
    aisle_ = std::make_unique<test::AisleProcess>(std::vector<std::string>{"--config", config_},
                                                  test::Environment{{"AISLE_FAULT", point}});
    EXPECT_TRUE(aisle_->wait(std::chrono::seconds(60))) << point << " was not passed";
  }
  start();
  writer.request_stop();
  writer.join();
  expect_caught_up();
  expect_equal(shop_->products());
}

}  // namespace
}  // namespace aisle
