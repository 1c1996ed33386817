#include "query/column.h"

#include <gtest/gtest.h>

#include "tests/support/random.h"

namespace aisle {
namespace {

TEST(NumberColumn, KeepsNumbersAcrossChunksAndSparesEmptyOnes) {
  constexpr std::uint32_t documents = NumberColumn::chunk_size * 2 + 10;
  std::vector<std::int64_t> values(documents, missing_number);
  values.front() = -5;
  values.back() = std::numeric_limits<std::int64_t>::max();
  const NumberColumn column = NumberColumn::build(values);
  for (std::uint32_t i = 0; i < documents; ++i) ASSERT_EQ(column.get(i), values[i]) << i;
  EXPECT_LT(column.bytes(), NumberColumn::chunk_size * sizeof(std::int64_t) * 5 / 2)
      << "the middle chunk is empty";
}

TEST(NumberColumn, AChangeLeavesTheFormerColumnAndTakesTheLastOfSeveral) {
  constexpr std::uint32_t documents = NumberColumn::chunk_size + 2;
  const NumberColumn before = NumberColumn::build(std::vector<std::int64_t>(documents, 7));
  const NumberColumn after =
      before.with(std::vector<NumberChange>{{0, 1}, {0, 2}, {5, missing_number}, {documents - 1, 9}});
  EXPECT_EQ(after.get(0), 2);
  EXPECT_EQ(after.get(5), missing_number);
  EXPECT_EQ(after.get(documents - 1), 9);
  EXPECT_EQ(after.get(1), 7);
  for (std::uint32_t i = 0; i < documents; ++i) ASSERT_EQ(before.get(i), 7);
}

TEST(NumberColumn, AnEmptyChunkTakesAValue) {
  const NumberColumn empty = NumberColumn::build(std::vector<std::int64_t>(10, missing_number));
  const NumberColumn changed = empty.with(std::vector<NumberChange>{{3, 4}});
  EXPECT_EQ(changed.get(3), 4);
  EXPECT_EQ(changed.get(4), missing_number);
  EXPECT_EQ(empty.get(3), missing_number);
}

TEST(KeywordColumn, GivesEachDocumentItsCodesWhetherOneOrMany) {
  const TermDictionary values = TermDictionary::build({"a", "b", "c"});
  const KeywordColumn single = KeywordColumn::build({0, 1, 1, 2}, {2, 0}, values);
  const KeywordColumn several = KeywordColumn::build({0, 1, 1, 3}, {2, 0, 1}, values);
  const auto codes = [](const KeywordColumn& column, std::uint32_t document) {
    const auto found = column.codes(document);
    return std::vector<std::uint32_t>(found.begin(), found.end());
  };
  EXPECT_EQ(codes(single, 0), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(codes(single, 1).empty());
  EXPECT_EQ(codes(single, 2), std::vector<std::uint32_t>{0});
  EXPECT_EQ(codes(several, 0), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(codes(several, 1).empty());
  EXPECT_EQ(codes(several, 2), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(several.values().term(2), "c");
}

TEST(KeywordColumn, ListsTheDocumentsOfItsRarerValues) {
  for (const bool several : {false, true}) {
    std::vector<std::uint32_t> offsets = {0};
    std::vector<std::uint32_t> codes;
    for (std::uint32_t document = 0; document < 100; ++document) {
      if (document % 3 == 0) codes.push_back(document % 50 == 0 ? 1 : 0);
      if (several && document % 60 == 0) codes.push_back(2);
      offsets.push_back(static_cast<std::uint32_t>(codes.size()));
    }
    const KeywordColumn column =
        KeywordColumn::build(offsets, codes, TermDictionary::build({"often", "rarely", "twice"}));
    EXPECT_EQ(column.size(), 100U);
    EXPECT_EQ(column.frequency(0), 33U);
    EXPECT_FALSE(column.is_listed(0)) << "a third of all documents";
    ASSERT_TRUE(column.is_listed(1) && column.is_listed(2));
    EXPECT_EQ(std::vector<std::uint32_t>(column.documents(1).begin(), column.documents(1).end()),
              (std::vector<std::uint32_t>{0}));
    EXPECT_EQ(std::vector<std::uint32_t>(column.documents(2).begin(), column.documents(2).end()),
              several ? std::vector<std::uint32_t>({0, 60}) : std::vector<std::uint32_t>());
  }
}

}  // namespace
}  // namespace aisle
