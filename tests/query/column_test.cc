#include <gtest/gtest.h>

#include "query/keyword_column.h"
#include "query/number_column.h"
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

TEST(NumberColumn, KeepsNumbersOfAnyWidth) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t least : {missing_number + 1, std::int64_t{-3}, std::int64_t{0}, most}) {
    for (const std::uint64_t range :
         {0ULL, 254ULL, 255ULL, 65534ULL, 65535ULL, (1ULL << 32U) - 2, 1ULL << 32U}) {
      const auto room = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
      const auto last = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + std::min(range, room));
      const NumberColumn column = NumberColumn::build(std::vector<std::int64_t>{last, missing_number, least});
      SCOPED_TRACE(std::to_string(least) + " to " + std::to_string(last));
      EXPECT_EQ(column.get(0), last);
      EXPECT_EQ(column.get(1), missing_number);
      EXPECT_EQ(column.get(2), least);
      const NumberColumn wider = column.with(std::vector<NumberChange>{{1, most}, {2, missing_number + 1}});
      EXPECT_EQ(wider.get(0), last);
      EXPECT_EQ(wider.get(1), most);
      EXPECT_EQ(wider.get(2), missing_number + 1);
    }
  }
}

TEST(NumberColumn, SmallNumbersTakeLittle) {
  const std::vector<std::int64_t> flags(NumberColumn::chunk_size, 1'000'000'000'001);
  EXPECT_LT(NumberColumn::build(flags).bytes(), NumberColumn::chunk_size * 3 / 2);
}

TEST(NumberColumn, AnEmptyChunkTakesAValue) {
  const NumberColumn empty = NumberColumn::build(std::vector<std::int64_t>(10, missing_number));
  const NumberColumn changed = empty.with(std::vector<NumberChange>{{3, 4}});
  EXPECT_EQ(changed.get(3), 4);
  EXPECT_EQ(changed.get(4), missing_number);
  EXPECT_EQ(empty.get(3), missing_number);
}

void expect_within(const NumberColumn& column, const std::vector<std::uint32_t>& documents,
                   const std::vector<std::uint32_t>& expected, std::int64_t low, std::int64_t high) {
  ASSERT_TRUE(column.has_bytes());
  const auto size = documents.empty() ? 0 : documents.back() + 1;
  Bitmap asked(size);
  for (const std::uint32_t document : documents) asked.set(document);
  std::vector<std::uint32_t> within;
  column.within(low, high, asked).each([&](std::uint32_t document) { within.push_back(document); });
  ASSERT_EQ(within, expected) << low << " to " << high;
}

// What a column with bands keeps and sees, against the values themselves.
void expect_bands_of(const NumberColumn& column, const std::vector<std::int64_t>& values,
                     test::Random& random) {
  const ValueBands* const bands = column.bands();
  ASSERT_NE(bands, nullptr);
  std::vector<std::uint32_t> documents;
  const unsigned share = random.one_of<unsigned>({1, 20, 100});
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (random.chance(share)) documents.push_back(i);
  }
  const auto bound = [&] {
    return random.chance(10) ? random.one_of<std::int64_t>({missing_number, missing_number + 1, 1LL << 62U})
                             : values[random.below(values.size())];
  };
  for (int i = 0; i < 10; ++i) {
    const std::int64_t low = bound();
    const std::int64_t high = bound();
    std::vector<std::uint32_t> expected = documents;
    std::erase_if(expected, [&](std::uint32_t some) {
      return values[some] == missing_number || values[some] < low || values[some] > high;
    });
    std::vector<std::uint32_t> kept = documents;
    column.keep_within(low, high, kept);
    ASSERT_EQ(kept, expected) << low << " to " << high;
    expect_within(column, documents, expected, low, high);
  }
  const std::uint8_t wanted = bands->of(bound());
  std::vector<std::size_t> seen;
  column.each_of_bands(
      documents, [&](std::uint8_t band) { return band == wanted; },
      [&](std::size_t i, std::int64_t value) {
        ASSERT_EQ(value, values[documents[i]]);
        seen.push_back(i);
      });
  std::vector<std::size_t> expected;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (bands->of(values[documents[i]]) == wanted) expected.push_back(i);
  }
  ASSERT_EQ(seen, expected);
}

