// Targets that come while the feed runs, and rows that change while they are read for one.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "indexer/postgres/full_scan.h"
#include "tests/support/eventually.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

using test::eventually;
using test::ModelSink;

// Of an index that several processes want to feed.
class ContestedSink : public ModelSink {
 public:
  bool competes() const override { return true; }
  Status begin(const LogSource& source) override {
    ++sessions;
    return ModelSink::begin(source);
  }
  std::atomic<int> sessions{0};
};

class FeedContestTest : public test::ShopFeedTest {
 protected:
  ChangeSink& sink() override { return leading_; }
  ContestedSink leading_;
};

TEST_F(FeedContestTest, WhoTakesInANewTargetKeepsTheSlot) {
  fill(20);
  options_.reconnect_max = std::chrono::milliseconds(60);  // who waits looks all the time
  start();
  expect_streaming();
  ContestedSink waiting;
  PostgresFeed other({std::make_shared<const IndexSchema>(schema_), &waiting}, options_);
  {
    const std::jthread thread([&](const std::stop_token& stop) { EXPECT_TRUE(other.run(stop)); });
    EXPECT_TRUE(eventually([&] { return other.status().state == FeedState::WaitingForSlot; }));
    for (int round = 0; round < 30; ++round) {
      ContestedSink newcomer;
      ASSERT_TRUE(feed_->add_target({std::make_shared<const IndexSchema>(schema_), &newcomer}));
      ASSERT_TRUE(eventually([&] { return newcomer.records() == truth(); })) << "round " << round;
      feed_->remove_target(newcomer);
    }
    EXPECT_EQ(waiting.sessions, 0);
    stop();
    EXPECT_TRUE(eventually([&] { return waiting.records() == truth(); }));  // now it is its turn
  }
}

// Holds the scan at the second chunk that it gets.
class GatedSink : public ModelSink {
 public:
  Status apply(ChangeBatch batch) override {
    if (batch.mark_key == scan_mark && batch.mark_value.starts_with("chunk:") && ++chunks_ == 2) {
      std::unique_lock lock(mutex_);
      waits_ = true;
      opened_.wait(lock, [&] { return open_; });
    }
    return ModelSink::apply(std::move(batch));
  }
  bool waits() const { return waits_; }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  int chunks_ = 0;
  std::atomic<bool> waits_{false};
};

class FeedChunkTest : public test::ShopFeedTest {
 protected:
  void TearDown() override {
    gated_.open();
    ShopFeedTest::TearDown();
  }
  ChangeSink& sink() override { return gated_; }
  GatedSink gated_;
};

TEST_F(FeedChunkTest, F57_ChangesBeforeInAndAfterAChunkThatIsReadAndNotApplied) {
  fill(200);
  const std::vector<int> middles = {10, 30, 50, 70, 130};  // applied, under way, read (two), not yet read
  for (const int id : middles) sql("DELETE FROM products WHERE id = " + std::to_string(id));
  options_.chunk_rows = 20;
  options_.scan_readers = 1;
  start();
  // The scan has read ahead as far as it may when its connection rests.
  const char* resting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name "
      "LIKE '% scan' AND state = 'idle' AND now() - state_change > interval '300 ms'";
  ASSERT_TRUE(eventually([&] { return gated_.waits() && value(resting) == "1"; }));
  for (const int id : middles) {
    sql("INSERT INTO products VALUES (" + std::to_string(id) + ", 'New', NULL, 1)");
    sql("UPDATE products SET title = 'Changed' WHERE id = " + std::to_string(id + 1));
    sql("UPDATE prices SET price = 77 WHERE product_id = " + std::to_string(id + 2));
    sql("DELETE FROM products WHERE id = " + std::to_string(id + 3));
    sql("INSERT INTO variants VALUES (" + std::to_string(10'000 + id) + ", " + std::to_string(id + 4) +
        ", 'Added')");
  }
  EXPECT_LT(gated_.records().size(), 21U);
  gated_.open();
  EXPECT_TRUE(eventually([&] { return gated_.records() == truth(); }));
  EXPECT_EQ(gated_.record("30")["title"], "New");
  EXPECT_TRUE(gated_.violations().empty());
}

}  // namespace
}  // namespace aisle
