// Which number do digits with dots and commas between them mean?
//
//   3.5 -> 3.5     1,5 -> 1.5     1,000 -> 1000     1,000.50 and 1.000,50 -> 1000.50     1,2,3 -> three
//   numbers
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace aisle {

struct DigitGroup {
  std::uint32_t begin;  // byte range in the text
  std::uint32_t end;
  std::uint32_t digits;
  char separator;  // before it: '.' or ','; unused in the first group
  bool leading_zero;
};

struct NumberReading {
  std::size_t groups;  // that belong to the number, from the first, at least 1
  char dropped;        // the separator of thousands, or 0; the other one is written as '.'
};

// `groups` is not empty. A comma before exactly three digits separates thousands, unless the number begins
// with 0. Commas that make no number of the whole separate numbers: then `groups` counts those before the
// first comma.
NumberReading read_number(std::span<const DigitGroup> groups);

}  // namespace aisle
