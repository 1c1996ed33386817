// Random transactions on the sample shop (tests/support/demo_shop.h).
#pragma once
#include <cstdint>
#include <random>
#include <string>

namespace aisle::test {

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
  // Those that come and go: too few for a mass delete, however long the work lasts.
  std::string leaver() { return std::to_string(10'001 + below(900)); }
  std::string made() { return std::to_string(900'001 + below(300)); }
  std::string number(int limit) { return std::to_string(below(limit)); }

  std::string insert_product(const std::string& id) {
    return "INSERT INTO products SELECT " + id + ", 'Made " + number(1'000) +
           "', 'x', brand_id, category_id, lpad('" + id + "', 13, '29'), NULL, 'en', released FROM products" +
           " WHERE id >= " + some() + " ORDER BY id LIMIT 1 ON CONFLICT DO NOTHING;" +
           "INSERT INTO prices SELECT id, 5, 6 FROM products WHERE id = " + id + " ON CONFLICT DO NOTHING;";
  }

  std::string product_statement() {
    switch (below(6)) {
      case 0:
      case 1:
        return insert_product(below(2) == 0 ? leaver() : made());
      case 2:
        return "DELETE FROM products WHERE id = " + made() + ";";
      case 3:
        return "DELETE FROM products WHERE id = " + leaver() + ";";
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

}  // namespace aisle::test
