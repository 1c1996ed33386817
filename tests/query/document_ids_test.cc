#include "query/document_ids.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

DocumentIds three() {
  return {std::vector<std::string_view>{"b", "ä", "a"}, {2, 0, 1}};
}

TEST(DocumentIds, FindsDocumentsAndRanksThemInTheOrderOfBytes) {
  const DocumentIds ids = three();
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(ids.of(1), "ä");
  EXPECT_EQ(ids.find("b"), 0U);
  EXPECT_EQ(ids.find("ä"), 1U);
  EXPECT_EQ(ids.find("a"), 2U);
  EXPECT_EQ(ids.find(""), no_document);
  EXPECT_EQ(ids.find("aa"), no_document);
  EXPECT_EQ(ids.find("z\xFF"), no_document);
  EXPECT_EQ(ids.rank(2), 0U);
  EXPECT_EQ(ids.rank(0), 1U);
  EXPECT_EQ(ids.rank(1), 2U);
}

TEST(DocumentIds, AreRestoredFromWhatTheyTell) {
  const DocumentIds ids = three();
  const auto again = DocumentIds::restore(std::string(ids.text()), ids.offsets(), ids.sorted());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->find("a"), 2U);
  EXPECT_EQ(again->rank(1), 2U);
}

TEST(DocumentIds, DamagedOnesAreRefused) {
  const auto refused = [](std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> sorted) {
    const auto restored = DocumentIds::restore("abc", std::move(offsets), std::move(sorted));
    return !restored && restored.error().code == ErrorCode::DataLoss;
  };
  EXPECT_FALSE(refused({0, 1, 3}, {0, 1}));
  EXPECT_TRUE(refused({}, {}));
  EXPECT_TRUE(refused({0, 1, 4}, {0, 1})) << "behind the text";
  EXPECT_TRUE(refused({0, 2, 1, 3}, {0, 1, 2})) << "backwards";
  EXPECT_TRUE(refused({0, 1, 3}, {0})) << "one is not sorted";
  EXPECT_TRUE(refused({0, 1, 3}, {1, 1})) << "one comes twice";
  EXPECT_TRUE(refused({0, 1, 3}, {0, 2})) << "no such document";
}

}  // namespace
}  // namespace aisle
