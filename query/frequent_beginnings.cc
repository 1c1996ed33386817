#include "query/frequent_beginnings.h"

#include <algorithm>
#include <numeric>

namespace aisle {
namespace {

// Calls see(first, last) for each longest range of at least `many` terms that begin with the same bytes.
template <class See>
void each_range(const TermDictionary& terms, TermId first, TermId last, std::size_t length, std::size_t many,
                const See& see) {
  while (first < last && terms.term(first).size() < length + 1) ++first;  // the prefix itself
  while (first < last) {
    const std::string_view prefix = terms.term(first).substr(0, length + 1);
    TermId end = first + 1;
    while (end < last && terms.term(end).starts_with(prefix)) ++end;
    if (end - first >= many) {
      see(first, end);
      each_range(terms, first, end, length + 1, many, see);
    }
    first = end;
  }
}

}  // namespace

FrequentBeginnings::FrequentBeginnings(const TermDictionary& terms,
                                       std::span<const std::uint32_t> frequencies) {
  std::vector<TermId> all;
  each_range(terms, 0, terms.size(), 0, least_many, [&](TermId first, TermId last) {
    if (!ranges_.empty() && ranges_.back().first == first && ranges_.back().last == last) return;
    ranges_.push_back({first, last, static_cast<std::uint32_t>(best_.size())});
    all.resize(last - first);
    std::iota(all.begin(), all.end(), first);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(kept, all.size()));
    std::partial_sort(all.begin(), end, all.end(),
                      [&](TermId a, TermId b) { return comes_first(frequencies, a, b); });
    best_.insert(best_.end(), all.begin(), end);
  });
  std::ranges::sort(ranges_);
  ranges_.shrink_to_fit();
  best_.shrink_to_fit();
}

std::span<const TermId> FrequentBeginnings::find(TermId first, TermId last) const {
  const auto found = std::ranges::lower_bound(ranges_, Range{first, last, 0});
  if (found == ranges_.end() || found->first != first || found->last != last) return {};
  return std::span(best_).subspan(found->begin, std::min<std::size_t>(kept, last - first));
}

}  // namespace aisle
