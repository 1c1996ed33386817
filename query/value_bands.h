// The values of a column in bands of about as many documents each, so that one byte tells most of a number: of
// a range of values, only documents in the bands at its ends are looked up.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "query/byte_range.h"

namespace aisle {

// Immutable; share freely.
class ValueBands {
 public:
  static constexpr std::uint8_t none = 0;  // the band of documents without a value

  // Of numbers as they are drawn, missing_number among them.
  explicit ValueBands(std::span<const std::int64_t> values);

  // 1..255, growing with the value; none for missing_number.
  std::uint8_t of(std::int64_t value) const;

  // Of the values from low to high; nothing lies within when low > high.
  struct Range {
    ByteRange inside;         // bands that lie in it wholly
    std::uint8_t low = none;  // and these in part, or are among those
    std::uint8_t high = none;

    bool wholly(std::uint8_t band) const { return inside.has(band); }
    bool partly(std::uint8_t band) const { return (band == low) | (band == high); }
    ByteRange touched() const { return {low, static_cast<std::uint8_t>(low == none ? 0 : high - low + 1)}; }
  };
  Range range(std::int64_t low, std::int64_t high) const;

  std::size_t bytes() const { return sizeof(*this) + ends_.capacity() * sizeof(std::int64_t); }

 private:
  std::vector<std::int64_t> ends_;  // the least value of each band but the first
};

}  // namespace aisle
