#include "query/frequent_beginnings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "tests/support/random.h"

namespace aisle {
namespace {

TermDictionary dictionary_of(const std::set<std::string>& words) {
  return TermDictionary::build({words.begin(), words.end()});
}

// Words of few letters, so that many begin alike.
std::set<std::string> random_words(test::Random& random, std::size_t count) {
  std::set<std::string> words;
  while (words.size() < count) {
    std::string word;
    for (std::uint64_t i = 1 + random.below(9); i > 0; --i)
      word += random.one_of<std::string>({"a", "b", "ö"});
    words.insert(std::move(word));
  }
  return words;
}

TEST(FrequentBeginnings, AreTheFirstOfAllThatBeginSo) {
  std::size_t kept = 0;
  std::size_t cut_off = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    test::Random random(seed);
    const std::set<std::string> words = random_words(random, 100 + random.below(1000));
    const TermDictionary terms = dictionary_of(words);
    std::vector<std::uint32_t> frequencies;
    for (TermId id = 0; id < terms.size(); ++id)
      frequencies.push_back(static_cast<std::uint32_t>(2 + random.below(50)));
    const FrequentBeginnings beginnings(terms, frequencies);
    for (const std::string& word : words) {
      if (word.size() > 6) continue;
      const auto [first, last] = terms.prefix_range(word);
      std::vector<TermId> all(last - first);
      std::iota(all.begin(), all.end(), first);
      std::ranges::sort(all, [&](TermId a, TermId b) {
        return std::pair(~frequencies[a], terms.term(a)) < std::pair(~frequencies[b], terms.term(b));
      });
      const auto found = beginnings.find(first, last);
      if (all.size() < FrequentBeginnings::least_many) {
        EXPECT_EQ(found, no_beginning) << word;
        continue;
      }
      ASSERT_LT(found, beginnings.size()) << word;
      EXPECT_EQ(beginnings.range(found), std::pair(first, last)) << word;
      ++kept;
      cut_off += all.size() > FrequentBeginnings::kept ? 1U : 0U;
      all.resize(std::min(all.size(), FrequentBeginnings::kept));
      EXPECT_TRUE(std::ranges::equal(beginnings.best(found), all)) << word;
    }
  }
  EXPECT_GT(kept, 100U);
  EXPECT_GT(cut_off, 20U);
}

TEST(FrequentBeginnings, OfNothingAreNone) {
  const FrequentBeginnings beginnings{TermDictionary(), {}};
  EXPECT_EQ(beginnings.find(0, 0), no_beginning);
  EXPECT_EQ(beginnings.size(), 0U);
}

}  // namespace
}  // namespace aisle
