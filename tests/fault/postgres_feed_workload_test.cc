// Random work on a shop while everything fails: afterwards the index must equal the database.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "tests/support/eventually.h"
#include "tests/support/random.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

using test::eventually;
using test::SqlSession;

constexpr int products_max = 600;

std::uint64_t seed() {
  const std::uint64_t value = test::number_from("AISLE_SEED", std::random_device()());
  std::cout << "AISLE_SEED=" << value << "\n";
  return value;
}

class Workload {
 public:
  explicit Workload(std::uint64_t seed) : random_(seed) {}

  std::string transaction() {
    std::string out = "BEGIN;";
    for (int i = pick(4); i >= 0; --i) out += statement();
    if (pick(5) == 0) out += "SAVEPOINT s;" + statement() + "ROLLBACK TO s;";
    return out + (pick(8) == 0 ? "ROLLBACK" : "COMMIT");
  }
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

 private:
  std::string id() { return std::to_string(1 + pick(products_max)); }

  std::string statement() {
    const std::string a = id();
    const std::string b = id();
    switch (pick(10)) {
      case 0:
        return "INSERT INTO products VALUES (" + a + ", 'Made " + b + "', NULL, " +
               std::to_string(1 + pick(10)) + ") ON CONFLICT DO NOTHING;";
      case 1:
        return "DELETE FROM products WHERE id = " + a + ";";
      case 2:
        return "UPDATE products SET title = 'Named " + b + "' WHERE id = " + a + ";";
      case 3:
        return "UPDATE products SET active = NOT active WHERE id = " + a + ";";
      case 4:
        return "UPDATE products SET id = " + a + " WHERE id = " + b +
               " AND NOT EXISTS (SELECT 1 FROM products WHERE id = " + a + ");";
      case 5:
        return "UPDATE variants SET product_id = " + a + " WHERE id = " + b + ";";
      case 6:
        return "DELETE FROM variants WHERE id = " + a + ";";
      case 7:
        return "UPDATE brands SET name = 'Brand " + a + "' WHERE id = " + std::to_string(1 + pick(10)) + ";";
      case 8:
        return "INSERT INTO prices VALUES (" + a + ", " + b +
               ", 1) ON CONFLICT (product_id) DO UPDATE SET price = " + b + ";";
      default:
        return "UPDATE prices SET stock = " + b + " WHERE product_id = " + a + ";";
    }
  }

  std::mt19937_64 random_;
};

class PostgresFeedWorkloadTest : public test::ShopFeedTest {
 protected:
  // Several writers at once, until they are told to stop; deadlocks and unique violations among them are part
  // of the game.
  std::vector<std::jthread> write(int writers, std::uint64_t seed) {
    std::vector<std::jthread> out;
    for (int w = 0; w < writers; ++w) {
      out.emplace_back([this, seed, w](const std::stop_token& stop) {
        Workload workload(seed + static_cast<std::uint64_t>(w));
        SqlSession session(conninfo());
        while (!stop.stop_requested()) {
          if (!session.attempt(workload.transaction())) session.attempt("ROLLBACK");
        }
      });
    }
    return out;
  }
};

TEST_F(PostgresFeedWorkloadTest, WritersDuringScanAndStreamConverge) {
  const std::uint64_t value = seed();
  fill(products_max);
  options_.chunk_rows = 20;
  options_.flow.deletes_free = 1'000'000;  // these writers delete everything now and then
  sink_.set_delay(std::chrono::milliseconds(3));
  auto writers = write(3, value);
  start();
  expect_streaming();
  const Lsn scanned = sink_.applied_lsn();
  EXPECT_TRUE(eventually([&] { return sink_.applied_lsn() > scanned; }));
  writers.clear();
  expect_converges();
}

TEST_F(PostgresFeedWorkloadTest, WritersDuringCrashesAndLostConnectionsConverge) {
  const std::uint64_t value = seed();
  fill(products_max);
  options_.chunk_rows = 50;
  options_.flow.deletes_free = 1'000'000;
  sink_.set_durable_at_once(false);
  auto writers = write(2, value);
  Workload faults(value + 1'000);
  start();
  for (int fault = 0; fault < 30; ++fault) {
    const Lsn before = sink_.applied_lsn();
    eventually([&] { return sink_.applied_lsn() > before; }, std::chrono::seconds(2));
    switch (faults.pick(3)) {
      case 0:
        sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active");
        break;
      case 1:
        EXPECT_TRUE(sink_.flush(Deadline::never()));
        break;
      default:
        stop();
        sink_.crash();
        start();
    }
  }
  writers.clear();
  expect_converges();
}

}  // namespace
}  // namespace aisle
