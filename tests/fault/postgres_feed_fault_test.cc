// What happens to servers, slots, publications and processes, and that the index converges all the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "indexer/postgres/replication_stream.h"
#include "indexer/postgres/source_identity.h"
#include "tests/support/eventually.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

using test::eventually;
using test::SqlSession;

class PostgresFeedFaultTest : public test::ShopFeedTest {
 protected:
  bool has_finding(FindingCode code) const {
    const auto findings = status().findings;
    return has_code(findings, code);
  }
  void expect_state(FeedState state) {
    EXPECT_TRUE(eventually([&] { return status().state == state; }))
        << state_name(status().state) << " instead of " << state_name(state) << ": " << status().reason;
  }
  void await_free_slot() {
    EXPECT_TRUE(eventually([&] { return value("SELECT active FROM pg_replication_slots") == "f"; }));
  }
};

TEST_F(PostgresFeedFaultTest, F3_TerminatedStreamReconnectsAndLosesNothing) {
  fill(20);
  start();
  expect_streaming();
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t before = status().reconnects;
    sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
    sql("UPDATE products SET title = title || '+' WHERE id < 10");
    EXPECT_TRUE(eventually([&] { return status().reconnects > before; }));
    expect_converges();
  }
}

TEST_F(PostgresFeedFaultTest, TerminatedQueryConnectionReconnects) {
  fill(20);
  start();
  expect_streaming();
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aisle products' "
      "AND backend_type = 'client backend'");
  sql("UPDATE products SET title = 'After' WHERE id = 1");
  EXPECT_TRUE(eventually([&] { return sink_.record("1")["title"] == "After"; }));
}

TEST_F(PostgresFeedFaultTest, F4_CrashedServerIsFollowedAgainAfterItsRestart) {
  fill(20);
  start();
  expect_streaming();
  sql("UPDATE products SET title = 'Before the crash' WHERE id = 1");
  session_.reset();
  server().stop("immediate");
  server().start();
  reconnect_session();
  sql("UPDATE products SET title = 'After the crash' WHERE id = 2");
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, ChangesWhileTheIndexWasDownArriveFromTheSlot) {
  fill(20);
  start();
  expect_streaming();
  stop();
  sql("UPDATE products SET title = 'Meanwhile' WHERE id = 1; DELETE FROM products WHERE id = 2");
  const std::size_t upserts = sink_.upserts();
  start();
  expect_converges();
  EXPECT_LE(sink_.upserts() - upserts, 2U);
}

TEST_F(PostgresFeedFaultTest, WorkThatWasNotDurableIsDeliveredAgain) {
  fill(20);
  start();
  expect_streaming();
  sink_.set_durable_at_once(false);
  sql("UPDATE products SET title = 'Applied, not durable' WHERE id = 1");
  EXPECT_TRUE(eventually([&] { return sink_.record("1")["title"] == "Applied, not durable"; }));
  stop();
  sink_.crash();
  EXPECT_EQ(sink_.record("1")["title"], "Product 1");
  start();
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, F9_SlotDroppedWhileDownIsReplacedAndTheGapMended) {
  fill(50);
  start();
  expect_streaming();
  stop();
  await_free_slot();
  sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots;"
      "DELETE FROM products WHERE id = 7; UPDATE products SET title = 'In the gap' WHERE id = 8;"
      "UPDATE prices SET price = 1 WHERE product_id = 9");
  start();
  expect_converges();
  EXPECT_FALSE(sink_.has("7"));
  EXPECT_EQ(status().resyncs, 1U);
}

