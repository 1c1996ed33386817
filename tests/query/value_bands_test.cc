#include "query/value_bands.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "schemas/op.h"
#include "tests/support/random.h"

namespace aisle::test {
namespace {

constexpr std::int64_t least = missing_number + 1;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// Skewed, some often, some missing.
std::vector<std::int64_t> random_values(Random& random, std::size_t count) {
  std::vector<std::int64_t> values;
  const std::int64_t often = random.chance(50) ? 7 : -1'000'000;
  for (std::size_t i = 0; i < count; ++i) {
    const auto some = static_cast<std::int64_t>(random.below(100'000));
    values.push_back(random.chance(10)   ? missing_number
                     : random.chance(30) ? often
                                         : some * some / 1000 - 500);
  }
  return values;
}

TEST(ValueBands, GrowWithTheValueAndHoldAboutAsManyDocuments) {
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < 100'000; ++i) values.push_back(i * i);
  const ValueBands bands(values);
  std::vector<std::size_t> held(256);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint8_t band = bands.of(values[i]);
    ASSERT_GE(band, i == 0 ? 1 : bands.of(values[i - 1]));
    ++held[band];
  }
  EXPECT_EQ(held[ValueBands::none], 0U);
  for (std::size_t band = 1; band < held.size(); ++band) {
    EXPECT_GT(held[band], 300U) << band;
    EXPECT_LT(held[band], 500U) << band;
  }
  EXPECT_EQ(bands.of(missing_number), ValueBands::none);
  EXPECT_EQ(bands.of(least), 1);
  EXPECT_EQ(bands.of(most), 255);
}

TEST(ValueBands, OfARangeSayWhatLiesInItWhollyAndWhatMay) {
  const Seeds all = seeds(60);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    const std::vector<std::int64_t> values = random_values(random, random.below(3000));
    const ValueBands bands(values);
    std::vector<std::int64_t> asked = random_values(random, 40);  // not those the bands are made of
    asked.insert(asked.end(), values.begin(), values.end());
    asked.insert(asked.end(), {least, most, missing_number});
    for (int i = 0; i < 20; ++i) {
      const std::int64_t low = asked[random.below(asked.size())];
      const std::int64_t high = asked[random.below(asked.size())];
      const ValueBands::Range range = bands.range(low, high);
      for (const std::int64_t value : asked) {
        const std::uint8_t band = bands.of(value);
        const bool inside = value != missing_number && value >= low && value <= high;
        const bool wholly = range.wholly(band);
        ASSERT_TRUE(wholly || range.partly(band) || !inside) << low << " " << value << " " << high;
        ASSERT_TRUE(inside || !wholly) << low << " " << value << " " << high;
      }
    }
  }
}

TEST(ValueBands, OfNothingAreOne) {
  for (const ValueBands& bands : {ValueBands({}), ValueBands(std::vector<std::int64_t>(5, missing_number)),
                                  ValueBands(std::vector<std::int64_t>(5, 3))}) {
    EXPECT_EQ(bands.of(least), 1);
    EXPECT_EQ(bands.of(most), 1);
    const ValueBands::Range everything = bands.range(missing_number, most);
    EXPECT_TRUE(everything.wholly(1) || everything.partly(1));
    EXPECT_FALSE(everything.wholly(ValueBands::none) || everything.partly(ValueBands::none));
    const ValueBands::Range nothing = bands.range(2, 1);
    EXPECT_FALSE(nothing.wholly(1) || nothing.partly(1));
  }
}

}  // namespace
}  // namespace aisle::test
