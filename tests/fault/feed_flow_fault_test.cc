// Load, order and masses: what is asked of the feed when much happens, or something happens at the wrong
// moment.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "indexer/postgres/replication_protocol.h"
#include "tests/support/eventually.h"
#include "tests/support/random.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

using test::eventually;
using test::ModelSink;
using test::SqlSession;

class FeedFlowFaultTest : public test::ShopFeedTest {
 protected:
  void expect_held(const std::string& why) {
    EXPECT_TRUE(eventually([&] { return status().state == FeedState::Held; })) << state_name(status().state);
    EXPECT_NE(status().reason.find(why), std::string::npos) << status().reason;
  }
  Lsn insert_position(SqlSession& session) {
    return *parse_lsn(session.value("SELECT pg_current_wal_insert_lsn()"));
  }
};

TEST_F(FeedFlowFaultTest, F34_TheLastOfTwoUpdatesWins) {
  fill(20);
  start();
  expect_streaming();
  const unsigned seed = std::random_device()();
  const int rounds = static_cast<int>(test::number_from("AISLE_ROUNDS", 1'000)) / 4;
  std::cout << "seed " << seed << ", " << 4 * rounds << " rounds\n";
  std::vector<std::jthread> writers;
  for (unsigned w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      std::mt19937 random(seed + w);
      SqlSession session(conninfo());
      for (int i = 0; i < rounds; ++i) {
        const std::string id = std::to_string(1 + random() % 5);
        session.exec("UPDATE products SET title = 'First " + std::to_string(i) + "' WHERE id = " + id);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 2'000));
        session.exec("UPDATE products SET title = 'Second " + std::to_string(i) + "' WHERE id = " + id +
                     "; UPDATE prices SET price = " + std::to_string(random() % 1'000) +
                     " WHERE product_id = " + id);
      }
    });
  }
  writers.clear();
  expect_converges();
}

TEST_F(FeedFlowFaultTest, F35_ParentsOfMovedDeletedAndCascadedRowsAreRight) {
  sql("ALTER TABLE variants ADD FOREIGN KEY (product_id) REFERENCES products ON DELETE CASCADE NOT VALID");
  fill(30);
  start();
  expect_streaming();
  sql("UPDATE variants SET product_id = 9 WHERE id = 2");
  sql("DELETE FROM variants WHERE id = 7");
  sql("DELETE FROM products WHERE id = 11");
  sql("BEGIN; UPDATE variants SET product_id = 12 WHERE product_id = 13; DELETE FROM products WHERE id = 13; "
      "COMMIT");
  expect_converges();
}

TEST_F(FeedFlowFaultTest, F55_ManyDeletesAreHeldUntilConfirmed) {
  options_.flow.deletes_free = 10;
  fill(100);
  start();
  expect_streaming();
  sql("DELETE FROM products WHERE id <= 5");  // few: nobody is asked
  expect_converges();
  sql("DELETE FROM products WHERE id <= 60");
  expect_held("would delete");
  EXPECT_GT(sink_.records().size(), 80U);
  sql("UPDATE products SET title = 'Waits too' WHERE id = 70");
  feed_->confirm();
  expect_converges();
  sql("DELETE FROM products WHERE id <= 90");  // the word holds for a while
  expect_converges();
}

TEST_F(FeedFlowFaultTest, ManyRecordsThatCannotBeIndexedHoldTheFeed) {
  options_.flow.refused_per_minute_max = 5;
  fill(20);
  start();
  expect_streaming();
  sink_.add_refused(5);
  sql("UPDATE products SET title = 'Goes on' WHERE id = 1");
  expect_converges();
  sink_.add_refused(5);
  sql("UPDATE products SET title = 'The last' WHERE id = 1");
  expect_held("cannot be indexed, the limit is 5");
  sql("UPDATE products SET title = 'Waits' WHERE id = 2");
  EXPECT_EQ(sink_.record("2")["title"], "Product 2");
  feed_->confirm();
  expect_converges();
}

TEST_F(FeedFlowFaultTest, F64_ASlowQueryOfANewcomerDoesNotAgeTheOthers) {
  fill(400);
  start();
  expect_streaming();
  ModelSink newcomer;
  auto schema = std::make_shared<IndexSchema>(schema_);
  auto& slow = std::get<PostgresSource>(schema->source);
  slow.document_query =
      "SELECT p.id, p.title, pg_sleep(0.005) IS NULL AS slow FROM products p WHERE p.id = ANY($1)";
  slow.volatile_query = "";
  slow.tables.clear();
  options_.guest_chunk_rows = 100;
  ASSERT_TRUE(feed_->add_target({schema, &newcomer}));
  const auto building = [&] { return newcomer.records().size() < 400; };
  std::chrono::duration<double> worst{};
  int changes = 0;
  for (; building() && changes < 200; ++changes) {
    const std::string price = std::to_string(10'000 + changes) + ".5";
    const auto begin = std::chrono::steady_clock::now();
    sql("UPDATE prices SET price = " + price + " WHERE product_id = 3");
    EXPECT_TRUE(eventually([&] { return sink_.record("3")["price"] == 10'000.5 + changes; }));
    worst = std::max<std::chrono::duration<double>>(worst, std::chrono::steady_clock::now() - begin);
  }
  std::cout << changes << " prices during the build, the slowest visible after " << worst.count() << " s\n";
  EXPECT_GT(changes, 3);
  EXPECT_LT(worst.count(), 1.5);  // of a build that takes two seconds: the newcomer's queries hold nobody up
  EXPECT_TRUE(eventually([&] { return newcomer.records().size() == 400; }));
  feed_->remove_target(newcomer);
}

TEST_F(FeedFlowFaultTest, F59_ANewcomerWithoutRoomIsSetAsideAndTakenInAgain) {
  fill(100);
  start();
  expect_streaming();
  ModelSink newcomer;
  newcomer.set_room(false);
  ASSERT_TRUE(feed_->add_target({std::make_shared<const IndexSchema>(schema_), &newcomer}));
  EXPECT_TRUE(eventually([&] { return status().targets.size() == 2; }));
  for (int i = 0; i < 5; ++i) {
    sql("UPDATE products SET title = 'Goes on " + std::to_string(i) + "' WHERE id = 1");
    expect_converges();
  }
  EXPECT_TRUE(newcomer.records().empty());
  newcomer.set_room(true);
  EXPECT_TRUE(eventually([&] { return newcomer.records() == truth(); }));
  EXPECT_EQ(status().resyncs, 0U);
  feed_->remove_target(newcomer);
}

TEST_F(FeedFlowFaultTest, F68_ATokenOfAnAsynchronousCommitIsReachedWithItsRow) {
  sql("ALTER SYSTEM SET wal_writer_delay = '10ms'");
  sql("SELECT pg_reload_conf()");
  fill(20);
  start();
  expect_streaming();
  SqlSession session(conninfo());
  session.exec("SET synchronous_commit = off");
  for (int round = 0; round < 200; ++round) {
    const std::string title = "Round " + std::to_string(round);
    session.exec("UPDATE products SET title = '" + title + "' WHERE id = 1");
    const Lsn token = without_page_header(insert_position(session));
    ASSERT_TRUE(eventually([&] { return status().applied_lsn >= token; })) << "round " << round;
    ASSERT_EQ(sink_.record("1")["title"], title);
  }
}

TEST_F(FeedFlowFaultTest, F68_ATokenOfAnIdleDatabaseIsReachedWithinAKeepalive) {
  fill(20);
  start();
  expect_streaming();
  for (int round = 0; round < 3; ++round) {
    sql("CREATE TABLE elsewhere_" + std::to_string(round) + " ()");
    const Lsn token = without_page_header(insert_position(*session_));
    EXPECT_TRUE(eventually([&] { return status().applied_lsn >= token; }, std::chrono::seconds(5)));
  }
  EXPECT_GT(status().timeline, 0U);
}

TEST_F(FeedFlowFaultTest, F32_AnOpenWriteTransactionIsNamed) {
  options_.publication_interval = std::chrono::milliseconds(50);
  fill(5);
  start();
  expect_streaming();
  SqlSession other(conninfo());
  other.exec("BEGIN; CREATE TABLE open_work (n int)");
  const std::string pid = other.value("SELECT pg_backend_pid()");
  EXPECT_TRUE(eventually([&] { return std::to_string(status().slot.oldest_writer_pid) == pid; }));
  EXPECT_EQ(status().slot.wal_status, "reserved");
  other.exec("ROLLBACK");
  EXPECT_TRUE(eventually([&] { return status().slot.oldest_writer_pid == 0; }));
}

}  // namespace
}  // namespace aisle
