#include "query/byte_range.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "tests/support/random.h"

namespace aisle {
namespace {

TEST(ByteRange, OfSixtyFourBytesSaysTheSameAsOfEach) {
  const test::Seeds all = test::seeds(200);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const auto drawn = [&] { return static_cast<std::uint8_t>(random.below(256)); };
    std::array<std::uint8_t, 64> bytes{};
    for (std::uint8_t& byte : bytes)
      byte = random.chance(20) ? random.one_of<std::uint8_t>({0, 255}) : drawn();
    const std::uint8_t first = drawn();
    const ByteRange range{first, static_cast<std::uint8_t>(random.below(256U - first))};
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      ASSERT_EQ(range.has(bytes[i]), bytes[i] >= first && bytes[i] < first + range.count);
      expected |= std::uint64_t{range.has(bytes[i]) ? 1U : 0U} << i;
    }
    ASSERT_EQ(BytesWithin(range).bits(bytes.data()), expected) << int{first} << " " << int{range.count};
  }
}

}  // namespace
}  // namespace aisle
