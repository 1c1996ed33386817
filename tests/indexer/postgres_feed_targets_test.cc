// One feed, several targets: each gets everything, none disturbs another.
#include <gtest/gtest.h>

#include "indexer/postgres/postgres_feed.h"
#include "indexer/postgres/source_identity.h"
#include "tests/support/eventually.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

using test::eventually;
using test::ModelSink;

class PostgresFeedTargetsTest : public test::ShopFeedTest {
 protected:
  FeedTarget second() {
    return {std::make_shared<const IndexSchema>(second_schema_ ? *second_schema_ : schema_), &second_};
  }
  void add_second() {
    const Status added = feed_->add_target(second());
    ASSERT_TRUE(added) << added.error().message;
  }
  PostgresSource& second_source() {
    if (!second_schema_) second_schema_ = schema_;
    return std::get<PostgresSource>(second_schema_->source);
  }
  TargetStatus second_status() const {
    for (const TargetStatus& target : status().targets) {
      if (target.sink == &second_) return target;
    }
    return {};
  }
  void expect_second_equals(const ModelSink::Records& wanted) {
    EXPECT_TRUE(eventually([&] { return second_.records() == wanted; }))
        << second_.records().size() << " products instead of " << wanted.size() << ", "
        << state_name(second_status().state) << ": " << second_status().reason;
  }
  void expect_both_converge() {
    expect_converges();
    expect_second_equals(truth());
  }
  void TearDown() override {
    ShopFeedTest::TearDown();
    for (const std::string& violation : second_.violations()) ADD_FAILURE() << violation;
  }
  Lsn confirmed() { return *parse_lsn(value("SELECT confirmed_flush_lsn FROM pg_replication_slots")); }

  ModelSink second_;
  std::optional<IndexSchema> second_schema_;
};

TEST_F(PostgresFeedTargetsTest, NewcomerIsScannedAndGetsEveryLaterEvent) {
  fill(700);
  start();
  expect_streaming();
  const std::size_t upserts = sink_.upserts();
  add_second();
  sql("UPDATE products SET title = 'Meanwhile' WHERE id IN (3, 650); DELETE FROM products WHERE id = 4");
  expect_both_converge();
  EXPECT_TRUE(eventually([&] { return *second_.mark("scan_cursor") == "done"; }));
  sql("UPDATE prices SET price = 7 WHERE product_id = 5; INSERT INTO products VALUES (9000, 'New', NULL, 1)");
  expect_both_converge();
  EXPECT_LE(sink_.upserts() - upserts, 10U) << "the first target was read again";
  EXPECT_EQ(status().resyncs, 0U);
  EXPECT_TRUE(eventually([&] { return second_status().state == FeedState::Streaming; }));
  EXPECT_GE(second_status().scanned_products, 660U);
}

TEST_F(PostgresFeedTargetsTest, ServerForgetsOnlyWhatIsDurableInEveryTarget) {
  fill(50);
  start();
  expect_streaming();
  add_second();
  expect_both_converge();
  EXPECT_TRUE(eventually([&] { return second_status().state == FeedState::Streaming; }));
  second_.set_durable_at_once(false);
  sql("UPDATE products SET title = 'Durable in one' WHERE id = 1");
  expect_both_converge();
  const Lsn durable = second_.durable_lsn();
  const Lsn written = *parse_lsn(value("SELECT pg_current_wal_lsn()"));
  EXPECT_TRUE(eventually([&] { return sink_.durable_lsn() >= written; }));
  EXPECT_LE(confirmed(), durable);
  EXPECT_TRUE(second_.flush(Deadline::never()));
  EXPECT_TRUE(eventually([&] { return confirmed() > durable; }));
}

TEST_F(PostgresFeedTargetsTest, RemovedTargetIsNotUsedAnyMoreAndHoldsNothingBack) {
  fill(50);
  start();
  expect_streaming();
  add_second();
  expect_both_converge();
  second_.set_durable_at_once(false);
  feed_->remove_target(second_);
  const std::size_t batches = second_.batches();
  sql("UPDATE products SET title = 'Afterwards' WHERE id = 1");
  const Lsn written = *parse_lsn(value("SELECT pg_current_wal_lsn()"));
  expect_converges();
  EXPECT_TRUE(eventually([&] { return confirmed() >= written; }));
  EXPECT_EQ(second_.batches(), batches);
  EXPECT_EQ(status().targets.size(), 1U);
  EXPECT_EQ(status().reconnects, 0U);
}

