#include "query/value_bands.h"

#include <algorithm>

#include "schemas/op.h"

namespace aisle {
namespace {

constexpr std::size_t bands_max = 255;
constexpr std::size_t sample = 16'384;

}  // namespace

ValueBands::ValueBands(std::span<const std::int64_t> values) {
  std::vector<std::int64_t> some;
  const std::size_t step = std::max<std::size_t>(1, values.size() / sample);
  for (std::size_t i = 0; i < values.size(); i += step) {
    if (values[i] != missing_number) some.push_back(values[i]);
  }
  std::ranges::sort(some);
  for (std::size_t band = 1; band < bands_max && !some.empty(); ++band) {
    const std::int64_t least = some[band * some.size() / bands_max];
    if (least > (ends_.empty() ? some.front() : ends_.back())) ends_.push_back(least);
  }
  ends_.shrink_to_fit();
}

std::uint8_t ValueBands::of(std::int64_t value) const {
  if (value == missing_number) return none;
  return static_cast<std::uint8_t>(1 + (std::ranges::upper_bound(ends_, value) - ends_.begin()));
}

ValueBands::Range ValueBands::range(std::int64_t low, std::int64_t high) const {
  low = std::max(low, missing_number + 1);
  if (low > high) return {};
  Range range{.inside = {}, .low = of(low), .high = of(high)};
  const bool low_whole = range.low == 1 ? low == missing_number + 1 : low == ends_[range.low - 2U];
  const bool high_whole = range.high <= ends_.size() && high == ends_[range.high - 1U] - 1;
  const int first = range.low + (low_whole ? 0 : 1);
  const int last = range.high - (high_whole ? 0 : 1);
  range.inside = {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(std::max(0, last - first + 1))};
  return range;
}

}  // namespace aisle
