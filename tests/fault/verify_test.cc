// Verify finds what differs between shards and database, nothing else, and repair mends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xapian.h>

#include <thread>

#include "schemas/term_layout.h"
#include "tests/support/eventually.h"
#include "tests/support/pipeline_shop.h"

namespace aisle {
namespace {

using test::eventually;
using test::SqlSession;
using ::testing::ElementsAre;

class VerifyTest : public test::PipelineShopTest {
 protected:
  // Changes a closed shard behind everybody's back.
  template <class Change>
  void edit(const std::string& id, Change change) {
    Xapian::WritableDatabase database(shard_path(shard_of(id, 2)).string(), Xapian::DB_OPEN);
    change(database, *database.postlist_begin(id_term(id)));
    database.commit();
  }
};

TEST_F(VerifyTest, F67_AlteredMissingAndExtraDocumentsAreFoundAndRepaired) {
  fill(300);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  close();
  edit("7", [](auto& database, Xapian::docid docid) {
    Xapian::Document document = database.get_document(docid);
    document.add_value(0, "bent");
    database.replace_document(docid, document);
  });
  edit("8", [](auto& database, Xapian::docid docid) { database.delete_document(docid); });
  edit("9", [](auto& database, Xapian::docid docid) {
    Xapian::Document document = database.get_document(docid);
    document.remove_term(id_term("9"));
    std::string stranger = "900000";
    while (shard_of(stranger, 2) != shard_of("9", 2)) stranger += "0";
    document.add_term(id_term(stranger));
    database.add_document(document);
  });
  open_and_start();
  expect_streaming();

  const auto found = verify();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->different_ids, ElementsAre("7")) << found->json();
  EXPECT_THAT(found->missing_ids, ElementsAre("8"));
  ASSERT_EQ(found->extra_ids.size(), 1U);
  EXPECT_EQ(found->extra_ids[0].substr(0, 6), "900000");
  EXPECT_EQ(found->differences(), 3U);
  EXPECT_EQ(found->checked, truth().size() + 1);
  EXPECT_GT(found->lsn, 0U);

  const auto repaired = verify_and_repair();
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_EQ(repaired->repaired, 3U) << repaired->json();
  EXPECT_EQ(repaired->differences(), 0U) << repaired->json();
  expect_verified();
}

TEST_F(VerifyTest, ChangesUnderWayAreNoDifferences) {
  fill(2'000);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  std::atomic<int> changes{0};
  const std::jthread writer([&](const std::stop_token& stop) {
    SqlSession other(conninfo());
    for (int i = 0; !stop.stop_requested(); ++i, ++changes) {
      const std::string id = std::to_string(1 + i * 37 % 2'000);
      other.exec("UPDATE products SET title = 'Round " + std::to_string(i) + "' WHERE id = " + id +
                 "; UPDATE prices SET stock = stock + 1 WHERE product_id = " + id);
      if (i % 10 == 0) other.exec("DELETE FROM products WHERE id = " + id);
      if (i % 10 == 5)
        other.exec("INSERT INTO products VALUES (" + std::to_string(100'000 + i) + ", 'New', NULL, 1)");
      std::this_thread::sleep_for(test::writer_pace);
    }
  });
  EXPECT_TRUE(eventually([&] { return changes > 20; }));
  for (int i = 0; i < 3; ++i) {
    const auto report = verify();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->differences(), 0U) << report->json();
  }
}

TEST_F(VerifyTest, ValuesThatKeepComingBackAreNoDifferences) {
  fill(2'000);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  std::atomic<int> changes{0};
  const std::jthread writer([&](const std::stop_token& stop) {
    SqlSession other(conninfo());
    for (; !stop.stop_requested(); ++changes) {
      other.exec("UPDATE prices SET stock = floor(random() * 2) WHERE product_id % 97 = 0");
      std::this_thread::sleep_for(test::writer_pace);
    }
  });
  EXPECT_TRUE(eventually([&] { return changes > 20; }));
  const auto report = verify();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differences(), 0U) << report->json();
}

TEST_F(VerifyTest, AnIndexThatIsNotFollowedCannotBeVerified) {
  fill(100);
  open_and_start();
  expect_verified();
  ASSERT_FALSE(HasFatalFailure());
  stop();
  sql("UPDATE products SET title = 'Not followed' WHERE id = 5");
  VerifyInput input = verify_input();
  input.patience = std::chrono::milliseconds(100);
  EXPECT_EQ(verify_postgres(input).error().code, ErrorCode::DeadlineExceeded);
}

TEST_F(VerifyTest, ProductsThatCannotBeIndexedAreCountedApart) {
  fill(50);
  sql("UPDATE products SET title = repeat('x', 5000000) WHERE id = 3");
  open_and_start();
  expect_streaming();
  EXPECT_TRUE(eventually([&] { return pipeline_->dead_letters().list().size() == 1; }));
  const auto report = verify();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differences(), 0U) << report->json();
  EXPECT_EQ(report->refused, 1U);
}

}  // namespace
}  // namespace aisle
