#include "query/term_dictionary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/random.h"

namespace aisle {
namespace {

TermDictionary dictionary_of(const std::set<std::string>& terms) {
  return TermDictionary::build({terms.begin(), terms.end()});
}

TEST(TermDictionary, AnEmptyOneFindsNothing) {
  for (const TermDictionary& empty : {TermDictionary(), dictionary_of({})}) {
    EXPECT_EQ(empty.size(), 0U);
    EXPECT_EQ(empty.find("a"), no_term);
    EXPECT_EQ(empty.lower_bound("a"), 0U);
    EXPECT_EQ(empty.prefix_range(""), (std::pair<TermId, TermId>(0, 0)));
  }
}

TEST(TermDictionary, FindsTermsBoundsAndPrefixesLikeASortedSet) {
  const test::Seeds all = test::seeds(300);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const auto word = [&] {
      std::string text;
      for (std::uint64_t i = random.below(5); i > 0; --i)
        text += random.one_of<std::string>({"a", "b", "ab", "\xff", "ö", std::string(1, '\0')});
      return text;
    };
    std::set<std::string> terms;
    for (std::uint64_t i = random.below(30); i > 0; --i) terms.insert(word());
    const std::vector<std::string> sorted(terms.begin(), terms.end());
    const TermDictionary dictionary = dictionary_of(terms);
    ASSERT_EQ(dictionary.size(), sorted.size());
    for (TermId id = 0; id < dictionary.size(); ++id) ASSERT_EQ(dictionary.term(id), sorted[id]);
    for (int i = 0; i < 20; ++i) {
      const std::string wanted = word();
      const auto bound = std::ranges::lower_bound(sorted, wanted) - sorted.begin();
      ASSERT_EQ(dictionary.lower_bound(wanted), bound);
      ASSERT_EQ(dictionary.find(wanted), terms.contains(wanted) ? static_cast<TermId>(bound) : no_term);
      const auto begins = [&](const std::string& term) { return term.starts_with(wanted); };
      const auto [first, last] = dictionary.prefix_range(wanted);
      ASSERT_EQ(last - first, std::ranges::count_if(sorted, begins));
      for (TermId id = first; id < last; ++id) ASSERT_TRUE(begins(sorted[id]));
    }
  }
}

}  // namespace
}  // namespace aisle
