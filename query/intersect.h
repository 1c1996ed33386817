// Walks two ascending lists of document numbers and meets at the common ones.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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

// An ascending list that is intersected with many others: it knows the place of each of its documents, so that
// another list takes a step for each of its own entries. Borrows the list; one on a thread at a time.
class DocumentPlaces {
 public:
  // `size`: more than any document number of either list.
  DocumentPlaces(std::span<const std::uint32_t> documents, std::uint32_t size)
      : documents_(documents), places_(kept_places()) {
    if (places_.size() < size) places_.resize(size);
    for (std::size_t i = 0; i < documents.size(); ++i) places_[documents[i]] = static_cast<std::uint32_t>(i);
  }

  // intersect(documents, list, meet)
  template <class Meet>
  void intersect(std::span<const std::uint32_t> list, Meet&& meet) const {
    if (documents_.size() * jump_ratio < list.size()) {
      aisle::intersect(documents_, list, meet);
      return;
    }
    for (std::size_t j = 0; j < list.size(); ++j) {
      const std::size_t i = places_[list[j]];  // left from another list when it is none of ours
      if (i < documents_.size() && documents_[i] == list[j]) meet(i, j);
    }
  }

 private:
  static std::vector<std::uint32_t>& kept_places() {
    thread_local std::vector<std::uint32_t> places;
    return places;
  }

  std::span<const std::uint32_t> documents_;
  std::vector<std::uint32_t>& places_;
};

}  // namespace aisle
