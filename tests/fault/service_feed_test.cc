// The whole way: the sample shop in a real PostgreSQL, followed by the real binary, seen through the search
// API.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "tests/support/demo_shop_service.h"
#include "tests/support/eventually.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::eventually;

class ServiceFeedTest : public test::DemoShopServiceTest {
 protected:
  // Runs the statement and waits until `seen` holds; tells how long it took.
  template <class Condition>
  void expect_visible(const std::string& what, const std::string& statement, Condition seen,
                      milliseconds limit) {
    sql(statement);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually(seen, limit)) << what << " was not to be seen within " << limit.count() << " ms";
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::cout << what << ": visible after " << took.count() << " ms\n";
  }

  std::int64_t count_in_facet(const std::string& facet, const std::string& value) {
    const auto answer = search({{"facets", facet}, {"facet_values", "100"}, {"per_page", "0"}});
    for (const auto& entry : answer["facets"][facet]["values"]) {
      if (entry["value"] == value) return entry["count"].get<std::int64_t>();
    }
    return 0;
  }
  std::vector<std::string> found(const std::string& q) {
    const auto answer = search({{"q", q}, {"per_page", "100"}, {"typos", "false"}});
    std::vector<std::string> ids;
    for (const auto& hit : answer["hits"]) ids.push_back(hit["id"].get<std::string>());
    return ids;
  }
  bool finds(const std::string& q, const std::string& id) { return std::ranges::count(found(q), id) > 0; }
};

