// `aisle serve` on a catalogue file: what its users meet from the first start to the last signal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/eventually.h"
#include "tests/support/file_shop.h"

namespace aisle {
namespace {

using test::eventually;
using test::search_path;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ServiceTest : public test::FileShopTest {
 protected:
  std::string post(const std::string& body) { return aisle_->post(search_path, body).body; }
};

// Of an answer, without what no two requests share.
nlohmann::json settled(const std::string& body) {
  nlohmann::json answer = nlohmann::json::parse(body);
  answer.erase("took_ms");
  return answer;
}

TEST_F(ServiceTest, ASchemaAndAFileAreEnoughToServe) {
  start();
  const auto answer = search({{"q", "kettle"}, {"facets", "brand"}, {"sort", "price:desc"}});
  EXPECT_EQ(answer["total"], 2);
  EXPECT_EQ(answer["hits"][0]["id"], "p1");
  EXPECT_EQ(answer["hits"][0]["product"]["image"], "k17.jpg");
  EXPECT_EQ(answer["hits"][0]["product"]["price"], 34.9);
  EXPECT_EQ(answer["hits"][0]["highlight"]["title"], "Steel <em>kettle</em> 1.7 l");
  EXPECT_EQ(answer["facets"]["brand"]["values"].size(), 2U);
  EXPECT_EQ(search({{"filter", "brand = Nordal AND price < 40"}})["hits"][0]["id"], "p1");
  EXPECT_EQ(aisle_->json("/v1/indexes")["indexes"][0]["products"], 4);
}

TEST_F(ServiceTest, AChangedFileIsTakenUp) {
  start();
  write_products(R"({"id": "p1", "title": "Copper kettle", "brand": "Nordal", "price": 80}
{"id": "p9", "title": "Wooden spoon", "brand": "Nordal", "price": 2}
)");
  EXPECT_TRUE(eventually([&] { return search({})["total"] == 2; }));
  EXPECT_EQ(total("wooden spoon"), 1U);
  EXPECT_EQ(total("descaler"), 0U);
  EXPECT_EQ(aisle_->product("products", "p1")["price"], 80);
  EXPECT_EQ(aisle_->get("/v1/indexes/products/products/p2").status, 404);
}

TEST_F(ServiceTest, AMissingFileIsTakenUpWhenItComes) {
  std::filesystem::rename(path("products.jsonl"), path("away"));
  launch();
  ASSERT_TRUE(aisle_->listening());
  EXPECT_EQ(aisle_->get("/readyz").status, 503);
  EXPECT_THAT(aisle_->get("/readyz").body, HasSubstr("\"products\\\" is still being built"));
  EXPECT_TRUE(eventually([&] {
    return aisle_->json("/v1/indexes")["indexes"][0]["problem"].get<std::string>().find("products.jsonl") !=
           std::string::npos;
  }));
  EXPECT_EQ(aisle_->get("/livez").status, 200);
  std::filesystem::rename(path("away"), path("products.jsonl"));
  EXPECT_TRUE(aisle_->ready());
  EXPECT_EQ(total("kettle"), 2U);
  EXPECT_EQ(aisle_->json("/v1/indexes")["indexes"][0]["problem"], "");
}

TEST_F(ServiceTest, BadRecordsDoNotKeepTheOthersBack) {
  write_products(
      "{\"id\": \"a\", \"title\": \"Kettle\"}\nnot json\n{\"title\": \"no id\"}\n{\"id\": \"b\", \"title\": "
      "\"Kettle\", \"price\": \"cheap\"}\n");
  start();
  EXPECT_EQ(total("kettle"), 1U);
  const auto status = aisle_->json("/v1/indexes")["indexes"][0];
  EXPECT_GE(status["dead_letters"], 1) << status;
  EXPECT_THAT(status["problem"].get<std::string>(), HasSubstr("products.jsonl line 2")) << status;
}

TEST_F(ServiceTest, GetAndPostAnswerAlike) {
  start();
  const std::string get =
      aisle_
          ->get(search_path + "?q=ketle&filter=" + test::url_encoded("price < 40 AND stock >= 0") +
                "&facets=brand,price&sort=price:asc&page=1&per_page=1&facet_values=5&explain=true")
          .body;
  const std::string posted =
      post(R"({"q": "ketle", "filter": "price < 40 AND stock >= 0", "facets": ["brand", "price"],
               "sort": ["price:asc"], "page": 1, "per_page": 1, "facet_values": 5, "explain": true})");
  EXPECT_EQ(settled(get), settled(posted));
  EXPECT_EQ(settled(get)["total"], 2);
  EXPECT_EQ(settled(get)["typos"], 1);
  EXPECT_EQ(settled(post(R"({"facets": "brand,price", "sort": "price:asc"})")),
            settled(post(R"({"facets": ["brand", "price"], "sort": ["price:asc"]})")));
}

TEST_F(ServiceTest, AProductIsReadByItsId) {
  start();
  const auto product = aisle_->product("products", "p1");
  EXPECT_EQ(product["title"], "Steel kettle 1.7 l");
  EXPECT_EQ(product["stock"], 3);
  EXPECT_EQ(aisle_->product("products", "p/4 ü")["title"], "Tea towel");
}

TEST_F(ServiceTest, SuggestionsAnswerWhileOneTypes) {
  start();
  const std::string path = "/v1/indexes/products/suggest";
  const auto answer = aisle_->json(path + "?q=Steel%20ket&limit=1&min_coverage=1");
  EXPECT_EQ(answer["q"], "Steel ket");
  ASSERT_EQ(answer["suggestions"].size(), 1U) << answer;
  EXPECT_EQ(answer["suggestions"][0]["q"], "Steel kettle");
  EXPECT_EQ(answer["suggestions"][0]["count"], 1);
  EXPECT_EQ(answer["coverage"], 1.0);
  EXPECT_EQ(answer["view"]["generation"], 1);
  EXPECT_EQ(aisle_->json(path)["suggestions"].size(), 0U);
  EXPECT_EQ(aisle_->json(path + "?q=ket&filter=price%20%3C%200&context=a,b")["suggestions"].size(), 0U);
  const auto refusal = [&](const std::string& query) {
    const auto refused = aisle_->get(path + query);
    EXPECT_EQ(refused.status, 400) << query;
    return refused.body;
  };
  EXPECT_THAT(refusal("?q=a&limit=21"), HasSubstr("limit is 21, the limit is 20"));
  EXPECT_THAT(refusal("?q=a&filter=colur%20=%20red"), HasSubstr("unknown field"));
  EXPECT_THAT(refusal("?q=a&context=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"),
              HasSubstr("has 17 tags, the limit is 16"));
  EXPECT_THAT(refusal("?q=a&limit=many"), HasSubstr("limit is \\\"many\\\", expected a whole number"));
  EXPECT_THAT(refusal("?q=a&scop=brand"), HasSubstr("did you mean \\\"scope\\\"?"));
  EXPECT_THAT(refusal("?q=a&scope=title"), HasSubstr("scope: field \\\"title\\\" has no"));
  EXPECT_THAT(refusal("?q=a&q=b"), HasSubstr("q is given twice"));
  EXPECT_THAT(refusal("?q=%FF"), HasSubstr("q is not valid UTF-8"));
}

TEST_F(ServiceTest, WhatIsNotThereIs404AndSaysWhat) {
  start();
  const auto expect_404 = [&](const std::string& target, const std::string& sentence) {
    const auto answer = aisle_->get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_THAT(answer.body, AllOf(HasSubstr("\"not_found\""), HasSubstr(sentence)));
  };
  expect_404("/v1/indexes/products/products/p99", "p99");
  expect_404("/v1/indexes/other/products/p1", "there is no index \\\"other\\\"");
  expect_404("/v1/indexes/other/search?q=x", "there is no index \\\"other\\\"");
  expect_404("/v1/indexes/other/suggest?q=x", "there is no index \\\"other\\\"");
  expect_404("/v2", "");
  EXPECT_EQ(aisle_->post("/v1/indexes/other/search", "{}").status, 404);
}

TEST_F(ServiceTest, ReadyOnlyWhenBuiltAndBothListenersTellHealthAndMetrics) {
  start();
  search({{"q", "xqzvwk"}});
  for (const std::uint16_t port : {aisle_->port(), aisle_->admin_port()}) {
    test::RawHttp http(port);
    EXPECT_EQ(http.ask(test::get_request("/livez"))->status, 200);
    EXPECT_EQ(http.ask(test::get_request("/readyz"))->status, 200);
    const std::string metrics = http.ask(test::get_request("/metrics"))->body;
    for (const std::string name :
         {"aisle_index_documents{index=\"products\"} 4",
          "aisle_search_duration_seconds_count{index=\"products\"} 1",
          "aisle_search_zero_results_total{index=\"products\"} 1", "aisle_image_bytes{",
          "aisle_indexing_lag_seconds{", "aisle_http_requests_total{", "aisle_http_connections{"}) {
      EXPECT_THAT(metrics, HasSubstr(name));
    }
  }
}

TEST_F(ServiceTest, WhatTimeWasTooShortForIsNamed) {
  launch({{"AISLE_LIMITS__TIME_SOFT_MS", "0"}});
  ASSERT_TRUE(aisle_->ready());
  const test::RawResponse response = aisle_->get(search_path + "?q=ketle&facets=brand,price");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("cache-control"), "no-store");
  const auto answer = nlohmann::json::parse(response.body);
  EXPECT_EQ(answer["degraded"], (nlohmann::json{"typos", "did_you_mean", "facets.brand", "facets.price"}));
  EXPECT_EQ(answer["exact"], false);
  EXPECT_EQ(answer["total"], 0);
  EXPECT_TRUE(answer["facets"].empty());
  const auto literal = search({{"q", "steel kettle"}, {"prefix", "false"}, {"typos", "false"}});
  EXPECT_EQ(literal["hits"][0]["id"], "p1") << "what has all words is found in any case";
  EXPECT_THAT(aisle_->get("/metrics").body, HasSubstr("aisle_search_degraded_total{index=\"products\"} 2"));
  const test::RawResponse suggested = aisle_->get("/v1/indexes/products/suggest?q=stel%20ket");
  EXPECT_EQ(suggested.headers.at("cache-control"), "no-store");
  EXPECT_THAT(suggested.body, HasSubstr("\"degraded\":[\"typos\"")) << "and it answers what it can";
}

