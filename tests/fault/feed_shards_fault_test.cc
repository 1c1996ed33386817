// Faults of disk, backup and database with real shards behind the feed: it says what happened, loses nothing,
// and ends equal to the database.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <xapian.h>

#include <filesystem>

#include "tests/support/eventually.h"
#include "tests/support/pipeline_shop.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;
using test::eventually;
using test::PostgresServer;

class FeedShardsFaultTest : public test::PipelineShopTest {
 protected:
  bool has_finding(FindingCode code) const {
    const auto findings = status().findings;
    return has_code(findings, code);
  }
};

TEST_F(FeedShardsFaultTest, F12_IndexRestoredFromABackupIsReadAgain) {
  fill(200);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  close();
  const fs::path backup = folder_->path() / "backup";
  fs::copy(data_ / "products", backup, fs::copy_options::recursive);
  sql("DELETE FROM products WHERE id = 3; UPDATE products SET title = 'After the backup' WHERE id = 4");
  open_and_start();
  expect_verified();
  const Lsn durable = shards_->durable_lsn();
  EXPECT_TRUE(eventually([&] { return status().confirmed_lsn >= durable; }));
  close();
  fs::remove_all(data_ / "products");
  fs::copy(backup, data_ / "products", fs::copy_options::recursive);
  open_and_start();
  expect_verified();
  EXPECT_EQ(status().resyncs, 1U);
}

TEST_F(FeedShardsFaultTest, F48_ADeadLetterIsKeptAndTriedAgainWhenAskedFor) {
  fill(50);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  sql("UPDATE products SET title = repeat('x', 5000000) WHERE id = 3; UPDATE products SET title = 'Fine' "
      "WHERE id = 4");
  EXPECT_TRUE(eventually([&] { return pipeline_->dead_letters().list().size() == 1; }));
  EXPECT_TRUE(pipeline_->flush(Deadline::after(std::chrono::seconds(10))));
  close();
  open_and_start();
  const auto letters = pipeline_->dead_letters().list();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].id, "3");
  EXPECT_NE(letters[0].error.find("the limit is"), std::string::npos) << letters[0].error;
  expect_streaming();
  sql("UPDATE products SET title = 'Short again' WHERE id = 3");
  ASSERT_TRUE(feed_->repair({"3"}));
  EXPECT_TRUE(eventually([&] { return pipeline_->dead_letters().list().empty(); }));
  expect_verified();
}

// Needs the right to mount: elsewhere there is no small disk to fill.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=4m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void enlarge() const { ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=256m"); }

 private:
  fs::path folder_;
  bool mounted_ = false;
};

class FeedSmallDiskTest : public FeedShardsFaultTest {
 protected:
  void SetUp() override {
    FeedShardsFaultTest::SetUp();
    if (session_ == nullptr) return;
    disk_ = std::make_unique<SmallDisk>(folder_->path() / "disk");
    if (!disk_->mounted()) GTEST_SKIP() << "no right to mount a small disk";
    data_ = folder_->path() / "disk";
  }
  void TearDown() override {
    FeedShardsFaultTest::TearDown();
    disk_.reset();
  }
  std::unique_ptr<SmallDisk> disk_;
};

TEST_F(FeedSmallDiskTest, F42_AFullDiskHoldsThePositionAndIsWrittenWhenThereIsRoom) {
  fill(100);
  open_and_start(1);
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  sql("INSERT INTO products SELECT i, 'Much text', (SELECT string_agg(md5((i * 1000 + n)::text), ' ') "
      "FROM generate_series(1, 100) n), 1 FROM generate_series(1001, 4000) i");
  const Lsn written = *parse_lsn(value("SELECT pg_current_wal_insert_lsn()"));
  EXPECT_TRUE(eventually([&] {
    const Status flushed = pipeline_->flush(Deadline::after(std::chrono::milliseconds(200)));
    return !flushed && flushed.error().message.find("space") != std::string::npos;
  })) << "the disk did not fill up";
  EXPECT_LT(shards_->durable_lsn(), written);
  EXPECT_LT(status().confirmed_lsn, written);
  disk_->enlarge();
  expect_verified();
  EXPECT_GE(shards_->durable_lsn(), written);
  close();
  EXPECT_EQ(Xapian::Database::check(shard_path(0).string(), 0, nullptr), 0U);
}

// With a server of its own, whose files are put back.
class FeedRestoredDatabaseTest : public FeedShardsFaultTest {
 protected:
  PostgresServer& server() override {
    static PostgresServer own;
    return own;
  }
};

TEST_F(FeedRestoredDatabaseTest,
       F13_DatabaseRestoredToAnOlderStateIsRefusedUntilSomebodySaysItIsTheRightOne) {
  fill(200);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  stop();
  session_.reset();
  server().stop();
  server().save_files();
  server().start();
  reconnect_session();
  start();
  expect_streaming();
  sql("INSERT INTO products VALUES (5001, 'Gone after the restore', NULL, 1); DELETE FROM products WHERE id "
      "= 7");
  sql("CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 2000)");
  expect_verified();
  stop();
  const Lsn ahead = shards_->durable_lsn();
  session_.reset();
  server().stop("immediate");
  server().restore_files();
  server().start();
  reconnect_session();
  start();
  EXPECT_TRUE(eventually([&] { return status().state == FeedState::Refused; })) << status().reason;
  EXPECT_TRUE(has_finding(FindingCode::DatabaseRestored)) << status().reason;
  EXPECT_EQ(shards_->durable_lsn(), ahead);
  ASSERT_TRUE(feed_->request_scan(*pipeline_));
  expect_verified();
  EXPECT_LT(shards_->durable_lsn(), ahead);
  sql("UPDATE products SET title = 'Followed again' WHERE id = 7");
  expect_verified();
}

}  // namespace
}  // namespace aisle