TEST_F(ServiceFeedTest, FirstBuildBringsTheWholeShop) {
  const auto begin = std::chrono::steady_clock::now();
  start();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto truth = shop_->products();
  std::cout << truth.size() << " products ready after " << took.count() << " s\n";
  ASSERT_GT(truth.size(), 8'000U);
  expect_equal(truth);
  EXPECT_EQ(feed()["state"], "streaming");
  EXPECT_EQ(feed()["scan"], "done");
}

TEST_F(ServiceFeedTest, PricesStockAndProductsAreVisibleWithinASecond) {
  start();
  expect_visible(
      "a new price", "UPDATE prices SET price = 1.23, list_price = 1.23 WHERE product_id = 10001",
      [&] { return product("10001")["price"] == 1.23; }, seconds(1));
  EXPECT_EQ(search({{"filter", "price = 1.23"}})["total"], 1);

  const std::int64_t sold_out = count_in_facet("in_stock", "false");
  ASSERT_EQ(product("10001")["in_stock"], true);
  expect_visible(
      "sold out", "UPDATE inventory SET stock = 0 WHERE product_id = 10001",
      [&] { return count_in_facet("in_stock", "false") == sold_out + 1; }, seconds(1));
  EXPECT_EQ(product("10001")["stock"], 0);

  expect_visible(
      "a new product",
      "INSERT INTO products VALUES (900001, 'Quixotronic Gramophone', 'It plays.', (SELECT min(id) FROM "
      "brands),"
      "  (SELECT max(id) FROM categories), '2999999999999', 'QX-1', 'en', '2026-01-31');"
      "INSERT INTO prices VALUES (900001, 49.90, 59.90); INSERT INTO inventory VALUES (900001, 7)",
      [&] { return finds("quixotronic", "900001"); }, seconds(2));
  EXPECT_EQ(product("900001")["price"], 49.9);

  expect_visible(
      "a new title", "UPDATE products SET title = 'Zumbolite Gramophone' WHERE id = 900001",
      [&] { return finds("zumbolite", "900001") && found("quixotronic").empty(); }, seconds(1));

  expect_visible(
      "a deleted product", "DELETE FROM products WHERE id = 900001",
      [&] { return product("900001").is_null() && found("zumbolite").empty(); }, seconds(1));
  expect_equal(shop_->products());
}

TEST_F(ServiceFeedTest, RowsOfOtherTablesChangeTheirProducts) {
  start();
  const auto brand = product("10001")["brand"].get<std::string>();
  const std::int64_t of_brand = count_in_facet("brand", brand);
  ASSERT_GT(of_brand, 0);
  expect_visible(
      "a renamed brand", "UPDATE brands SET name = 'Vorpalix' WHERE name = '" + brand + "'",
      [&] { return count_in_facet("brand", "Vorpalix") == of_brand; }, seconds(2));
  EXPECT_EQ(count_in_facet("brand", brand), 0);
  EXPECT_EQ(search({{"q", "vorpalix"}, {"typos", "false"}})["total"], of_brand);

  const std::int64_t of_category = count_in_facet("category", "Electronics");
  ASSERT_GT(of_category, 1'000);  // more than one read brings
  expect_visible(
      "a renamed category of " + std::to_string(of_category) + " products",
      "UPDATE categories SET name = 'Gizmoria' WHERE name = 'Electronics'",
      [&] { return count_in_facet("category", "Gizmoria") == of_category; }, seconds(5));
  EXPECT_EQ(count_in_facet("category", "Electronics"), 0);

  expect_visible(
      "a new variant", "INSERT INTO variants VALUES (10001, 'ZZ-10001-XQ', 'ultraviolet', NULL, 'mithril')",
      [&] { return count_in_facet("colour", "ultraviolet") == 1; }, seconds(1));
  EXPECT_TRUE(finds("ZZ-10001-XQ", "10001"));
  expect_visible(
      "a variant moves", "UPDATE variants SET product_id = 10002 WHERE sku = 'ZZ-10001-XQ'",
      [&] { return finds("ZZ-10001-XQ", "10002") && !finds("ZZ-10001-XQ", "10001"); }, seconds(1));
  expect_visible(
      "a variant goes", "DELETE FROM variants WHERE sku = 'ZZ-10001-XQ'",
      [&] { return count_in_facet("colour", "ultraviolet") == 0; }, seconds(1));

  const auto reviews = product("10002")["review_count"].get<std::int64_t>();
  expect_visible(
      "a review", "INSERT INTO reviews VALUES (10002, 5000, 1, 'someone', 'No.')",
      [&] { return product("10002")["review_count"] == reviews + 1; }, seconds(1));
  expect_visible(
      "all reviews gone", "DELETE FROM reviews WHERE product_id = 10002",
      [&] { return product("10002")["review_count"] == 0; }, seconds(1));
  expect_equal(shop_->products());
}

TEST_F(ServiceFeedTest, GoesOnAfterACrashOfTheDatabase) {
  start();
  sql("UPDATE prices SET price = 2.22, list_price = 2.22 WHERE product_id = 10001");
  shop_server().stop("immediate");
  EXPECT_TRUE(eventually([&] { return feed()["state"] == "reconnecting"; }));
  EXPECT_EQ(search({{"q", "smartphone"}, {"per_page", "1"}})["hits"].size(), 1U);
  EXPECT_EQ(aisle_->get("/readyz").status, 200);
  shop_server().start();
  shop_->reconnect();
  sql("UPDATE prices SET price = 3.33, list_price = 3.33 WHERE product_id = 10002");
  EXPECT_TRUE(eventually([&] { return product("10002")["price"] == 3.33; }));
  EXPECT_EQ(product("10001")["price"], 2.22);
  expect_caught_up();
  expect_equal(shop_->products());
}

TEST_F(ServiceFeedTest, WhatChangedWhileItWasStoppedComesAtTheNextStart) {
  start();
  ASSERT_EQ(aisle_->stop(), 0);
  sql("UPDATE prices SET price = price + 1, list_price = list_price + 1 WHERE product_id % 10 = 0");
  sql("UPDATE products SET title = 'Changed ' || title WHERE id % 50 = 0");
  sql("DELETE FROM products WHERE id % 100 = 1");
  sql("INSERT INTO products SELECT 900001, 'Arrived by night', '', brand_id, category_id, '2999999999999', "
      "NULL,"
      " 'en', released FROM products WHERE id = 10002");
  start();
  expect_caught_up();
  EXPECT_EQ(feed()["scanned_products"], 0) << "it began anew instead of going on";
  EXPECT_TRUE(finds("arrived by night", "900001"));
  expect_equal(shop_->products());
}

}  // namespace
}  // namespace aisle