TEST_F(ServiceTest, AGracefulStopKeepsEverything) {
  start();
  const auto before = search({{"facets", "brand,category,price"}});
  EXPECT_EQ(aisle_->stop(), 0);
  EXPECT_THAT(aisle_->log(), HasSubstr("everything applied is on disk"));
  std::filesystem::remove(path("products.jsonl"));  // only the index knows them now
  start();
  auto after = search({{"facets", "brand,category,price"}});
  EXPECT_EQ(after["hits"], before["hits"]);
  EXPECT_EQ(after["facets"], before["facets"]);
}

TEST_F(ServiceTest, KilledItServesTheSameAgain) {
  start();
  const auto before = search({{"q", "kettle"}});
  aisle_->kill();
  start();
  EXPECT_EQ(search({{"q", "kettle"}})["hits"], before["hits"]);
}

TEST_F(ServiceTest, F44_ASecondProcessOnTheSameDataIsRefused) {
  start();
  test::AisleProcess second({"--config", path("config.json")});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.log(), AllOf(HasSubstr("aisle: "), HasSubstr("locked by another aisle process")));
  EXPECT_EQ(aisle_->get("/readyz").status, 200);
}

TEST_F(ServiceTest, TheEnvironmentOverridesTheFile) {
  launch({{"AISLE_LIMITS__PER_PAGE_MAX", "2"}, {"AISLE_DATA_DIR", "elsewhere"}});
  ASSERT_TRUE(aisle_->ready());
  const auto answer = aisle_->get(search_path + "?per_page=3");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("per_page is 3, the limit is 2"));
  EXPECT_TRUE(std::filesystem::exists(path("elsewhere/products")));
}

