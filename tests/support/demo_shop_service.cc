#include "tests/support/demo_shop_service.h"

#include <cstdlib>

#include "schemas/op.h"
#include "tests/support/eventually.h"

namespace aisle::test {
namespace {

// Of the document query a missing value is null, of the index it may be absent.
nlohmann::json without_nulls(nlohmann::json product) {
  for (auto member = product.begin(); member != product.end();) {
    member = member->is_null() ? product.erase(member) : std::next(member);
  }
  return product;
}

std::map<std::string, std::int64_t> counts_by(const Products& products, const std::string& field) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& [id, product] : products) {
    const nlohmann::json& value = product.at(field);
    for (const auto& one : value.is_array() ? value : nlohmann::json::array({value})) {
      ++counts[one.is_string() ? one.get<std::string>() : one.dump()];
    }
  }
  return counts;
}

// "16/B374D848" as a number.
std::uint64_t position(const std::string& lsn) {
  const std::size_t slash = lsn.find('/');
  return std::strtoull(lsn.c_str(), nullptr, 16) << 32U | std::strtoull(lsn.c_str() + slash + 1, nullptr, 16);
}

}  // namespace

void DemoShopServiceTest::SetUp() {
  if (const std::string why = DemoShop::unavailable(); !why.empty()) GTEST_SKIP() << why;
  shop_ = std::make_unique<DemoShop>();
  config_ = shop_->write_config(folder_.path());
}

void DemoShopServiceTest::launch() {
  aisle_.reset();
  aisle_ = std::make_unique<AisleProcess>(std::vector<std::string>{"--config", config_});
}

void DemoShopServiceTest::start() {
  launch();
  ASSERT_TRUE(aisle_->ready()) << aisle_->log();
}

nlohmann::json DemoShopServiceTest::status() {
  return aisle_->json("/v1/indexes")["indexes"][0];
}

void DemoShopServiceTest::expect_caught_up() {
  const std::uint64_t end = position(shop_->session().value("SELECT pg_current_wal_lsn()"));
  EXPECT_TRUE(eventually([&] {
    const nlohmann::json now = status();
    return position(now["lsn"].get<std::string>()) >= end && now["feed"]["scan"] == "done";
  })) << status().dump(2);
}

void DemoShopServiceTest::expect_equal(const Products& truth) {
  const nlohmann::json all = search({{"facets", "brand,colour,in_stock,price"}, {"facet_values", "100"}});
  EXPECT_EQ(all["total"], truth.size());
  int different = 0;
  for (const auto& [id, wanted] : truth) {
    const nlohmann::json found = product(id);
    if (without_nulls(found) == without_nulls(wanted)) continue;
    if (++different <= 5) ADD_FAILURE() << "in the database: " << wanted << "\nin the index: " << found;
  }
  EXPECT_EQ(different, 0) << "products differ";
  for (const std::string field : {"brand", "colour", "in_stock"}) {
    const auto counts = counts_by(truth, field);
    for (const auto& entry : all["facets"][field]["values"]) {
      const auto value = entry["value"].get<std::string>();
      EXPECT_TRUE(counts.contains(value) && entry["count"] == counts.at(value)) << field << " " << entry;
    }
    EXPECT_EQ(all["facets"][field]["values"].size(), std::min<std::size_t>(counts.size(), 100)) << field;
  }
}

}  // namespace aisle::test
