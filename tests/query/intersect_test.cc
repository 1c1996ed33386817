#include "query/intersect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include <set>
#include <vector>

#include "tests/support/random.h"

namespace aisle {
namespace {

std::vector<std::uint32_t> random_list(test::Random& random, std::size_t size_max) {
  std::set<std::uint32_t> list;
  const std::uint64_t span = 1 + random.below(2 * size_max + 2);
  for (std::uint64_t i = random.below(size_max + 1); i > 0; --i)
    list.insert(static_cast<std::uint32_t>(random.below(span)));
  return {list.begin(), list.end()};
}

TEST(Intersect, MeetsAtEveryCommonNumberOnceInOrder) {
  const test::Seeds all = test::seeds(2000);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    // like lengths and very different ones take different ways
    const auto a = random_list(random, random.one_of<std::size_t>({3, 50, 2000}));
    const auto b = random_list(random, random.one_of<std::size_t>({3, 50, 2000}));
    std::vector<std::uint32_t> expected;
    std::ranges::set_intersection(a, b, std::back_inserter(expected));
    std::vector<std::uint32_t> met;
    intersect(a, b, [&](std::size_t i, std::size_t j) {
      ASSERT_EQ(a[i], b[j]);
      met.push_back(a[i]);
    });
    ASSERT_EQ(met, expected);
  }
}

TEST(Intersect, GallopsToTheFirstEntryThatIsNotBelow) {
  const std::vector<std::uint32_t> list = {1, 3, 5, 7, 9, 11, 13};
  for (std::size_t from = 0; from <= list.size(); ++from) {
    for (std::uint32_t wanted = 0; wanted < 15; ++wanted) {
      const auto expected =
          std::lower_bound(list.begin() + static_cast<std::ptrdiff_t>(from), list.end(), wanted) -
          list.begin();
      EXPECT_EQ(gallop(list, from, wanted), static_cast<std::size_t>(expected)) << from << " " << wanted;
    }
  }
}

}  // namespace
}  // namespace aisle
