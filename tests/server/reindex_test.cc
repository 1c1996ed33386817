// Generations of an index that comes from a file: rebuilt, refused, rolled back, dropped, needing a rebuild.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "indexer/file_state_store.h"
#include "server/commands/admin_client.h"
#include "server/index_service.h"
#include "tests/support/eventually.h"
#include "tests/support/file_shop.h"

namespace aisle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReindexTest : public FileShopTest {
 protected:
  std::string admin_url() const { return "http://127.0.0.1:" + std::to_string(aisle_->admin_port()); }
  CommandResult command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--admin", admin_url()});
    return run_aisle(arguments);
  }
  nlohmann::json admin(const std::string& rest) const {
    const auto answer =
        AdminClient::of({.url = admin_url(), .config = ""})->get(admin_path("products", rest));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer.value_or(nullptr);
  }
  nlohmann::json status() { return aisle_->json("/v1/indexes")["indexes"][0]; }
  nlohmann::json view() { return search({{"q", "kettle"}})["view"]; }
  // Makes `stock` a facet: another content.
  void change_schema() const {
    std::string text = read_file(path("schema.json")).value();
    const std::string before = R"("stock": {"type": "int", "filter": true,)";
    const std::size_t at = text.find(before);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, before.size(), R"("stock": {"type": "int", "filter": true, "facet": true,)");
    write("schema.json", text);
  }
  std::filesystem::path index_folder() const { return folder_.path() / "aisle-data" / "products"; }
  bool on_disk(std::uint32_t generation) const {
    return std::filesystem::exists(index_folder() / ("generation-" + std::to_string(generation)));
  }
};

constexpr const char* more_products =
    R"({"id": "p1", "title": "Steel kettle 1.7 l", "brand": "Nordal", "price": 34.9, "stock": 3}
{"id": "p2", "title": "Kettle descaler 250 ml", "brand": "Velo", "price": 4.5, "stock": 0}
{"id": "p9", "title": "Kettle of copper", "brand": "Velo", "price": 99, "stock": 7}
)";

TEST_F(ReindexTest, BuildsTheNextGenerationAndSwitches) {
  start();
  EXPECT_EQ(view()["generation"], 1);
  const CommandResult done =
      command({"reindex", "products", "--wait", "--shards", "2", "--comment", "two halves"});
  EXPECT_EQ(done.exit_code, 0) << done.output;
  EXPECT_THAT(done.output, HasSubstr("\"state\":\"active\""));
  EXPECT_EQ(view()["generation"], 2);
  EXPECT_EQ(status()["shards"], 2);
  EXPECT_EQ(total("kettle"), 2U);
  const nlohmann::json all = admin("generations");
  ASSERT_EQ(all["generations"].size(), 2U);
  EXPECT_EQ(all["generations"][0]["role"], "previous");
  EXPECT_EQ(all["generations"][1]["role"], "active");
  EXPECT_EQ(all["generations"][1]["products"], 4);
  const nlohmann::json& change = all["changes"].back();
  EXPECT_EQ(change["what"], "switch 1 -> 2");
  EXPECT_EQ(change["comment"], "two halves");
  EXPECT_FALSE(change["who"].get<std::string>().empty());
  EXPECT_EQ(view()["state_version"], all["state_version"]);
}

