#include "query/facet_tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>

#include "tests/support/random.h"

namespace aisle {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

Counts counts_of(const std::vector<FacetTally::Value>& values) {
  Counts counts;
  for (const auto& [value, count] : values) {
    EXPECT_TRUE(counts.emplace(value, count).second) << value << " comes twice";
  }
  return counts;
}

// The most frequent first, then by value.
std::vector<std::pair<std::string, std::uint64_t>> in_order(const Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> order(counts.begin(), counts.end());
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.second > b.second; });
  return order;
}

// A column whose documents have none to three of `kinds` values, the first ones most often.
KeywordColumn random_column(test::Random& random, std::uint32_t documents, std::uint64_t kinds,
                            Counts& expected) {
  const bool single = random.chance(50);
  std::vector<std::vector<std::string>> values(documents);
  std::map<std::string, std::uint32_t> places;
  for (auto& some : values) {
    for (std::uint64_t i = random.below(single ? 2 : 4); i > 0; --i)
      some.push_back("v" + std::to_string(random.below(1 + random.below(kinds))));
    std::ranges::sort(some);
    some.erase(std::ranges::unique(some).begin(), some.end());
    for (const std::string& value : some) places[value] = 0;
  }
  std::vector<std::string_view> names;
  for (auto& [value, place] : places) {
    place = static_cast<std::uint32_t>(names.size());
    names.push_back(value);
  }
  std::vector<std::uint32_t> offsets = {0};
  std::vector<std::uint32_t> codes;
  for (const auto& some : values) {
    for (const std::string& value : some) {
      codes.push_back(places[value]);
      ++expected[value];
    }
    offsets.push_back(static_cast<std::uint32_t>(codes.size()));
  }
  return KeywordColumn::build(std::move(offsets), std::move(codes), TermDictionary::build(names));
}

TEST(FacetTally, CountsAreThoseOfAllColumnsTogetherAndTheMostFrequentAreAmongTheTop) {
  const test::Seeds all = test::seeds(300);
  std::size_t cut = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    std::deque<KeywordColumn> columns;
    Counts expected;
    FacetTally tally;
    FacetTally other;
    const std::uint64_t kinds = random.one_of<std::uint64_t>({3, 100, 3000});
    for (std::uint64_t i = random.below(5); i > 0; --i) {
      const auto size = static_cast<std::uint32_t>(random.one_of<std::uint64_t>({5, 300, 3000}));
      columns.push_back(random_column(random, size, kinds, expected));
      std::vector<std::uint32_t> documents(size);
      std::iota(documents.begin(), documents.end(), 0U);
      const auto half = documents.begin() + size / 2;
      const std::uint64_t present =
          tally.add(columns.back(), {documents.begin(), half}) +
          (random.chance(50) ? tally : other).add(columns.back(), {half, documents.end()});
      ASSERT_LE(present, size);
    }
    if (random.chance(30)) {
      tally.add("v1", 7);
      expected["v1"] += 7;
    }
    tally.merge(other);
    ASSERT_EQ(counts_of(tally.values()), expected);
    const auto wanted = [](std::string_view value) { return value.ends_with("1"); };
    Counts ones;
    for (const auto& [value, count] : expected) {
      if (wanted(value)) ones[value] = count;
      ASSERT_EQ(tally.count(value), count) << value;
    }
    ASSERT_EQ(counts_of(tally.values(wanted)), ones);
    ASSERT_EQ(tally.count("nowhere"), 0U);

    const std::size_t count = random.below(60);
    const FacetTally::Top top = tally.most_frequent(count);
    const Counts found = counts_of(top.values);
    for (const auto& [value, documents] : found) ASSERT_EQ(documents, expected[value]) << value;
    const auto order = in_order(expected);
    for (std::size_t i = 0; i < std::min(count, order.size()); ++i)
      ASSERT_TRUE(found.contains(order[i].first)) << order[i].first << " is number " << i << " of " << count;
    ASSERT_EQ(top.all, found.size() == expected.size());
    cut += top.all ? 0U : 1U;
  }
  EXPECT_GT(cut, 0U) << "the short way was never taken";
}

}  // namespace
}  // namespace aisle
