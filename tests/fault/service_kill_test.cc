// kill -9 at random moments while the shop is being worked on: afterwards the index equals the database,
// product by product. AISLE_KILLS sets how often, AISLE_SEED repeats a run.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "tests/support/demo_shop_service.h"

namespace aisle {
namespace {

using test::SqlSession;

std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : fallback;
}

// What a shop does all day, in transactions of a few statements; some are rolled back.
class ShopWork {
 public:
  explicit ShopWork(std::uint64_t seed) : random_(seed) {}

  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::string transaction() {
    std::string out = "BEGIN;";
    for (int i = below(3); i >= 0; --i) out += below(4) == 0 ? product_statement() : row_statement();
    return out + (below(10) == 0 ? "ROLLBACK" : "COMMIT");
  }

 private:
  std::string some() { return std::to_string(10'001 + below(8'000)); }
  std::string made() { return std::to_string(900'001 + below(300)); }
  std::string number(int limit) { return std::to_string(below(limit)); }

  std::string product_statement() {
    switch (below(6)) {
      case 0:
      case 1: {
        const std::string id = made();
        return "INSERT INTO products SELECT " + id + ", 'Made " + number(1'000) +
               "', 'x', brand_id, category_id, '" + "2999999" + id +
               "', NULL, 'en', released FROM products WHERE id = " + some() +
               " ON CONFLICT DO NOTHING; INSERT INTO prices SELECT " + id +
               ", 5, 6 FROM products WHERE id = " + id + " ON CONFLICT DO NOTHING;";
      }
      case 2:
        return "DELETE FROM products WHERE id = " + made() + ";";
      case 3:
        return "DELETE FROM products WHERE id = " + some() + ";";
      case 4:
        return "UPDATE brands SET name = 'Brand ' || id || ' of " + number(1'000) +
               "' WHERE id = " + std::to_string(1 + below(40)) + ";";
      default:
        return "UPDATE products SET title = 'Named " + number(1'000) +
               "', category_id = (SELECT category_id FROM" + " products WHERE id = " + some() +
               " UNION ALL SELECT 1 LIMIT 1) WHERE id = " + some() + ";";
    }
  }

  std::string row_statement() {
    switch (below(7)) {
      case 0:
      case 1:
        return "UPDATE prices SET price = " + number(90) + ", list_price = 100 WHERE product_id = " + some() +
               ";";
      case 2:
        return "UPDATE inventory SET stock = " + number(3) + " WHERE product_id BETWEEN " + some() + " AND " +
               some() + " AND product_id % 97 = 0;";
      case 3:
        return "DELETE FROM inventory WHERE product_id = " + some() + ";";
      case 4:
        return "INSERT INTO reviews SELECT id, " + number(1'000'000) + ", 1 + " + number(5) +
               ", 'a', 'b' FROM products WHERE id = " + some() + " ON CONFLICT DO NOTHING;";
      case 5:
        return "DELETE FROM reviews WHERE product_id = " + some() + ";";
      default:
        return "UPDATE variants SET product_id = (SELECT min(id) FROM products WHERE id >= " + some() +
               ") WHERE product_id = " + some() + ";";
    }
  }

  std::mt19937_64 random_;
};

class ServiceKillTest : public test::DemoShopServiceTest {
 protected:
  std::jthread write(std::uint64_t seed) {
    return std::jthread([this, seed](const std::stop_token& stop) {
      ShopWork work(seed);
      SqlSession session(shop_->conninfo());
      while (!stop.stop_requested()) {
        if (!session.attempt(work.transaction())) session.attempt("ROLLBACK");
        ++transactions_;
      }
    });
  }
  std::atomic<int> transactions_{0};
};

TEST_F(ServiceKillTest, KilledAtRandomMomentsItEndsEqualToTheDatabase) {
  const std::uint64_t seed = number_from("AISLE_SEED", std::random_device()());
  const std::uint64_t kills = number_from("AISLE_KILLS", 5);
  std::cout << "AISLE_SEED=" << seed << " AISLE_KILLS=" << kills << "\n";
  ShopWork moments(seed);
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

}  // namespace
}  // namespace aisle
