#include "query/typo_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
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
  const TypoIndex index(dictionary);
  EXPECT_TRUE(find_typos(dictionary, index, longest + "a", 2, false).empty());
  EXPECT_TRUE(find_typos(dictionary, index, "", 2, true).empty());
  EXPECT_EQ(find_typos(dictionary, index, longest.substr(2), 2, false), (std::vector<TypoMatch>{{0, 2}}));
  EXPECT_TRUE(find_typos(TermDictionary(), TypoIndex(), "kettle", 2, true).empty());
}

TEST(TypoWalk, NeverFindsTermsWithDigits) {
  const TermDictionary dictionary = TermDictionary::build({"kett1e", "kettle2", "kettles"});
  const TypoIndex index(dictionary);
  for (const bool prefix : {false, true}) {
    EXPECT_EQ(find_typos(dictionary, index, "kettls", 2, prefix), (std::vector<TypoMatch>{{2, 1}}));
    EXPECT_TRUE(find_typos(dictionary, index, "kett1es", 2, prefix).empty()) << "nor is a word with one bent";
  }
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

// `word` with `edits` letters missing, added, replaced or swapped, wherever they come to lie.
std::string bent(const std::string& word, std::uint64_t edits, test::Random& random) {
  std::vector<std::string> letters;
  for (const char c : word) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U) {
      letters.back() += c;
    } else {
      letters.emplace_back(1, c);
    }
  }
  for (; edits > 0; --edits) {
    const auto at = static_cast<std::size_t>(random.below(letters.size()));
    const auto place = letters.begin() + static_cast<std::ptrdiff_t>(at);
    const std::string other = random.one_of<std::string>({"e", "x", "ß"});
    const std::uint64_t kind = random.below(4);
    if (kind == 0) letters.insert(place, other);
    if (kind == 1 && letters.size() > 1) letters.erase(place);
    if (kind == 2) *place = other;
    if (kind == 3 && at + 1 < letters.size()) std::swap(letters[at], letters[at + 1]);
  }
  std::string bent;
  for (const std::string& letter : letters) bent += letter;
  return bent;
}

// What the matrix measures, term by term.
std::vector<TypoMatch> measured(const std::set<std::string>& terms, const std::string& word, int most,
                                bool prefix) {
  std::vector<TypoMatch> expected;
  TermId id = 0;
  for (const std::string& term : terms) {
    const int plain = test::plain_typo_distance(word, term, prefix);
    EXPECT_EQ(typo_distance(word, term, most, prefix), std::min(plain, most + 1)) << word << " " << term;
    const bool digit = (term + word).find('1') != std::string::npos;
    if (plain >= 1 && plain <= most && !digit) expected.push_back({id, static_cast<std::uint8_t>(plain)});
    ++id;
  }
  return expected;
}

TEST(TypoWalk, FindsExactlyTheTermsThatTheMatrixMeasures) {
  const test::Seeds all = test::seeds(400);
  std::size_t found = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    std::set<std::string> terms;
    for (std::uint64_t i = random.below(80); i > 0; --i) terms.insert(random_word(random));
    const TermDictionary dictionary = TermDictionary::build({terms.begin(), terms.end()});
    const TypoIndex index(dictionary);
    for (int i = 0; i < 10; ++i) {
      const std::string word = random_word(random);
      const bool prefix = random.chance(50);
      const int most = static_cast<int>(random.between(1, typos_allowed_max));
      const std::vector<TypoMatch> expected = measured(terms, word, most, prefix);
      ASSERT_EQ(find_typos(dictionary, index, word, most, prefix), expected)
          << word << (prefix ? " as a beginning, " : ", ") << most;
      found += expected.size();
    }
  }
  EXPECT_GT(found, all.count);
}

// Words as they are: long, of few different letters, bent in up to three places.
TEST(TypoWalk, FindsExactlyTheBentWordsOfARealisticDictionary) {
  const test::Seeds all = test::seeds(60);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    std::vector<std::string> words;
    std::set<std::string> terms;
    for (int i = 0; i < 30; ++i) {
      std::string& word = words.emplace_back();
      for (std::uint64_t n = random.between(4, 40); n > 0; --n)
        word += random.one_of<std::string>({"e", "t", "a", "r", "s", "ü"});
      for (std::uint64_t n = random.below(8); n > 0; --n) terms.insert(bent(word, random.below(4), random));
    }
    const TermDictionary dictionary = TermDictionary::build({terms.begin(), terms.end()});
    const TypoIndex index(dictionary);
    for (const std::string& word : words) {
      const int most = static_cast<int>(random.between(1, typos_allowed_max));
      const bool prefix = random.chance(50);
      ASSERT_EQ(find_typos(dictionary, index, word, most, prefix), measured(terms, word, most, prefix))
          << word << (prefix ? " as a beginning, " : ", ") << most;
    }
  }
}

}  // namespace
}  // namespace aisle
