#include "query/document_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "tests/support/random.h"

namespace aisle {
namespace {

using Numbers = std::vector<std::uint32_t>;

Numbers random_numbers(test::Random& random, std::uint32_t size) {
  std::set<std::uint32_t> numbers;
  const std::uint64_t most = random.one_of<std::uint64_t>({0, 1, 5, size / 200, size / 50, size / 3, size});
  for (std::uint64_t i = random.below(most + 1); i > 0; --i)
    numbers.insert(static_cast<std::uint32_t>(random.below(size)));
  return {numbers.begin(), numbers.end()};
}

Bitmap bits_of(const Numbers& numbers, std::uint32_t size) {
  Bitmap bits(size);
  for (const std::uint32_t number : numbers) bits.set(number);
  return bits;
}

// The numbers in one of the forms a set has. What is borrowed is kept.
class Forms {
 public:
  explicit Forms(std::uint32_t size) : size_(size) {}

  DocumentSet of(const Numbers& numbers, test::Random& random) {
    switch (random.below(4)) {
      case 0:
        return DocumentSet(numbers);
      case 1:
        return DocumentSet(bits_of(numbers, size_));
      case 2:
        kept_.push_back(std::make_unique<Kept>(Kept{numbers, bits_of(numbers, size_)}));
        return DocumentSet::borrow(kept_.back()->numbers, &kept_.back()->bits);
      default:
        kept_.push_back(std::make_unique<Kept>(Kept{numbers, {}}));
        return DocumentSet::borrow(kept_.back()->numbers, nullptr);
    }
  }

 private:
  struct Kept {
    Numbers numbers;
    Bitmap bits;
  };
  std::uint32_t size_;
  std::vector<std::unique_ptr<Kept>> kept_;
};

void expect_is(DocumentSet set, const Numbers& expected, std::uint32_t size) {
  ASSERT_EQ(set.size(), expected.size());
  ASSERT_EQ(set.empty(), expected.empty());
  Numbers seen;
  set.each([&](std::uint32_t number) { seen.push_back(number); });
  ASSERT_EQ(seen, expected);
  for (std::uint32_t number = 0; number < size; number += 7)
    ASSERT_EQ(set.contains(number), std::ranges::binary_search(expected, number)) << number;
  ASSERT_EQ(set.borrowed().to_list(), expected);
  ASSERT_EQ(std::move(set).to_list(), expected);
}

TEST(DocumentSet, UnitesMeetsAndSubtractsInEveryForm) {
  const test::Seeds all = test::seeds(1500);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const auto size = random.one_of<std::uint32_t>({1, 63, 64, 65, 3000, 20000});
    Forms forms(size);
    const Numbers a = random_numbers(random, size);
    const Numbers b = random_numbers(random, size);
    const DocumentSet first = forms.of(a, random);
    const DocumentSet second = forms.of(b, random);
    Numbers expected;
    std::ranges::set_intersection(a, b, std::back_inserter(expected));
    ASSERT_NO_FATAL_FAILURE(expect_is(intersection_of(first, second), expected, size));
    expected.clear();
    std::ranges::set_difference(a, b, std::back_inserter(expected));
    ASSERT_NO_FATAL_FAILURE(expect_is(difference_of(first, bits_of(b, size)), expected, size));
    expected.clear();
    std::ranges::set_union(a, b, std::back_inserter(expected));
    std::vector<DocumentSet> sets;
    sets.push_back(first.borrowed());
    for (std::uint64_t i = random.below(3); i > 0; --i) sets.emplace_back();
    sets.push_back(second.borrowed());
    ASSERT_NO_FATAL_FAILURE(expect_is(union_of(std::move(sets), size), expected, size));
  }
}

TEST(DocumentSet, TheOnlySetOfAUnionIsHandedThroughWithWhatItOwns) {
  std::vector<DocumentSet> sets;
  sets.emplace_back();
  sets.emplace_back(Numbers{2, 5, 9});
  expect_is(union_of(std::move(sets), 10), {2, 5, 9}, 10);
  expect_is(union_of({}, 10), {}, 10);
}

}  // namespace
}  // namespace aisle