TEST(NumberColumn, BandsTellWhatTheValuesTellBeforeAndAfterChanges) {
  const test::Seeds all = test::seeds(8);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const auto drawn = [&] {
      return random.chance(5) ? missing_number : static_cast<std::int64_t>(random.below(1'000'000)) - 300;
    };
    std::vector<std::int64_t> values(NumberColumn::chunk_size * 3 + 77);
    for (std::int64_t& value : values) value = drawn();
    const NumberColumn column = NumberColumn::build(values);
    expect_bands_of(column, values, random);
    std::vector<std::int64_t> changed_values = values;
    std::vector<NumberChange> changes;
    for (std::uint32_t i = 0; i < values.size() / 2; ++i) {  // the last chunks stay as they are
      if (!random.chance(20)) continue;
      changes.push_back({i, random.chance(10) ? std::int64_t{1} << 50U : drawn()});
      changed_values[i] = changes.back().value;
    }
    expect_bands_of(column.with(changes), changed_values, random);
    expect_bands_of(column, values, random);
  }
}

TEST(NumberColumn, OfBytesTellsWhatLiesWithinARange) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const test::Seeds all = test::seeds(40);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const std::int64_t least = random.one_of<std::int64_t>({0, -100, missing_number + 1, most - 254, most});
    const std::uint64_t values = least == most ? 1 : random.one_of<std::uint64_t>({1, 2, 255});
    const auto drawn = [&] {
      return random.chance(10) ? missing_number : least + static_cast<std::int64_t>(random.below(values));
    };
    std::vector<std::int64_t> numbers(NumberColumn::chunk_size + 1000);
    std::vector<std::uint32_t> documents;
    for (std::uint32_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = i < NumberColumn::chunk_size || random.chance(50) ? drawn() : missing_number;
      if (random.chance(30)) documents.push_back(i);
    }
    const NumberColumn column = NumberColumn::build(numbers);
    for (int i = 0; i < 20; ++i) {
      const auto bound = [&] {
        return random.chance(20) ? random.one_of<std::int64_t>({missing_number, 0, -1'000, 1'000'000, most})
                                 : drawn();
      };
      const std::int64_t low = bound();
      const std::int64_t high = random.chance(30) ? low : bound();
      std::vector<std::uint32_t> expected = documents;
      std::erase_if(expected, [&](std::uint32_t some) {
        return numbers[some] == missing_number || numbers[some] < low || numbers[some] > high;
      });
      expect_within(column, documents, expected, low, high);
    }
  }
}

TEST(NumberColumn, SmallOnesAndThoseOfBytesHaveNoBands) {
  std::vector<std::int64_t> values(NumberColumn::chunk_size * 3, 1);
  EXPECT_EQ(NumberColumn::build(values).bands(), nullptr);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int64_t>(i);
  EXPECT_NE(NumberColumn::build(values).bands(), nullptr);
  EXPECT_EQ(NumberColumn::build(std::span(values).first(NumberColumn::chunk_size)).bands(), nullptr);
}

TEST(KeywordColumn, GivesEachDocumentItsCodesWhetherOneOrMany) {
  const TermDictionary values = TermDictionary::build({"a", "b", "c"});
  const KeywordColumn single = KeywordColumn::build({0, 1, 1, 2}, {2, 0}, values);
  const KeywordColumn several = KeywordColumn::build({0, 1, 1, 3}, {2, 0, 1}, values);
  const auto codes = [](const KeywordColumn& column, std::uint32_t document) {
    std::vector<std::uint32_t> found;
    column.each_code(document, [&](std::uint32_t code) { found.push_back(code); });
    return found;
  };
  EXPECT_EQ(codes(single, 0), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(codes(single, 1).empty());
  EXPECT_EQ(codes(single, 2), std::vector<std::uint32_t>{0});
  EXPECT_EQ(codes(several, 0), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(codes(several, 1).empty());
  EXPECT_EQ(codes(several, 2), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(several.values().term(2), "c");
}

TEST(KeywordColumn, CodesOfAnyWidthComeBack) {
  for (const std::uint32_t values : {1U, 255U, 256U, 65'535U, 65'536U}) {
    std::vector<std::string> texts;
    for (std::uint32_t i = 0; i < values; ++i) texts.push_back(std::to_string(1'000'000 + i));
    const std::vector<std::string_view> sorted(texts.begin(), texts.end());
    const TermDictionary dictionary = TermDictionary::build(sorted);
    const std::vector<std::uint32_t> single = {values - 1, KeywordColumn::no_code, 0};
    const KeywordColumn one = KeywordColumn::build({0, 1, 1, 2}, {values - 1, 0}, dictionary);
    EXPECT_EQ(one.codes(), single) << values;
    EXPECT_EQ(one.first_code(0), values - 1);
    EXPECT_EQ(one.first_code(1), KeywordColumn::no_code);
    const KeywordColumn several = KeywordColumn::build({0, 2, 2}, {0, values - 1}, dictionary);
    EXPECT_EQ(several.codes(), (std::vector<std::uint32_t>{0, values - 1})) << values;
    EXPECT_EQ(several.first_code(1), KeywordColumn::no_code);
    EXPECT_EQ(KeywordColumn::restore(one.offsets(), one.codes(), dictionary).codes(), single);
  }
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
