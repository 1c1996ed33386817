#include "server/http/request_id.h"

#include <gtest/gtest.h>

#include <set>

namespace aisle {
namespace {

TEST(RequestId, AcceptsHarmlessIdsUpToTheLimit) {
  EXPECT_TRUE(is_request_id("a"));
  EXPECT_TRUE(is_request_id("Shop-1_2.3"));
  EXPECT_TRUE(is_request_id(std::string(64, 'x')));
  EXPECT_FALSE(is_request_id(std::string(65, 'x')));
  for (const char* text : {"", "a b", "a\n", "a\"b", "ä", "a/b", "<b>"})
    EXPECT_FALSE(is_request_id(text)) << text;
}

TEST(RequestId, MadeIdsAreUuidsOfVersionSevenAndDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = make_request_id();
    ASSERT_EQ(id.size(), 36U);
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
    EXPECT_TRUE(is_request_id(id));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(RequestId, TheFirstLegalHeaderWins) {
  EXPECT_EQ(request_id_of({{"request-id", "b"}, {"x-request-id", "a"}}), "a");
  EXPECT_EQ(request_id_of({{"x-request-id", "not legal"}, {"x-algolia-request-id", "c"}}), "c");
  EXPECT_EQ(request_id_of({{"x-request-id", "not legal"}}).size(), 36U);
}

}  // namespace
}  // namespace aisle