TEST_F(ReindexTest, AnIndexWithoutASourceSaysHowItIsBuiltAnew) {
  nlohmann::json schema = nlohmann::json::parse(read_file(path("schema.json")).value(), nullptr, true, true);
  schema.erase("source");
  write("schema.json", schema.dump());
  const std::string data = path("aisle-data");
  const CommandResult imported =
      run_aisle({"import", "--schema", path("schema.json"), "--data", data, path("products.jsonl")});
  ASSERT_EQ(imported.exit_code, 0) << imported.output;
  start();
  EXPECT_EQ(total("kettle"), 2U);
  const CommandResult refused = command({"reindex", "products"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("its products came by aisle import"));
  EXPECT_THAT(refused.output, HasSubstr("put NEW/products in the place of its folder"));
  EXPECT_EQ(admin("generations")["generations"].size(), 1U);
}

TEST_F(ReindexTest, TheFormerGenerationIsFedAndCanComeBack) {
  start();
  ASSERT_EQ(command({"reindex", "products", "--wait"}).exit_code, 0);
  write_products(more_products);
  ASSERT_TRUE(eventually([&] { return total("copper") == 1; }));
  ASSERT_TRUE(eventually([&] {  // the former one reads the file by itself
    return admin("generations")["generations"][0]["products"] == 3;
  }));
  const CommandResult back = command({"rollback", "products"});
  EXPECT_EQ(back.exit_code, 0) << back.output;
  EXPECT_EQ(view()["generation"], 1);
  EXPECT_EQ(total("copper"), 1U);
  EXPECT_EQ(admin("reindex")["state"], "rolled_back");
  ASSERT_EQ(command({"rollback", "products"}).exit_code, 0);
  EXPECT_EQ(view()["generation"], 2);
  EXPECT_EQ(admin("reindex")["state"], "active");
  ASSERT_EQ(aisle_->stop(), 0);
  start();
  EXPECT_EQ(view()["generation"], 2);
  EXPECT_EQ(total("copper"), 1U);
}

TEST_F(ReindexTest, WithoutAFormerGenerationThereIsNoWayBack) {
  start();
  const CommandResult refused = command({"rollback", "products"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.output, "aisle: generation 1 is the only one: there is none to go back to\n");
  EXPECT_THAT(command({"reindex", "status", "products"}).output, HasSubstr("has never been rebuilt"));
  EXPECT_THAT(command({"reindex", "produkts"}).output, HasSubstr("there is no index \"produkts\""));
}

TEST_F(ReindexTest, TheFormerGenerationGoesWhenItsTimeIsOver) {
  write("config.json", R"({"indexes": [{"schema": "schema.json", "rollback_window_s": 0}]})");
  start();
  ASSERT_EQ(command({"reindex", "products", "--wait"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return !on_disk(1); }));
  EXPECT_EQ(admin("generations")["generations"].size(), 1U);
  EXPECT_EQ(command({"rollback", "products"}).exit_code, 1);
  EXPECT_EQ(total("kettle"), 2U);
}

TEST_F(ReindexTest, F66_AChangedSchemaIsToldAndTheOldOneGoesOn) {
  start();
  ASSERT_EQ(aisle_->stop(), 0);
  change_schema();
  start();
  EXPECT_THAT(status()["needs_reindex"].get<std::vector<std::string>>(),
              ElementsAre("field stock: facet was false, is true"));
  EXPECT_THAT(aisle_->log(), HasSubstr("NEEDS_REINDEX: field stock: facet was false, is true"));
  const CommandResult checked = run_aisle({"check", "--config", path("config.json")});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_THAT(checked.output, HasSubstr("NEEDS_REINDEX field stock: facet was false, is true"));
  write_products(more_products);  // still fed, by its own schema
  ASSERT_TRUE(eventually([&] { return total("copper") == 1; }));
  EXPECT_EQ(view()["generation"], 1);
  EXPECT_EQ(aisle_->get(search_path + "?facets=stock").status, 400);

  const CommandResult plan = command({"reindex", "products", "--dry-run"});
  EXPECT_THAT(plan.output, HasSubstr("field stock: facet was false, is true"));
  EXPECT_FALSE(on_disk(2));
  ASSERT_EQ(command({"reindex", "products", "--wait"}).exit_code, 0);
  EXPECT_THAT(status()["needs_reindex"], IsEmpty());
  EXPECT_EQ(aisle_->get(search_path + "?facets=stock").status, 200);
  ASSERT_EQ(command({"rollback", "products"}).exit_code, 0);
  EXPECT_EQ(status()["needs_reindex"].size(), 1U);
  EXPECT_EQ(aisle_->get(search_path + "?facets=stock").status, 400);
}

TEST_F(ReindexTest, F66_AGenerationOfAnotherAnalyzerIsSearchedButNotFed) {
  start();
  ASSERT_EQ(aisle_->stop(), 0);
  const auto manifest = index_folder() / "generation-1" / "generation.json";
  nlohmann::json json = nlohmann::json::parse(read_file(manifest).value());
  json["analyzer_version"] = json["analyzer_version"].get<int>() + 1;
  ASSERT_TRUE(write_file_atomically(manifest, json.dump()));
  write_products(more_products + std::string(R"({"id": "p8", "title": "Cast iron pan"})") + "\n");
  start();
  ASSERT_EQ(status()["needs_reindex"].size(), 1U);
  EXPECT_THAT(status()["needs_reindex"][0].get<std::string>(), HasSubstr("built with analyzer"));
  EXPECT_EQ(total("kettle"), 2U);
  EXPECT_FALSE(admin("generations")["generations"][0]["fed"].get<bool>());
  ASSERT_EQ(command({"reindex", "products", "--wait"}).exit_code, 0);
  EXPECT_EQ(total("copper"), 1U);
  EXPECT_THAT(status()["needs_reindex"], IsEmpty());
}

TEST_F(ReindexTest, ASourceThatFailsEndsTheRebuildAndNothingElse) {
  start();
  std::string text = read_file(path("schema.json")).value();
  text.replace(text.find("products.jsonl"), 14, "missing.jsonl");
  write("schema.json", text);
  const CommandResult failed = command({"reindex", "products", "--wait"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.output, HasSubstr("missing.jsonl"));
  EXPECT_EQ(view()["generation"], 1);
  EXPECT_FALSE(on_disk(2));
  EXPECT_EQ(admin("generations")["generations"].size(), 1U);
}

TEST_F(ReindexTest, TooFewProductsAreNotSwitchedToUnlessForced) {
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += R"({"id": ")" + std::to_string(i) +
            R"(", "title": "Kettle"})"
            "\n";
  write_products(many);
  start();
  ASSERT_EQ(total("kettle"), 100U);
  write("fewer.jsonl", many.substr(0, many.size() * 7 / 10));
  std::string text = read_file(path("schema.json")).value();
  text.replace(text.find("products.jsonl"), 14, "fewer.jsonl");
  write("schema.json", text);
  const CommandResult refused = command({"reindex", "products", "--wait"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output,
              HasSubstr("generation 2 has 70 products, generation 1 has 100: 30.0 % are missing"));
  EXPECT_EQ(view()["generation"], 1);
  EXPECT_EQ(total("kettle"), 100U);
  EXPECT_FALSE(on_disk(2));
  const CommandResult forced = command({"reindex", "products", "--wait", "--force"});
  EXPECT_EQ(forced.exit_code, 0) << forced.output;
  EXPECT_EQ(total("kettle"), 70U);
  EXPECT_EQ(view()["generation"], 3);
  EXPECT_THAT(admin("reindex")["reason"].get<std::string>(), HasSubstr("forced: "));
}

TEST_F(ReindexTest, LeftoversAreToldAndDeletedOnDemand) {
  start();
  std::filesystem::create_directories(index_folder() / "generation-7" / "shard-0");
  write("aisle-data/products/generation-7/shard-0/postlist.glass", std::string(1000, 'x'));
  EXPECT_EQ(admin("generations")["garbage"][0]["bytes"], 1000);
  EXPECT_THAT(command({"gc", "products", "--dry-run"}).output, HasSubstr("would delete generation-7"));
  EXPECT_TRUE(on_disk(7));
  EXPECT_THAT(command({"gc", "products"}).output, HasSubstr("deleted generation-7"));
  EXPECT_FALSE(on_disk(7));
  EXPECT_TRUE(on_disk(1));
  EXPECT_THAT(command({"gc", "products"}).output, HasSubstr("nothing to delete"));
}

TEST_F(ReindexTest, CommandsOfForeignPagesAreRefused) {
  start();
  RawHttp browser(aisle_->admin_port());
  const std::string target = "/admin/v1/indexes/products/reindex";
  for (const char* type :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n"}) {
    const auto answer = browser.ask(post_request(target, "{}", type));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400) << answer->body;
  }
  const auto unknown = browser.ask(
      post_request(target, R"({"shard": 2})", "Content-Type: application/json; charset=utf-8\r\n"));
  EXPECT_THAT(unknown->body, HasSubstr("did you mean \\\"shards\\\"?"));
  EXPECT_FALSE(on_disk(2));
}

TEST_F(ReindexTest, IsRefusedWhenTheDiskIsShort) {
  std::uint64_t free = 0;
  const auto service =
      IndexService::open({.schema = path("schema.json"), .connection = ""}, folder_.path() / "data",
                         [&](const std::filesystem::path&) { return Result<std::uint64_t>(free); });
  ASSERT_TRUE(service) << service.error().message;
  (*service)->start();
  ASSERT_TRUE(eventually([&] { return (*service)->is_ready(); }));
  const auto plan = (*service)->reindexer().plan({});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->bytes_needed, plan->bytes_now * 5 / 2);
  EXPECT_GT(plan->bytes_now, 0U);
  free = plan->bytes_needed - 1;
  const auto refused = (*service)->reindexer().start({});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::ResourceExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("a rebuild of generation 1"));
  EXPECT_FALSE((*service)->reindexer().status());
  free = plan->bytes_needed + (10U << 20U);  // the shard may have grown meanwhile
  EXPECT_TRUE((*service)->reindexer().start({}));
  EXPECT_TRUE(eventually([&] { return (*service)->view().generation == 2; }));
}

}  // namespace
}  // namespace aisle::test
