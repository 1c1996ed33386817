#include "server/http/route_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::Pair;

HttpResponse nothing(const HttpRequest&) {
  return {};
}

class RouteTableTest : public testing::Test {
 protected:
  RouteTableTest() {
    for (const char* pattern :
         {"/", "/v1/indexes", "/v1/indexes/{index}/search", "/v1/indexes/{index}/documents/{id}",
          "/v1/indexes/special/search", "/v1/{kind}/x/y", "/files/{path...}"}) {
      EXPECT_TRUE(table.add("GET", pattern, {}, nothing));
    }
    EXPECT_TRUE(table.add("POST", "/v1/indexes/{name}/search", {}, nothing));
  }
  std::string found(std::string_view path) const {
    const auto match = table.find("GET", path);
    return match.route == nullptr ? std::to_string(match.status) : match.route->pattern;
  }
  RouteTable table;
};

TEST_F(RouteTableTest, ExactSegmentsWinOverNamedOnes) {
  EXPECT_EQ(found("/"), "/");
  EXPECT_EQ(found("/v1/indexes"), "/v1/indexes");
  EXPECT_EQ(found("/v1/indexes/special/search"), "/v1/indexes/special/search");
  EXPECT_EQ(found("/v1/indexes/other/search"), "/v1/indexes/{index}/search");
}

TEST_F(RouteTableTest, GoesBackWhereAnExactSegmentLedNowhere) {
  EXPECT_EQ(found("/v1/indexes/x/y"), "/v1/{kind}/x/y");
  const auto match = table.find("GET", "/v1/indexes/special/documents/p1");
  ASSERT_NE(match.route, nullptr);
  EXPECT_THAT(match.path_parameters, ElementsAre(Pair("id", "p1"), Pair("index", "special")));
}

TEST_F(RouteTableTest, NamesBelongToTheRouteNotToThePlace) {
  EXPECT_THAT(table.find("POST", "/v1/indexes/shoes/search").path_parameters,
              ElementsAre(Pair("name", "shoes")));
  EXPECT_THAT(table.find("GET", "/v1/indexes/shoes/search").path_parameters,
              ElementsAre(Pair("index", "shoes")));
}

TEST_F(RouteTableTest, TailsTakeTheRestSlashesIncluded) {
  EXPECT_THAT(table.find("GET", "/files/a/b%20c/").path_parameters, ElementsAre(Pair("path", "a/b c/")));
  EXPECT_THAT(table.find("GET", "/files/").path_parameters, ElementsAre(Pair("path", "")));
  EXPECT_EQ(found("/files"), "404");
}

TEST_F(RouteTableTest, MissesAreToldApart) {
  EXPECT_EQ(found("/v1"), "404");
  EXPECT_EQ(found("/v1/indexes/"), "404");
  EXPECT_EQ(found("/v1/indexes//search"), "404");
  EXPECT_EQ(found("no-slash"), "400");
  const auto refused = table.find("PUT", "/v1/indexes/a/search");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(table.find("HEAD", "/v1/indexes").status, 200);
}

TEST_F(RouteTableTest, LongPathsAreRefused) {
  std::string path;
  for (int i = 0; i < 64; ++i) path += "/a";
  EXPECT_EQ(found(path), "404");
  EXPECT_EQ(found(path + "/a"), "400");
}

TEST_F(RouteTableTest, RefusesPatternsItCannotServe) {
  EXPECT_EQ(table.add("GET", "/v1/indexes/{other}/search", {}, nothing).error().code, ErrorCode::Conflict);
  EXPECT_EQ(table.add("GET", "no-slash", {}, nothing).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(table.add("GET", "/{a...}/b", {}, nothing).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(table.add("GET", "/null", {}, nullptr).error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace aisle
