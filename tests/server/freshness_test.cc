#include "server/freshness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/demo_shop_service.h"
#include "tests/support/eventually.h"
#include "tests/support/file_shop.h"

namespace aisle::test {
namespace {

using ::testing::HasSubstr;

TEST(Freshness, APositionBehindThePageHeaderIsThePage) {
  SearchRequest request;
  request.min_lsn = "0/33A2018";
  const auto read = read_freshness(request);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(format_lsn(read->min_lsn), "0/33A2000");
}

TEST(Freshness, ReadsWhatIsGivenAndNamesWhatIsWrong) {
  SearchRequest request;
  EXPECT_EQ(read_freshness(request)->min_lsn, 0U);
  request.min_lsn = "16/B374D848";
  request.timeline = 3;
  request.wait_ms = 5000;
  request.on_stale = "flag";
  const auto freshness = read_freshness(request);
  ASSERT_TRUE(freshness) << freshness.error().message;
  EXPECT_EQ(format_lsn(freshness->min_lsn), "16/B374D848");
  EXPECT_EQ(freshness->timeline, 3U);
  EXPECT_TRUE(freshness->flags_stale);
  const auto message = [](const SearchRequest& wrong) { return read_freshness(wrong).error().message; };
  EXPECT_EQ(message({.wait_ms = 5001}), "wait_ms is 5001, the limit is 5000");
  EXPECT_THAT(message({.wait_ms = -1}), HasSubstr("wait_ms is -1"));
  EXPECT_THAT(message({.timeline = -1}), HasSubstr("timeline is -1"));
  EXPECT_THAT(message({.on_stale = "ignore"}), HasSubstr("expected error or flag"));
  EXPECT_THAT(message({.min_lsn = "16-B3"}), HasSubstr("min_lsn is \"16-B3\""));
}

TEST(Freshness, APositionOfAnotherTimelineIsAConflict) {
  EXPECT_TRUE(check_timeline({.timeline = 0}, 2));
  EXPECT_TRUE(check_timeline({.timeline = 2}, 2));
  EXPECT_TRUE(check_timeline({.timeline = 2}, 0));
  const Status other = check_timeline({.timeline = 1}, 2);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Conflict);
}

class FileFreshnessTest : public FileShopTest {};

TEST_F(FileFreshnessTest, AnswersLateStaleOrNot) {
  start();
  const std::string far = search_path + "?q=kettle&min_lsn=FFFF/0&wait_ms=1";
  const RawResponse late = aisle_->get(far);
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("deadline_exceeded"));
  EXPECT_THAT(late.body, HasSubstr("min_lsn is FFFF/0, after 1 ms the index is at "));
  const nlohmann::json flagged = aisle_->json(far + "&on_stale=flag");
  EXPECT_EQ(flagged["stale"], true);
  EXPECT_EQ(flagged["total"], 2);
  const std::string reached = flagged["view"]["as_of_lsn"].get<std::string>();
  const nlohmann::json fresh = aisle_->json(search_path + "?min_lsn=" + reached);
  EXPECT_FALSE(fresh.contains("stale"));
  ASSERT_EQ(fresh["view"]["seq"].size(), 1U);  // one shard
  EXPECT_GE(fresh["view"]["seq"][0], fresh["total"]) << "fewer changes than products";
  EXPECT_EQ(aisle_->get(search_path + "?min_lsn=x").status, 400);
}

TEST_F(FileFreshnessTest, WhoWaitsTakesNoPermitFromOthers) {
  start();
  const unsigned waiters =
      4 * std::max(1U, std::thread::hardware_concurrency());  // more than there are permits
  std::vector<RawHttp> waiting;
  for (unsigned i = 0; i < waiters; ++i) {
    waiting.emplace_back(aisle_->port());
    ASSERT_TRUE(waiting.back().send(get_request(search_path + "?min_lsn=FFFF/0&wait_ms=5000")));
  }
  EXPECT_EQ(total("kettle"), 2U);  // would be refused after 250 ms
  EXPECT_EQ(total("pan"), 1U);
  for (RawHttp& one : waiting) {
    const auto answer = one.read(false, std::chrono::seconds(20));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 504);
  }
}

using PostgresFreshnessTest = DemoShopServiceTest;

TEST_F(PostgresFreshnessTest, AfterItsTokenAWriteIsFound) {
  start();
  SqlSession session(shop_->conninfo());
  const std::string timeline = session.value("SELECT timeline_id FROM pg_control_checkpoint()");
  for (int round = 0; round < 50; ++round) {
    const std::string word = "quagga" + std::to_string(round);
    session.exec(std::string("SET synchronous_commit = ") + (round % 2 == 0 ? "on" : "off"));
    session.exec("UPDATE products SET title = '" + word + "' WHERE id = 10001");
    const std::string token = session.value("SELECT pg_current_wal_insert_lsn()");
    const nlohmann::json found = search(
        {{"q", word}, {"typos", "false"}, {"min_lsn", token}, {"timeline", timeline}, {"wait_ms", "5000"}});
    ASSERT_EQ(found["total"], 1) << word << " " << found["view"];
  }
  const std::string other = std::to_string(std::stoi(timeline) + 1);
  EXPECT_EQ(aisle_->get("/v1/indexes/products/search?min_lsn=0/1&timeline=" + other).status, 409);
}

}  // namespace
}  // namespace aisle::test
