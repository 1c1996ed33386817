// Searches answered from the cache of answers, over HTTP: nobody can tell but by the header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/file_shop.h"

namespace aisle::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CachedSearchTest : public FileShopTest {
 protected:
  RawResponse ask(const std::string& query) { return aisle_->get(search_path + query); }
  // "hit", "miss", "wait"; "" where the cache had no part.
  static std::string part_of_cache(const RawResponse& response) {
    const auto header = response.headers.find("x-search-cache");
    return header == response.headers.end() ? "" : header->second;
  }
  std::string from(const std::string& query) { return part_of_cache(ask(query)); }
  void launch_with(const Environment& environment) {
    launch(environment);
    ASSERT_TRUE(aisle_->ready()) << aisle_->log();
  }
};

// Without the values that tell of one moment.
std::string timeless(std::string body) {
  for (const std::string name : {"\"took_ms\":", "\"lag_ms\":"}) {
    const std::size_t begin = body.find(name) + name.size();
    body.erase(begin, body.find_first_of(",}", begin) - begin);
  }
  return body;
}

TEST_F(CachedSearchTest, AnswersAreThoseOfASearchByteForByte) {
  const std::vector<std::string> queries = {
      "",
      "?q=kettle&facets=brand,category,price",
      "?q=ketle&facets=brand",
      "?q=nothing%20at%20all",
      "?q=tea&filter=brand%20%3D%20Velo&sort=price:desc&per_page=1&page=1",
      "?q=%22steel%20kettle%22%20-pan",
      "?q=4006381333931&highlight=false"};
  launch_with({{"AISLE_CACHE__BYTES_MAX", "0"}});
  std::vector<std::string> expected;
  for (const std::string& query : queries) {
    const RawResponse response = ask(query);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(part_of_cache(response), "");
    expected.push_back(timeless(response.body));
  }
  ASSERT_EQ(aisle_->stop(), 0);
  start();
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const RawResponse first = ask(queries[i]);
    const RawResponse second = ask(queries[i]);
    EXPECT_EQ(part_of_cache(first), "miss") << queries[i];
    EXPECT_EQ(part_of_cache(second), "hit") << queries[i];
    EXPECT_EQ(timeless(first.body), expected[i]);
    EXPECT_EQ(timeless(second.body), expected[i]);
    EXPECT_EQ(second.headers.at("x-search-coverage"), "1.0");
  }
  const std::string metrics = aisle_->get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("aisle_answer_cache_hits_total{index=\"products\"} 7"));
  EXPECT_THAT(metrics, HasSubstr("aisle_answer_cache_misses_total{index=\"products\"} 7"));
  EXPECT_THAT(metrics, HasSubstr("aisle_search_duration_seconds_count{index=\"products\"} 14"));
  EXPECT_THAT(metrics, Not(HasSubstr("aisle_answer_cache_bytes{index=\"products\"} 0")));
}

TEST_F(CachedSearchTest, TheOrderAndPlaceOfParametersDoNotMatter) {
  start();
  EXPECT_EQ(from("?q=kettle&facets=brand&page=1"), "miss");
  EXPECT_EQ(from("?facets=brand&q=kettle"), "hit");
  EXPECT_EQ(part_of_cache(aisle_->post(search_path, R"({"facets": ["brand"], "q": "kettle"})")), "hit");
  EXPECT_EQ(from("?facets=brand&q=kettles"), "miss");
}

TEST_F(CachedSearchTest, ThoseWhoLookIntoThingsAreSearchedFor) {
  start();
  for (const std::string query : {"?q=kettle&explain=true", "?q=kettle&why=p1"}) {
    EXPECT_EQ(from(query), "") << query;
    EXPECT_EQ(from(query), "") << query;
  }
  const auto preview = RawHttp(aisle_->admin_port()).ask(get_request(search_path + "?q=kettle"));
  EXPECT_EQ(part_of_cache(*preview), "");
}

