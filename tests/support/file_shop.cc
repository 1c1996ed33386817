#include "tests/support/file_shop.h"

#include <filesystem>
#include <fstream>

namespace aisle::test {
namespace {

constexpr const char* schema = R"({
  "index": "products", "language": "en",
  "fields": {
    "title": {"type": "text", "search": true, "weight": 10},
    "brand": {"type": "keyword", "search": true, "facet": true, "sort": true},
    "category": {"type": "hierarchy", "facet": true},
    "sku": {"type": "code", "search": true},
    "price": {"type": "decimal", "facet": true, "sort": true, "volatile": true},
    "stock": {"type": "int", "filter": true, "volatile": true}
  },
  "source": {"type": "file", "path": "products.jsonl"}
})";

constexpr const char* products =
    R"({"id": "p1", "title": "Steel kettle 1.7 l", "brand": "Nordal", "category": "Home > Kitchen", "sku": "NK-170/S", "price": 34.9, "stock": 3, "image": "k17.jpg"}
{"id": "p2", "title": "Kettle descaler 250 ml", "brand": "Velo", "category": "Home > Care", "sku": "VD-250", "price": 4.5, "stock": 0}
{"id": "p3", "title": "Cast iron pan", "brand": "Nordal", "category": "Home > Kitchen", "sku": "NP-28", "price": 59, "stock": 12}
{"id": "p/4 ü", "title": "Tea towel", "brand": "Velo", "category": "Home > Kitchen", "price": 7.25, "stock": 1}
)";

}  // namespace

const std::string search_path = "/v1/indexes/products/search";

void FileShopTest::SetUp() {
  write("schema.json", schema);
  write("config.json", R"({"schema": "schema.json"})");
  write_products(products);
}

void FileShopTest::write(const std::string& name, const std::string& content) const {
  std::ofstream(path(name)) << content;
}

void FileShopTest::write_products(const std::string& lines) {
  write("products.new", lines);
  std::filesystem::rename(path("products.new"), path("products.jsonl"));
}

void FileShopTest::launch(const Environment& environment) {
  aisle_.reset();
  aisle_ =
      std::make_unique<AisleProcess>(std::vector<std::string>{"--config", path("config.json")}, environment);
}

void FileShopTest::start() {
  launch();
  ASSERT_TRUE(aisle_->ready()) << aisle_->log();
}

}  // namespace aisle::test