TEST_F(PostgresFeedFaultTest, F9_SlotDroppedWhileRunningIsReplacedAndTheGapMended) {
  fill(50);
  start();
  expect_streaming();
  sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
  EXPECT_TRUE(eventually([&] {
    SqlSession other(conninfo());
    other.query(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL");
    return other.value(
               "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots "
               "WHERE active_pid IS NULL") == "1";
  }));
  sql("UPDATE products SET title = 'In the gap' WHERE id = 8");
  EXPECT_TRUE(eventually([&] { return status().resyncs >= 1; }));
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, F11_SlotAdvancedByOthersIsNoticed) {
  fill(50);
  start();
  expect_streaming();
  stop();
  await_free_slot();
  sql("DELETE FROM products WHERE id = 7; UPDATE products SET title = 'Skipped' WHERE id = 8");
  sql("SELECT pg_replication_slot_advance(slot_name, pg_current_wal_lsn()) FROM pg_replication_slots");
  start();
  expect_converges();
  EXPECT_EQ(status().resyncs, 1U);
}

TEST_F(PostgresFeedFaultTest, F8_SlotInUseIsWaitedForNamingTheProcess) {
  fill(20);
  start();
  expect_streaming();
  stop();
  await_free_slot();
  ConnectionOptions connection;
  connection.conninfo = conninfo();
  connection.replication = true;
  StreamOptions stream;
  stream.slot = source().slot;
  stream.publication = source().publication;
  stream.durable_lsn = [] { return Lsn{0}; };
  auto other = ReplicationStream::start(Connection::open(connection).value(), stream);
  ASSERT_TRUE(other) << other.error().message;
  sql("UPDATE products SET title = 'Waited' WHERE id = 1");
  start();
  expect_state(FeedState::WaitingForSlot);
  const std::string pid = value("SELECT active_pid FROM pg_replication_slots");
  EXPECT_NE(status().reason.find("PID " + pid), std::string::npos) << status().reason;
  EXPECT_EQ(sink_.record("1")["title"], "Product 1");
  other->reset();
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, F10_LostSlotIsReplacedWithoutARetryLoop) {
  fill(50);
  start();
  expect_streaming();
  stop();
  await_free_slot();
  sql("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
  sql("SELECT pg_reload_conf()");
  sql("UPDATE products SET title = 'In the gap' WHERE id = 8");
  sql("CREATE TABLE filler (t text)");
  EXPECT_TRUE(eventually([&] {
    sql("INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 5000)");
    sql("SELECT pg_switch_wal()");
    sql("CHECKPOINT");
    return value("SELECT wal_status FROM pg_replication_slots") == "lost";
  }));
  sql("ALTER SYSTEM RESET max_slot_wal_keep_size");
  sql("SELECT pg_reload_conf()");
  start();
  expect_converges();
  EXPECT_EQ(status().resyncs, 1U);
  EXPECT_LE(status().reconnects, 3U);
}

TEST_F(PostgresFeedFaultTest, F10_SlotLostUnderASlowIndexIsReplacedWithoutARetryLoop) {
  fill(50);
  start();
  expect_streaming();
  expect_converges();
  sink_.set_durable_at_once(false);  // nothing more is acknowledged
  sql("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
  sql("SELECT pg_reload_conf()");
  sql("CREATE TABLE filler (t text)");
  EXPECT_TRUE(eventually([&] {
    sql("INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 5000)");
    sql("SELECT pg_switch_wal()");
    sql("CHECKPOINT");
    return status().resyncs == 1;
  }));
  sql("ALTER SYSTEM RESET max_slot_wal_keep_size");
  sql("SELECT pg_reload_conf()");
  sink_.set_durable_at_once(true);
  sql("UPDATE products SET title = 'Afterwards' WHERE id = 8");
  expect_converges();
  EXPECT_LE(status().reconnects, 6U);
}

TEST_F(PostgresFeedFaultTest, F24_IdOfAnotherTypeIsRefusedNamingBoth) {
  fill(20);
  start();
  expect_streaming();
  const std::size_t batches = sink_.batches();
  sql("ALTER TABLE products ALTER id TYPE text USING 'p' || id; UPDATE products SET title = 'x' WHERE id = "
      "'p1'");
  expect_state(FeedState::Refused);
  EXPECT_NE(
      status().reason.find("column id of public.products is text, the index was built when it was bigint"),
      std::string::npos)
      << status().reason;
  EXPECT_FALSE(sink_.has("p1"));
  EXPECT_LE(sink_.batches() - batches, 1U);
}

TEST_F(PostgresFeedFaultTest, F17_PublicationMadeAnewIsMendedByANewSlot) {
  fill(50);
  start();
  expect_streaming();
  stop();
  sql("UPDATE products SET title = 'Behind the slot' WHERE id = 3");
  sql("DROP PUBLICATION " + source().publication);
  sql("UPDATE products SET title = 'In the gap' WHERE id = 8");
  start();
  expect_converges();
  EXPECT_LE(status().reconnects, 3U);
  sql("UPDATE products SET title = 'Afterwards' WHERE id = 9");
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, F18_TableTakenFromThePublicationIsNoticedAndItsGapMended) {
  fill(50);
  start();
  expect_streaming();
  sql("ALTER PUBLICATION " + source().publication + " DROP TABLE variants");
  expect_state(FeedState::Refused);
  EXPECT_TRUE(has_finding(FindingCode::PublicationChanged));
  sql("UPDATE variants SET sku = 'IN-THE-GAP' WHERE id = 4");
  sql("ALTER PUBLICATION " + source().publication + " ADD TABLE variants");
  expect_converges();
  EXPECT_EQ(sink_.record("3")["skus"][0], "IN-THE-GAP");
}

TEST_F(PostgresFeedFaultTest, F19_TableReplacedUnderItsNameIsNoticed) {
  fill(50);
  start();
  expect_streaming();
  sql("ALTER TABLE variants RENAME TO variants_old;"
      "CREATE TABLE variants (LIKE variants_old INCLUDING ALL); ALTER TABLE variants REPLICA IDENTITY FULL;"
      "INSERT INTO variants VALUES (1, 1, 'SWAPPED')");
  expect_state(FeedState::Refused);
  EXPECT_NE(status().reason.find("public.variants is not in publication"), std::string::npos)
      << status().reason;
  sql("ALTER PUBLICATION " + source().publication + " ADD TABLE variants");
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, F23_ColumnTheQueryNeedsHoldsTheFeedUntilItIsBack) {
  fill(20);
  start();
  expect_streaming();
  sql("ALTER TABLE products RENAME COLUMN description TO about");
  sql("UPDATE products SET title = 'While broken' WHERE id = 1");
  expect_state(FeedState::Refused);
  EXPECT_TRUE(has_finding(FindingCode::QueryFailed));
  EXPECT_EQ(sink_.record("1")["title"], "Product 1");
  sql("ALTER TABLE products RENAME COLUMN about TO description");
  expect_converges();
  EXPECT_EQ(status().resyncs, 0U);
}

TEST_F(PostgresFeedFaultTest, F22_UnusedColumnsMayComeAndGo) {
  fill(20);
  start();
  expect_streaming();
  sql("ALTER TABLE products ADD COLUMN colour text; UPDATE products SET colour = 'red' WHERE id = 1");
  sql("ALTER TABLE products RENAME COLUMN colour TO color; UPDATE products SET title = 'x' WHERE id = 2");
  sql("ALTER TABLE products DROP COLUMN color; UPDATE products SET title = 'y' WHERE id = 3");
  expect_converges();
  EXPECT_EQ(status().reconnects, 0U);
}

TEST_F(PostgresFeedFaultTest, F33_CommitThatWaitsForItsStandbyAppearsOnceReleased) {
  fill(20);
  start();
  expect_streaming();
  SqlSession control(conninfo());
  control.exec("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  control.exec("SELECT pg_reload_conf()");
  // The setting counts from when the checkpointer has seen it: until then a commit does not wait.
  SqlSession probe(conninfo());
  int number = 0;
  probe.send("CREATE TABLE probe_0 ()");
  EXPECT_TRUE(eventually([&] {
    if (control.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1")
      return true;
    if (control.value("SELECT to_regclass('probe_" + std::to_string(number) + "') IS NOT NULL") == "t") {
      probe.finish();
      probe.send("CREATE TABLE probe_" + std::to_string(++number) + " ()");
    }
    return false;
  }));
  session_->send("UPDATE products SET title = 'Released' WHERE id = 1");
  EXPECT_TRUE(eventually([&] { return status().reason.find("not yet visible") != std::string::npos; }));
  EXPECT_EQ(sink_.record("1")["title"], "Product 1");
  control.exec("ALTER SYSTEM RESET synchronous_standby_names");
  control.exec("SELECT pg_reload_conf()");
  probe.finish();
  session_->finish();
  EXPECT_TRUE(eventually([&] { return sink_.record("1")["title"] == "Released"; }));
}

TEST_F(PostgresFeedFaultTest, F56_ScanGoesOnFromItsCursorAfterACrash) {
  fill(3'000);
  options_.chunk_rows = 50;
  sink_.set_delay(std::chrono::milliseconds(5));
  sink_.set_durable_at_once(false);
  start();
  EXPECT_TRUE(eventually([&] { return sink_.records().size() > 1'500; }));
  EXPECT_TRUE(sink_.flush(Deadline::never()));
  EXPECT_TRUE(eventually([&] { return sink_.records().size() > 1'800; }));
  stop();
  sink_.crash();
  const std::string cursor = *sink_.mark("scan_cursor");
  EXPECT_EQ(cursor.substr(0, 6), "chunk:");
  const std::size_t known = sink_.records().size();
  EXPECT_GT(known, 1'500U);
  const std::size_t upserts = sink_.upserts();
  sql("DELETE FROM products WHERE id IN (10, 2990); UPDATE products SET title = 'Meanwhile' WHERE id IN (11, "
      "2991)");
  sink_.set_delay({});
  start();
  expect_converges();
  EXPECT_LE(sink_.upserts() - upserts, 2'850 - known + 60);
}

TEST_F(PostgresFeedFaultTest, IdsThatTheTableNoLongerHasAreSweptButNotMostOfTheIndex) {
  fill(100);
  options_.flow.deletes_free = 10;
  for (int id = 1'000; id < 1'060; ++id) sink_.put(std::to_string(id), {{"id", id}});
  sink_.put("not a number", {{"id", "not a number"}});
  start();
  expect_state(FeedState::Held);
  EXPECT_NE(status().reason.find("61 of 156"), std::string::npos) << status().reason;
  EXPECT_EQ(sink_.records().size(), 156U);
  feed_->confirm();
  expect_converges();
}

TEST_F(PostgresFeedFaultTest, F21_DeletedRowsWithoutTheirProductAreMendedByAScan) {
  sql("ALTER TABLE variants REPLICA IDENTITY DEFAULT");
  options_.repair_interval = std::chrono::milliseconds(50);
  fill(50);
  start();
  expect_streaming();
  EXPECT_TRUE(has_finding(FindingCode::WeakIdentity));
  sql("DELETE FROM variants WHERE id = 4");
  expect_converges();
  EXPECT_TRUE(eventually([&] { return sink_.record("3")["skus"].size() == 1; }));
}

TEST_F(PostgresFeedFaultTest, F14_AnotherClusterIsRefused) {
  fill(20);
  start();
  expect_streaming();
  stop();
  ChangeBatch batch;
  batch.lsn = sink_.applied_lsn();
  batch.mark_key = identity_mark;
  batch.mark_value = "123456 1 " + source().slot + " abc";
  ASSERT_TRUE(sink_.apply(batch));
  const std::size_t batches = sink_.batches();
  start();
  expect_state(FeedState::Refused);
  EXPECT_TRUE(has_finding(FindingCode::WrongCluster));
  EXPECT_EQ(sink_.batches(), batches);
}

}  // namespace
}  // namespace aisle
