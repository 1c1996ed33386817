#include "query/sort_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/kitchen.h"
#include "tests/support/random.h"

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

// Most of a large column is passed over by its bands.
TEST_F(SortOrder, OfManyProductsIsThatOfTheirValues) {
  const test::Seeds all = test::seeds(4);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const std::uint32_t size = NumberColumn::chunk_size * 3;
    auto segment = std::make_shared<Segment>();
    std::vector<std::string> ids;
    std::vector<std::string_view> texts;
    std::vector<std::uint32_t> by_id;
    std::vector<std::int64_t> values;
    for (std::uint32_t i = 0; i < size; ++i) {
      ids.push_back(std::to_string(100'000 + i));
      by_id.push_back(i);
      values.push_back(random.chance(30) ? missing_number : static_cast<std::int64_t>(random.below(3000)));
    }
    texts.assign(ids.begin(), ids.end());
    segment->size = size;
    segment->ids = DocumentIds(texts, by_id);
    segment->numbers.resize(shop_.schema()->fields.size());
    segment->numbers[field("price").number] = NumberColumn::build(values);
    const SegmentView view{.segment = segment, .deleted = nullptr, .live = size, .changed = {}};
    std::vector<std::uint32_t> documents;
    for (std::uint32_t i = 0; i < size; ++i) {
      if (random.chance(40)) documents.push_back(i);
    }
    for (const bool descending : {false, true}) {
      std::vector<std::uint32_t> expected = documents;
      std::ranges::stable_sort(expected, [&](std::uint32_t a, std::uint32_t b) {
        if (values[a] == missing_number || values[b] == missing_number)
          return values[a] != missing_number && values[b] == missing_number;
        return descending ? values[a] > values[b] : values[a] < values[b];
      });
      for (const std::size_t count : {1U, 10U, 900U, size}) {
        const std::vector<SortKey> keys = {{&field("price"), descending}};
        const auto first = first_in_order(keys, view, documents, count);
        const std::size_t some = std::min(count, expected.size());
        ASSERT_EQ(first, std::vector(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(some)));
      }
    }
  }
}

TEST_F(SortOrder, ErrorsNameTheKey) {
  EXPECT_EQ(refusal({.sort = {"prise"}}), "sort: unknown field \"prise\", did you mean \"price\"?");
  EXPECT_EQ(refusal({.sort = {"colour"}}), "sort: field \"colour\" has no \"sort\": true in the schema");
  EXPECT_EQ(refusal({.sort = {"price:up"}}), "sort: \"price:up\" ends in \"up\", expected asc or desc");
  EXPECT_EQ(refusal({.sort = {""}}), "sort: unknown field \"\"");
}

}  // namespace
}  // namespace aisle
