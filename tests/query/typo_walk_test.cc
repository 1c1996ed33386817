#include "query/typo_walk.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/search_oracle.h"

namespace aisle {
namespace {

int distance(const std::string& word, const std::string& term, bool prefix = false) {
  return typo_distance(word, term, 3, prefix);
}

TEST(TypoWalk, CountsInsertedMissingWrongAndSwappedLettersAsOne) {
  EXPECT_EQ(distance("kettle", "kettle"), 0);
  EXPECT_EQ(distance("kettle", "kettlee"), 1);
  EXPECT_EQ(distance("kettle", "ketle"), 1);
  EXPECT_EQ(distance("kettle", "kittle"), 1);
  EXPECT_EQ(distance("kettle", "ketlte"), 1);
  EXPECT_EQ(distance("kettle", "ketltes"), 2);
  EXPECT_EQ(distance("größe", "grösse"), 2);
  EXPECT_EQ(distance("größe", "große"), 1) << "a letter of two bytes is one letter";
}

TEST(TypoWalk, AnEditOfTheFirstLetterCountsTwo) {
  EXPECT_EQ(distance("kettle", "bettle"), 2);
  EXPECT_EQ(distance("kettle", "ettle"), 2);
  EXPECT_EQ(distance("kettle", "skettle"), 2);
  EXPECT_EQ(distance("kettle", "ekttle"), 2);
  EXPECT_EQ(distance("kettle", "kkettle"), 1) << "doubling the first letter does not lose it";
}

TEST(TypoWalk, AMisspeltBeginningIsMeasuredAgainstTheNearestBeginningOfTheTerm) {
  EXPECT_EQ(distance("ketl", "kettlebell", true), 1);
  EXPECT_EQ(distance("kettle", "kettlebell", true), 0);
  EXPECT_EQ(distance("kettle", "ket", true), 3);
}

TEST(TypoWalk, AllowsNoneBelowFourLettersOneFromFourTwoFromEightNoneWithDigits) {
  EXPECT_EQ(typos_allowed("abc"), 0);
  EXPECT_EQ(typos_allowed("abcd"), 1);
  EXPECT_EQ(typos_allowed("abcdefg"), 1);
  EXPECT_EQ(typos_allowed("abcdefgh"), 2);
  EXPECT_EQ(typos_allowed("größen"), 1);
  EXPECT_EQ(typos_allowed("öööö"), 1) << "letters count, not bytes";
  EXPECT_EQ(typos_allowed("ööö"), 0);
  EXPECT_EQ(typos_allowed("iphone14"), 0);
  EXPECT_EQ(typos_allowed(std::string(48, 'a')), 2);
  EXPECT_EQ(typos_allowed(std::string(49, 'a')), 0);
}

TEST(TypoWalk, WordsOfAnyLengthAreSafe) {
  const std::string longest(48, 'a');
  EXPECT_EQ(distance(longest, longest + "b"), 1);
  EXPECT_EQ(typo_distance(longest + "a", longest, 2, false), 3) << "beyond 48 letters nothing is bent";
  EXPECT_EQ(distance("aaaa", std::string(1000, 'a'), true), 0);
  const TermDictionary dictionary = TermDictionary::build({longest});
  int found = 0;
  walk_typos(dictionary, longest + "a", 2, false, [&](TermId, int) { ++found; });
  walk_typos(dictionary, "", 2, true, [&](TermId, int) { ++found; });
  EXPECT_EQ(found, 0);
}

TEST(TypoWalk, NeverFindsTermsWithDigits) {
  const TermDictionary dictionary = TermDictionary::build({"kett1e", "kettle2", "kettles"});
  std::vector<TermId> found;
  for (const bool prefix : {false, true}) {
    walk_typos(dictionary, "kettls", 2, prefix, [&](TermId term, int) { found.push_back(term); });
  }
  EXPECT_EQ(found, (std::vector<TermId>{2, 2}));
}

std::string random_word(test::Random& random) {
  std::string word;
  const bool wide = random.chance(30);
  for (std::uint64_t i = 1 + random.below(9); i > 0; --i) {
    word += random.one_of<std::string>(wide ? std::vector<std::string>{"a", "ö", "é", "手", "😀"}
                                            : std::vector<std::string>{"a", "b", "c", "a", "b", "1"});
  }
  return word;
}

TEST(TypoWalk, WalksToExactlyTheTermsThatTheMatrixMeasures) {
  const test::Seeds all = test::seeds(400);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    std::set<std::string> terms;
    for (std::uint64_t i = random.below(80); i > 0; --i) terms.insert(random_word(random));
    const TermDictionary dictionary = TermDictionary::build({terms.begin(), terms.end()});
    for (int i = 0; i < 10; ++i) {
      const std::string word = random_word(random);
      const bool prefix = random.chance(50);
      const int most = static_cast<int>(random.between(1, 3));
      std::vector<std::pair<std::string, int>> found;
      walk_typos(dictionary, word, most, prefix,
                 [&](TermId term, int typos) { found.emplace_back(dictionary.term(term), typos); });
      std::vector<std::pair<std::string, int>> expected;
      for (const std::string& term : terms) {
        const int plain = test::plain_typo_distance(word, term, prefix);
        ASSERT_EQ(typo_distance(word, term, most, prefix), std::min(plain, most + 1)) << word << " " << term;
        const bool digit = term.find('1') != std::string::npos;
        if (plain >= 1 && plain <= most && !digit) expected.emplace_back(term, plain);
      }
      ASSERT_EQ(found, expected) << word << (prefix ? " as a beginning, " : ", ") << most;
    }
  }
}

}  // namespace
}  // namespace aisle