TEST_F(PostgresFeedTargetsTest, FirstTargetMayLeaveWhileTheSecondIsScanned) {
  fill(2'000);
  options_.guest_chunk_rows = 50;
  start();
  expect_streaming();
  second_.set_delay(std::chrono::milliseconds(5));
  add_second();
  EXPECT_TRUE(eventually([&] { return second_.records().size() > 200; }));
  feed_->remove_target(sink_);
  const std::size_t batches = sink_.batches();
  sql("UPDATE products SET title = 'Later' WHERE id < 20");
  expect_second_equals(truth());
  EXPECT_EQ(sink_.batches(), batches);
}

TEST_F(PostgresFeedTargetsTest, TargetsReadWithQueriesAndTablesOfTheirOwn) {
  sql("CREATE TABLE reviews (id int PRIMARY KEY, product_id bigint NOT NULL, stars int);"
      "ALTER TABLE reviews REPLICA IDENTITY FULL");
  fill(60);
  sql("INSERT INTO reviews SELECT i, i, i % 6 FROM generate_series(1, 60) i");
  start();
  expect_streaming();
  second_source().document_query =
      "SELECT p.id, p.title AS name, (SELECT sum(stars) FROM reviews r WHERE r.product_id = p.id) AS stars "
      "FROM products p WHERE p.id = ANY($1)";
  second_source().volatile_query = "";
  second_source().tables = {{.table = "public.reviews", .root_column = "product_id", .path_query = ""}};
  add_second();
  const auto second_truth = [&] {
    ModelSink::Records out;
    for (const auto& row : session_->query("SELECT d.id, row_to_json(d) FROM (SELECT p.id, p.title AS name, "
                                           "(SELECT sum(stars) FROM reviews r "
                                           "WHERE r.product_id = p.id) AS stars FROM products p) d")) {
      out[row[0]] = nlohmann::json::parse(row[1]);
    }
    return out;
  };
  expect_second_equals(second_truth());
  sql("UPDATE reviews SET stars = 100 WHERE id = 7; UPDATE brands SET name = 'Other' WHERE id = 2");
  sql("DELETE FROM reviews WHERE id = 8");
  expect_second_equals(second_truth());
  expect_converges();
  EXPECT_EQ(status().resyncs, 0U);
}

TEST_F(PostgresFeedTargetsTest, BrokenNewcomerIsRefusedAloneAndTakenInWhenItIsMended) {
  fill(60);
  start();
  expect_streaming();
  second_source().document_query = "SELECT p.id, p.colour FROM products p WHERE p.id = ANY($1)";
  second_source().volatile_query = "";
  add_second();
  EXPECT_TRUE(eventually([&] { return second_status().state == FeedState::Refused; }));
  EXPECT_NE(second_status().reason.find("colour"), std::string::npos) << second_status().reason;
  sql("UPDATE products SET title = 'Goes on' WHERE id = 1");
  const Lsn written = *parse_lsn(value("SELECT pg_current_wal_lsn()"));
  expect_converges();
  EXPECT_TRUE(eventually([&] { return confirmed() >= written; }));
  EXPECT_EQ(second_.records().size(), 0U);
  sql("ALTER TABLE products ADD COLUMN colour text DEFAULT 'red'");
  EXPECT_TRUE(eventually([&] { return second_.records().size() == 60; }));
  EXPECT_EQ(second_.record("5")["colour"], "red");
  EXPECT_EQ(status().resyncs, 0U);
}

TEST_F(PostgresFeedTargetsTest, HalfBuiltTargetBehindTheSlotBeginsAgain) {
  fill(60);
  start();
  expect_streaming();
  expect_converges();
  ChangeBatch batch;
  batch.lsn = 1;
  batch.mark_key = identity_mark;
  batch.mark_value = *sink_.mark(identity_mark);
  ASSERT_TRUE(second_.apply(batch));
  batch.mark_key = "scan_cursor";
  batch.mark_value = "chunk:50";
  ASSERT_TRUE(second_.apply(batch));
  add_second();
  expect_both_converge();
  EXPECT_EQ(second_status().resyncs, 1U);
  EXPECT_EQ(status().resyncs, 1U);
}

TEST_F(PostgresFeedTargetsTest, BothGoOnFromTheirPositionsAfterARestart) {
  fill(60);
  start();
  expect_streaming();
  add_second();
  expect_both_converge();
  EXPECT_TRUE(eventually([&] { return second_status().state == FeedState::Streaming; }));
  second_.set_durable_at_once(false);
  sql("UPDATE products SET title = 'Not durable in one' WHERE id = 2");
  expect_both_converge();
  stop();
  second_.crash();
  second_.set_durable_at_once(true);
  sql("DELETE FROM products WHERE id = 3");
  feed_ = std::make_unique<PostgresFeed>(FeedTarget{std::make_shared<const IndexSchema>(schema_), &sink_},
                                         options_);
  add_second();
  thread_ = std::jthread([this](const std::stop_token& token) { EXPECT_TRUE(feed_->run(token)); });
  expect_both_converge();
  EXPECT_EQ(second_.record("2")["title"], "Not durable in one");
  EXPECT_EQ(status().resyncs, 0U);
}

TEST_F(PostgresFeedTargetsTest, ScanThatIsAskedForMendsOneTarget) {
  fill(60);
  start();
  expect_streaming();
  add_second();
  expect_both_converge();
  EXPECT_TRUE(eventually([&] { return second_status().state == FeedState::Streaming; }));
  sink_.put("1", {{"id", 1}});
  second_.put("1", {{"id", 1}});
  second_.put("777", {{"id", 777}});
  ASSERT_TRUE(feed_->request_scan(second_));
  expect_second_equals(truth());
  EXPECT_FALSE(sink_.record("1").contains("title"));
}

TEST_F(PostgresFeedTargetsTest, RepairReadsProductsAgainForAllTargets) {
  fill(60);
  start();
  expect_streaming();
  add_second();
  expect_both_converge();
  for (ModelSink* sink : {&sink_, &second_}) {
    sink->put("1", {{"id", 1}});
    sink->put("777", {{"id", 777}});
  }
  ASSERT_TRUE(feed_->repair({"1", "777", "20"}));
  EXPECT_TRUE(eventually([&] { return status().repairs == 0; }));
  EXPECT_EQ(sink_.records(), truth());
  EXPECT_EQ(second_.records(), truth());
}

TEST_F(PostgresFeedTargetsTest, RepairAskedForWithoutAConnectionIsDoneLater) {
  fill(20);
  start();
  expect_streaming();
  expect_converges();
  stop();
  sink_.put("1", {{"id", 1}});
  feed_ = std::make_unique<PostgresFeed>(FeedTarget{std::make_shared<const IndexSchema>(schema_), &sink_},
                                         options_);
  ASSERT_TRUE(feed_->repair({"1"}));
  EXPECT_EQ(status().repairs, 1U);
  thread_ = std::jthread([this](const std::stop_token& token) { EXPECT_TRUE(feed_->run(token)); });
  EXPECT_TRUE(eventually([&] { return status().repairs == 0; }));
  EXPECT_EQ(sink_.records(), truth());
}

TEST_F(PostgresFeedTargetsTest, StrangersAreNotTakenIn) {
  fill(5);
  start();
  expect_streaming();
  EXPECT_EQ(feed_->add_target({std::make_shared<const IndexSchema>(schema_), &sink_}).error().code,
            ErrorCode::Conflict);
  second_source().slot = "other_slot";
  EXPECT_EQ(feed_->add_target(second()).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(feed_->request_scan(second_).error().code, ErrorCode::NotFound);
  feed_->remove_target(second_);  // nothing happens
}

}  // namespace
}  // namespace aisle
