// The smallest shop: a catalogue schema and a JSONL file in a temporary folder, with the real binary on it.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/aisle_process.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {

// Index "products": title, brand (facet), category, colour, price (volatile, facet), stock (filter only),
// sku.
class FileShopTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // Replaces the file at once, as a careful exporter does.
  void write_products(const std::string& lines);
  void write(const std::string& name, const std::string& content) const;
  std::string path(const std::string& name) const { return folder_.path() / name; }

  // On config.json; start() waits for readiness.
  void launch(const Environment& environment = {});
  void start();
  nlohmann::json search(const std::map<std::string, std::string>& parameters) {
    return aisle_->search("products", parameters);
  }
  std::uint64_t total(const std::string& q) { return search({{"q", q}})["total"].get<std::uint64_t>(); }

  TemporaryFolder folder_;
  std::unique_ptr<AisleProcess> aisle_;
};

extern const std::string search_path;  // of the index

}  // namespace aisle::test
