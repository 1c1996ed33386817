// The sample shop in PostgreSQL with the real binary following it, for tests of the whole way.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "tests/support/aisle_process.h"
#include "tests/support/demo_shop.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {

using Products = std::map<std::string, nlohmann::json>;  // by id

class DemoShopServiceTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // Starts the service on the folder, ended or not before; launch() waits for nothing, start() for readiness.
  void launch();
  void start();
  // Waits until everything committed so far is searchable.
  void expect_caught_up();
  // The index holds exactly these products, with these contents, and its facets count them.
  void expect_equal(const Products& truth);

  void sql(const std::string& statements) { shop_->session().exec(statements); }
  PostgresServer& shop_server() { return PostgresServer::shared(); }
  nlohmann::json search(const std::map<std::string, std::string>& parameters) {
    return aisle_->search("products", parameters);
  }
  nlohmann::json product(const std::string& id) { return aisle_->product("products", id); }
  // Of the only index: what GET /v1/indexes says, and its feed.
  nlohmann::json status();
  nlohmann::json feed() { return status()["feed"]; }

  TemporaryFolder folder_;
  std::unique_ptr<DemoShop> shop_;
  std::filesystem::path config_;
  std::unique_ptr<AisleProcess> aisle_;
};

}  // namespace aisle::test