TEST_F(ServiceTest, TheEnvironmentHoldsWithoutAConfigurationToo) {
  aisle_ = std::make_unique<test::AisleProcess>(
      std::vector<std::string>{"--schema", path("schema.json"), "--data", path("data")},
      test::Environment{{"AISLE_LIMITS__PER_PAGE_MAX", "2"}});
  ASSERT_TRUE(aisle_->ready());
  EXPECT_EQ(aisle_->get(search_path + "?per_page=3").status, 400);
  EXPECT_TRUE(std::filesystem::exists(path("data/products")));
}

TEST_F(ServiceTest, AnUnknownKeyOfTheConfigurationIsRefusedWithTheNearest) {
  write("config.json", R"({"schema": "schema.json", "lissten": {"port": 1}})");
  launch();
  EXPECT_EQ(aisle_->wait(), 1);
  EXPECT_THAT(aisle_->log(),
              AllOf(HasSubstr("config.json"), HasSubstr("lissten"), HasSubstr("did you mean \"listen\"?")));
}

TEST_F(ServiceTest, StartsOnlyWithAValidSchemaAndNamesTheFile) {
  write("schema.json", R"({"index": "products", "fields": {"title": {"type": "txt", "search": true}}})");
  launch();
  EXPECT_EQ(aisle_->wait(), 1);
  EXPECT_THAT(aisle_->log(),
              AllOf(HasSubstr("schema.json"), HasSubstr("/fields/title/type"), HasSubstr("\"text\"")));
}

