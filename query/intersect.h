// Walks two ascending lists of document numbers and meets at the common ones.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace aisle {

// First index in [from, list.size()) whose entry is not below `wanted`, by doubling steps.
inline std::size_t gallop(std::span<const std::uint32_t> list, std::size_t from, std::uint32_t wanted) {
  std::size_t step = 1;
  std::size_t low = from;
  while (low + step < list.size() && list[low + step] < wanted) {
    low += step;
    step *= 2;
  }
  const auto begin = list.begin() + static_cast<std::ptrdiff_t>(low);
  const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, list.size()));
  return static_cast<std::size_t>(std::lower_bound(begin, end, wanted) - list.begin());
}

inline constexpr std::size_t jump_ratio = 16;  // a list so many times as long is jumped in

// Calls meet(i, j) for each a[i] == b[j]. Steps through both when they are of similar length, else jumps in
// the longer.
template <class Meet>
void intersect(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, Meet&& meet) {
  std::size_t i = 0;
  std::size_t j = 0;
  if (a.size() * jump_ratio < b.size()) {
    for (; i < a.size() && j < b.size(); ++i) {
      j = gallop(b, j, a[i]);
      if (j < b.size() && b[j] == a[i]) meet(i, j++);
    }
    return;
  }
  if (b.size() * jump_ratio < a.size()) {
    for (; j < b.size() && i < a.size(); ++j) {
      i = gallop(a, i, b[j]);
      if (i < a.size() && a[i] == b[j]) meet(i++, j);
    }
    return;
  }
  while (i < a.size() && j < b.size()) {
    const std::uint32_t x = a[i];
    const std::uint32_t y = b[j];
    if (x == y) meet(i, j);
    i += x <= y ? 1U : 0U;
    j += y <= x ? 1U : 0U;
  }
}

}  // namespace aisle
