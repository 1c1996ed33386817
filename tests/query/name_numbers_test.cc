#include "query/name_numbers.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/random.h"

namespace aisle {
namespace {

TEST(NameNumbers, NumbersNamesAsTheyComeAndKnowsThemAgain) {
  NameNumbers names;
  EXPECT_EQ(names.number_of("pan"), 0U);
  EXPECT_EQ(names.number_of(""), 1U);
  EXPECT_EQ(names.number_of("pan"), 0U);
  EXPECT_EQ(names.number_of("lid"), 2U);
  EXPECT_EQ(names.number_of(""), 1U);
  EXPECT_EQ(names.size(), 3U);
}

TEST(NameNumbers, SortsThemAndTellsWhereEachWent) {
  test::Random random(7);
  NameNumbers names;
  std::map<std::string, std::uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "n" + std::to_string(random.below(5000));
    const std::uint32_t number = names.number_of(name);
    ASSERT_EQ(expected.try_emplace(name, number).first->second, number) << name;
  }
  ASSERT_EQ(names.size(), expected.size());
  for (const auto find : {TermDictionary::Find::Search, TermDictionary::Find::Hash}) {
    const auto [dictionary, place] = names.sorted(find);
    ASSERT_EQ(dictionary.size(), expected.size());
    for (const auto& [name, number] : expected) {
      ASSERT_EQ(dictionary.find(name), place[number]) << name;
      ASSERT_EQ(dictionary.term(place[number]), name);
    }
    EXPECT_EQ(dictionary.find("n5000"), no_term);
  }
}

}  // namespace
}  // namespace aisle
