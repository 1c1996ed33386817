#include "query/sort_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using testing::ElementsAre;

class SortOrder : public test::Kitchen {
 protected:
  std::vector<std::string> sorted(const std::vector<std::string>& keys) const {
    return ids(answer({.sort = keys}));
  }
};

TEST_F(SortOrder, ProductsWithoutAValueComeLastInBothDirections) {
  fill({R"({"id": "a", "price": 5})", R"({"id": "b"})", R"({"id": "c", "price": -1})",
        R"({"id": "d", "price": 7})"});
  EXPECT_THAT(sorted({"price:asc"}), ElementsAre("c", "a", "d", "b"));
  EXPECT_THAT(sorted({"price"}), ElementsAre("c", "a", "d", "b"));
  EXPECT_THAT(sorted({"price:desc"}), ElementsAre("d", "a", "c", "b"));
}

TEST_F(SortOrder, LaterKeysDecideTiesAndThenTheId) {
  fill({R"({"id": "b", "brand": "x", "size": 1, "released": "2026-01-01"})",
        R"({"id": "a", "brand": "x", "size": 1, "released": "2026-01-01"})",
        R"({"id": "c", "brand": "w", "size": 1})", R"({"id": "d", "brand": "x", "size": 2})",
        R"({"id": "e"})"});
  EXPECT_THAT(sorted({"size:desc", "brand"}), ElementsAre("d", "c", "a", "b", "e"));
  EXPECT_THAT(sorted({"brand:desc", "size", "released"}), ElementsAre("a", "b", "d", "c", "e"));
}

TEST_F(SortOrder, TextComparesAcrossSegmentsByItsBytes) {
  fill({R"({"id": "1", "brand": "b"})", R"({"id": "2", "brand": "B"})", R"({"id": "3", "brand": "ä"})",
        R"({"id": "4", "brand": "a"})"});
  EXPECT_THAT(sorted({"brand"}), ElementsAre("2", "4", "1", "3"));
}

TEST_F(SortOrder, ErrorsNameTheKey) {
  EXPECT_EQ(refusal({.sort = {"prise"}}), "sort: unknown field \"prise\", did you mean \"price\"?");
  EXPECT_EQ(refusal({.sort = {"colour"}}), "sort: field \"colour\" has no \"sort\": true in the schema");
  EXPECT_EQ(refusal({.sort = {"price:up"}}), "sort: \"price:up\" ends in \"up\", expected asc or desc");
  EXPECT_EQ(refusal({.sort = {""}}), "sort: unknown field \"\"");
}

}  // namespace
}  // namespace aisle
