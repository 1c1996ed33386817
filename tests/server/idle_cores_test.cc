// One search on several cores, over HTTP: the same answer, sooner.
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/file_shop.h"

namespace aisle::test {
namespace {

class IdleCoresTest : public FileShopTest {
 protected:
  void SetUp() override {
    FileShopTest::SetUp();
    write("config.json",
          R"({"indexes": [{"schema": "schema.json", "shards": 2}], "cache": {"bytes_max": 0}})");
    std::string lines;
    for (int i = 0; i < 12'000; ++i) {
      lines += R"({"id": "k)" + std::to_string(i) + R"(", "title": "Kettle number )" + std::to_string(i) +
               R"(", "brand": "Brand )" + std::to_string(i % 50) + R"(", "price": )" +
               std::to_string(i % 700) + "}\n";
    }
    write_products(lines);
  }
  void launch_with(const std::string& cores) {
    launch({{"AISLE_LIMITS__CORES_MAX", cores}});
    ASSERT_TRUE(aisle_->ready()) << aisle_->log();
  }
  nlohmann::json ask(const std::string& q) {
    nlohmann::json answer = search({{"q", q}, {"facets", "brand,price"}, {"sort", "price:desc"}});
    answer.erase("took_ms");
    answer.erase("lag_ms");
    return answer;
  }
  bool some_were_taken() {
    const std::string metrics = aisle_->get("/metrics").body;
    const std::string name = "\naisle_search_segments_taken_total ";
    const std::size_t at = metrics.find(name);
    EXPECT_NE(at, std::string::npos);
    return metrics.at(at + name.size()) != '0';
  }
};

TEST_F(IdleCoresTest, TheyTakeShardsOfASearchAndItsAnswerStays) {
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "needs two cores";
  launch_with("1");
  const std::vector<nlohmann::json> expected = {ask(""), ask("kettle")};
  EXPECT_EQ(expected.front()["total"], 12'000);
  EXPECT_FALSE(some_were_taken());
  ASSERT_EQ(aisle_->stop(), 0);
  launch_with("2");
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(ask(""), expected[0]);
    EXPECT_EQ(ask("kettle"), expected[1]);
    return some_were_taken();
  }));
}

}  // namespace
}  // namespace aisle::test