TEST_F(CachedSearchTest, AChangedProductIsSeenAtOnce) {
  start();
  EXPECT_EQ(search({{"q", "kettle"}, {"sort", "price:desc"}})["hits"][0]["product"]["price"], 34.9);
  for (int price = 100; price < 120; ++price) {
    write_products(R"({"id": "p1", "title": "Steel kettle", "brand": "Nordal", "stock": 1, "price": )" +
                   std::to_string(price) + "}\n");
    ASSERT_TRUE(eventually([&] {
      search({{"q", "kettle"}, {"sort", "price:desc"}});
      return aisle_->product("products", "p1")["price"] == price;
    }));
    const auto answer = search({{"q", "kettle"}, {"sort", "price:desc"}});
    ASSERT_EQ(answer["hits"][0]["product"]["price"], price);
  }
  EXPECT_THAT(aisle_->get("/metrics").body,
              AllOf(HasSubstr("aisle_answer_cache_outdated_total{index=\"products\"} "),
                    Not(HasSubstr("aisle_answer_cache_outdated_total{index=\"products\"} 0"))));
}

TEST_F(CachedSearchTest, APublishedRankingIsSeenAtOnce) {
  start();
  write("pin.json",
        R"({"index": "products", "rules": [{"id": "first", "when": {"query": {"equals": "kettle"}},
    "then": {"pin": [{"id": "p3", "position": 1}]}}]})");
  EXPECT_EQ(from("?q=kettle"), "miss");
  EXPECT_EQ(from("?q=kettle"), "hit");
  const CommandResult done = run_aisle({"rank", "publish", path("pin.json"), "--admin",
                                        "http://127.0.0.1:" + std::to_string(aisle_->admin_port())});
  ASSERT_EQ(done.exit_code, 0) << done.output;
  const auto answer = search({{"q", "kettle"}});
  EXPECT_EQ(answer["hits"][0]["id"], "p3");
  EXPECT_EQ(answer["view"]["ranking"], 1);
  EXPECT_EQ(from("?q=kettle"), "hit");
}

TEST_F(CachedSearchTest, WhatIsNotWholeIsNotKept) {
  launch_with({{"AISLE_LIMITS__TIME_SOFT_MS", "0"}});
  for (int i = 0; i < 3; ++i) {
    const RawResponse response = ask("?q=ketle&facets=brand");
    EXPECT_EQ(part_of_cache(response), "miss");
    EXPECT_EQ(response.headers.at("cache-control"), "no-store");
    EXPECT_THAT(response.body, HasSubstr("\"degraded\":["));
  }
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask("?q=kettle&per_page=101").status, 400);
  EXPECT_THAT(aisle_->get("/metrics").body,
              AllOf(HasSubstr("aisle_answer_cache_hits_total{index=\"products\"} 0"),
                    HasSubstr("aisle_answer_cache_bytes{index=\"products\"} 0")));
}

TEST_F(CachedSearchTest, HowFreshAnAnswerMustBeKeepsItsMeaning) {
  start();
  const std::string reached = search({{"q", "kettle"}})["view"]["as_of_lsn"].get<std::string>();
  EXPECT_EQ(from("?q=kettle&wait_ms=1&min_lsn=" + reached), "hit");
  EXPECT_EQ(ask("?q=kettle&wait_ms=1&min_lsn=FFFF/0").status, 504);
  const RawResponse flagged = ask("?q=kettle&wait_ms=1&min_lsn=FFFF/0&on_stale=flag");
  EXPECT_EQ(part_of_cache(flagged), "");
  EXPECT_THAT(flagged.body, HasSubstr("\"stale\":true"));
  EXPECT_THAT(ask("?q=kettle").body, Not(HasSubstr("\"stale\"")));
}

TEST_F(CachedSearchTest, ManyWhoAskTheSameAtOnceAreAnsweredAlike) {
  start();
  std::vector<RawHttp> clients;
  for (int i = 0; i < 64; ++i) clients.emplace_back(aisle_->port());
  for (RawHttp& client : clients)
    ASSERT_TRUE(client.send(get_request(search_path + "?q=ketle&facets=brand")));
  std::set<std::string> bodies;
  int misses = 0;
  for (RawHttp& client : clients) {
    const auto response = client.read();
    ASSERT_TRUE(response);
    ASSERT_EQ(response->status, 200);
    bodies.insert(timeless(response->body));
    misses += part_of_cache(*response) == "miss" ? 1 : 0;
  }
  EXPECT_EQ(bodies.size(), 1U);
  EXPECT_EQ(misses, 1);
}

TEST_F(CachedSearchTest, ItsSizeIsChecked) {
  launch({{"AISLE_CACHE__BYTES_MAX", "-1"}});
  EXPECT_EQ(aisle_->wait(), 1);
  EXPECT_THAT(aisle_->log(), AllOf(HasSubstr("/cache/bytes_max"), HasSubstr("-1")));
}

}  // namespace
}  // namespace aisle::test
