// `aisle verify` and `aisle confirm` against the real binary and the sample shop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xapian.h>

#include "schemas/index_schema.h"
#include "schemas/term_layout.h"
#include "tests/support/demo_shop_service.h"
#include "tests/support/eventually.h"

namespace aisle {
namespace {

using test::CommandResult;
using test::eventually;
using test::run_aisle;
using ::testing::HasSubstr;

class ServiceVerifyTest : public test::DemoShopServiceTest {
 protected:
  CommandResult ask(std::vector<std::string> arguments) {
    arguments.push_back("--admin");
    arguments.push_back("http://127.0.0.1:" + std::to_string(aisle_->admin_port()));
    return run_aisle(arguments);
  }
  // The only shard below the folder.
  std::filesystem::path shard() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.path().filename() == "shard-0") return entry.path();
    }
    return {};
  }
};

TEST_F(ServiceVerifyTest, F67_TheCommandTellsDriftByItsExitCodeAndRepairsIt) {
  config_ = shop_->write_config(folder_.path(), 1);
  start();
  const CommandResult equal = ask({"verify", "products"});
  EXPECT_EQ(equal.exit_code, 0) << equal.output;
  EXPECT_THAT(equal.output, HasSubstr("index and source are equal"));
  ASSERT_EQ(aisle_->stop(), 0);
  {
    Xapian::WritableDatabase database(shard().string(), Xapian::DB_OPEN);
    database.delete_document(id_term("10001"));
    Xapian::Document document = database.get_document(*database.postlist_begin(id_term("10002")));
    const auto schema = IndexSchema::load(AISLE_SOURCE_DIR "/data/demo/products.json");
    ASSERT_TRUE(schema) << schema.error().message;
    document.add_value((*schema)->find("price")->number, encode_number_value(12'345'678));
    database.replace_document(id_term("10002"), document);
    database.commit();
  }
  start();
  const CommandResult drift = ask({"verify", "products", "--json"});
  EXPECT_EQ(drift.exit_code, 1) << drift.output;
  const auto report = nlohmann::json::parse(drift.output);
  EXPECT_EQ(report["missing_ids"], nlohmann::json({"10001"}));
  EXPECT_EQ(report["different_ids"], nlohmann::json({"10002"}));
  EXPECT_EQ(report["checked"], shop_->products().size());
  const CommandResult repaired = ask({"verify", "products", "--repair"});
  EXPECT_EQ(repaired.exit_code, 0) << repaired.output;
  EXPECT_THAT(repaired.output, HasSubstr("2 repaired"));
  EXPECT_EQ(ask({"verify", "products"}).exit_code, 0);
  EXPECT_FALSE(product("10001").is_null());

  EXPECT_EQ(ask({"verify", "produtcs"}).exit_code, 1);
}

TEST_F(ServiceVerifyTest, F29_AHeldTruncationIsConfirmedByACommand) {
  start();
  sql("TRUNCATE products CASCADE");
  EXPECT_TRUE(eventually([&] { return feed()["state"] == "held"; })) << feed();
  EXPECT_GT(status()["products"], 8'000);
  const CommandResult confirmed = ask({"confirm", "products"});
  EXPECT_EQ(confirmed.exit_code, 0) << confirmed.output;
  EXPECT_TRUE(eventually([&] { return status()["products"] == 0; })) << status();
}

}  // namespace
}  // namespace aisle
