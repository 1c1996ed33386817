#include "indexer/postgres/postgres_feed.h"

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/random.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

using test::eventually;

class PostgresFeedTest : public test::ShopFeedTest {};

TEST_F(PostgresFeedTest, FirstScanBringsEveryProductOfTheCatalogue) {
  fill(1'234);
  start();
  expect_converges();
  EXPECT_EQ(sink_.records().size(), truth().size());
  EXPECT_EQ(*sink_.mark("scan_cursor"), "done");
  EXPECT_TRUE(eventually([&] { return status().confirmed_lsn > 0; }));
}

TEST_F(PostgresFeedTest, EmptyShopFillsThroughTheStream) {
  start();
  expect_streaming();
  fill(50);
  expect_converges();
}

TEST_F(PostgresFeedTest, InsertUpdateAndDeleteArrive) {
  fill(10);
  start();
  expect_streaming();
  sql("INSERT INTO products VALUES (100, 'New', NULL, 1)");
  sql("UPDATE products SET title = 'Renamed' WHERE id = 1");
  sql("DELETE FROM products WHERE id = 2");
  expect_converges();
  EXPECT_EQ(sink_.record("1")["title"], "Renamed");
  EXPECT_FALSE(sink_.has("2"));
  EXPECT_TRUE(sink_.has("100"));
}

TEST_F(PostgresFeedTest, ProductThatLeavesTheCatalogueIsDeletedAndComesBack) {
  fill(10);
  start();
  expect_streaming();
  sql("UPDATE products SET active = false WHERE id = 3");
  EXPECT_TRUE(eventually([&] { return !sink_.has("3"); }));
  sql("UPDATE products SET active = true WHERE id = 3");
  EXPECT_TRUE(eventually([&] { return sink_.has("3"); }));
}

TEST_F(PostgresFeedTest, ChildRowsChangeTheirProduct) {
  fill(10);
  start();
  expect_streaming();
  sql("INSERT INTO variants VALUES (1000, 5, 'SKU-NEW')");
  sql("UPDATE variants SET sku = 'SKU-CHANGED' WHERE id = 2");
  sql("DELETE FROM variants WHERE id = 7");
  expect_converges();
}

TEST_F(PostgresFeedTest, F35_ChildMovedBetweenProductsChangesBoth) {
  fill(10);
  start();
  expect_streaming();
  sql("UPDATE variants SET product_id = 9 WHERE id = 2");
  expect_converges();
  EXPECT_EQ(sink_.record("2")["skus"].size(), 1U);
  EXPECT_EQ(sink_.record("9")["skus"].size(), 1U);
}

TEST_F(PostgresFeedTest, RenamedBrandReachesItsProductsThroughThePath) {
  fill(100);
  start();
  expect_streaming();
  sql("UPDATE brands SET name = 'Renamed' WHERE id = 4");
  expect_converges();
  EXPECT_EQ(sink_.record("3")["brand"], "Renamed");
}

TEST_F(PostgresFeedTest, PriceChangesTravelAsValuesWithoutReadingTheDocument) {
  fill(100);
  start();
  expect_streaming();
  const std::size_t upserts = sink_.upserts();
  sql("UPDATE prices SET price = price * 2, stock = 0 WHERE product_id <= 50");
  expect_converges();
  EXPECT_EQ(sink_.upserts(), upserts);
  EXPECT_GE(sink_.value_changes(), 50U);
}

TEST_F(PostgresFeedTest, DeletedPriceRowClearsThePrice) {
  fill(10);
  start();
  expect_streaming();
  sql("DELETE FROM prices WHERE product_id = 4");
  expect_converges();
  EXPECT_TRUE(sink_.record("4")["price"].is_null());
}

TEST_F(PostgresFeedTest, F25_ChangedPrimaryKeyRemovesTheOldIdAndBringsTheNew) {
  fill(10);
  start();
  expect_streaming();
  sql("UPDATE products SET id = 500 WHERE id = 6");
  expect_converges();
  EXPECT_FALSE(sink_.has("6"));
  EXPECT_TRUE(sink_.has("500"));
}

TEST_F(PostgresFeedTest, F26_UnchangedLargeTextIsNotLost) {
  fill(10);
  sql("ALTER TABLE products ALTER description SET STORAGE EXTERNAL;"
      "UPDATE products SET description = repeat('large text ', 2000) WHERE id = 5");
  start();
  expect_streaming();
  sql("UPDATE products SET title = 'Small change' WHERE id = 5");
  EXPECT_TRUE(eventually([&] { return sink_.record("5")["title"] == "Small change"; }));
  EXPECT_EQ(sink_.record("5")["description"].get<std::string>().size(), 22'000U);
}

TEST_F(PostgresFeedTest, F28_RolledBackWorkLeavesNoTrace) {
  fill(10);
  start();
  expect_streaming();
  sql("BEGIN; UPDATE products SET title = 'Never' WHERE id = 1; ROLLBACK");
  sql("BEGIN; UPDATE products SET title = 'Kept' WHERE id = 2; SAVEPOINT s;"
      "INSERT INTO products VALUES (77, 'Never', NULL, 1); ROLLBACK TO s;"
      "UPDATE products SET title = 'Kept too' WHERE id = 3; COMMIT");
  expect_converges();
  EXPECT_FALSE(sink_.has("77"));
  EXPECT_EQ(sink_.record("3")["title"], "Kept too");
}

TEST_F(PostgresFeedTest, F27_TransactionOfManyRowsArrivesWholeAndThePositionFollows) {
  fill(10);
  start();
  expect_streaming();
  const std::uint64_t rows = test::number_from("AISLE_ROWS", 100'000);
  sql("INSERT INTO products SELECT i, 'Bulk ' || i, NULL, 1 FROM generate_series(1001, " +
      std::to_string(1'000 + rows) + ") i");
  const Lsn done = *parse_lsn(value("SELECT pg_current_wal_lsn()"));
  const auto patience = std::chrono::seconds(30 + rows / 3'000);
  EXPECT_TRUE(eventually([&] { return status().confirmed_lsn >= done; }, patience));  // once all is read
  expect_converges();
}

TEST_F(PostgresFeedTest, MoreKeysThanTheLimitBecomeAScan) {
  options_.keys_per_table_max = 100;
  fill(1'000);
  start();
  expect_streaming();
  sql("UPDATE products SET title = title || '!'; DELETE FROM products WHERE id = 17");
  expect_converges();
  EXPECT_GE(status().scanned_products, 900U);
}

TEST_F(PostgresFeedTest, F31_PositionMovesWhileOnlyOtherTablesChange) {
  fill(5);
  sql("CREATE TABLE elsewhere (n int)");
  start();
  expect_streaming();
  sql("INSERT INTO elsewhere SELECT generate_series(1, 1000)");
  const Lsn written = *parse_lsn(value("SELECT pg_current_wal_lsn()"));
  EXPECT_TRUE(eventually([&] { return sink_.applied_lsn() >= written; }));
  EXPECT_TRUE(eventually(
      [&] { return *parse_lsn(value("SELECT confirmed_flush_lsn FROM pg_replication_slots")) >= written; }));
}

TEST_F(PostgresFeedTest, F29_TruncatedChildTableIsReadAgain) {
  fill(100);
  start();
  expect_streaming();
  sql("TRUNCATE variants");
  expect_converges();
  EXPECT_TRUE(sink_.record("1")["skus"].empty());
}

TEST_F(PostgresFeedTest, F29_TruncatedRootTableHoldsUntilConfirmed) {
  fill(100);
  start();
  expect_streaming();
  sql("TRUNCATE products");
  EXPECT_TRUE(eventually([&] { return status().state == FeedState::Held; }));
  EXPECT_NE(status().reason.find("public.products was truncated"), std::string::npos);
  EXPECT_EQ(sink_.records().size(), 95U);
  feed_->confirm();
  EXPECT_TRUE(eventually([&] { return sink_.records().empty(); }));
  expect_converges();
}

}  // namespace
}  // namespace aisle