TEST_F(ServiceTest, APortInUseIsToldAndEndsTheStart) {
  start();
  write("other.json", R"({"schema": "schema.json", "data_dir": "other"})");
  const auto result = test::run_aisle({"serve", "--config", path("other.json"), "--port",
                                       std::to_string(aisle_->port()), "--admin-port", "0"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr(std::to_string(aisle_->port())));
}

TEST_F(ServiceTest, CheckTellsAFindingALine) {
  auto result = test::run_aisle({"check", "--config", path("config.json")});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("ok       configuration"), HasSubstr("ok       index products: 6 fields"),
                    HasSubstr("reads " + path("products.jsonl")), Not(HasSubstr("error"))));
  std::filesystem::remove(path("products.jsonl"));
  result = test::run_aisle({"check", "--config", path("config.json")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, AllOf(HasSubstr("error    index products: "), HasSubstr("products.jsonl")));
  write("config.json", R"({"shema": "schema.json"})");
  result = test::run_aisle({"check", "--config", path("config.json")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("error    configuration: "), HasSubstr("did you mean \"schema\"?")));
}

TEST_F(ServiceTest, TheBinaryTellsItsVersionAndHowItIsUsed) {
  const auto version = test::run_aisle({"version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.output, std::string("aisle ") + AISLE_VERSION + "\n");
  EXPECT_NE(test::run_aisle({"sreve"}).exit_code, 0);
  EXPECT_EQ(test::run_aisle({"serve"}).exit_code, 1);
  EXPECT_THAT(test::run_aisle({"serve"}).output, HasSubstr("--config"));
}

TEST_F(ServiceTest, ImportAndSearchWorkWithoutAService) {
  const std::vector<std::string> place = {"--schema", path("schema.json"), "--data", path("data")};
  std::vector<std::string> import = {"import"};
  import.insert(import.end(), place.begin(), place.end());
  const auto imported = test::run_aisle(import);
  EXPECT_EQ(imported.exit_code, 0);
  EXPECT_THAT(imported.output, HasSubstr("4 products searchable"));
  std::vector<std::string> search = {"search", "kettle", "--json"};
  search.insert(search.end(), place.begin(), place.end());
  const auto found = test::run_aisle(search);
  EXPECT_EQ(found.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(found.output)["total"], 2);
}

}  // namespace
}  // namespace aisle
