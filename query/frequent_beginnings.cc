#include "query/frequent_beginnings.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace aisle {
namespace {

// Calls see(first, last) for each longest range of least_many terms or more that begin with the same bytes.
template <class See>
class Ranges {
 public:
  Ranges(const TermDictionary& terms, See see) : terms_(terms), see_(std::move(see)) {}

  // Of [first, last), which share so many bytes.
  void walk(TermId first, TermId last, std::size_t shared) {
    while (first < last && terms_.term(first).size() == shared) ++first;  // the prefix itself
    while (first < last) {
      const std::string_view prefix = terms_.term(first).substr(0, shared + 1);
      TermId end = first + 1;
      while (end < last && terms_.term(end).starts_with(prefix)) ++end;
      if (end - first >= FrequentBeginnings::least_many) {
        see_(first, end);
        walk(first, end, shared + 1);
      }
      first = end;
    }
  }

 private:
  const TermDictionary& terms_;
  See see_;
};

}  // namespace

FrequentBeginnings::FrequentBeginnings(const TermDictionary& terms,
                                       std::span<const std::uint32_t> frequencies) {
  std::vector<TermId> all;
  Ranges ranges(terms, [&](TermId first, TermId last) {
    if (!ranges_.empty() && ranges_.back().first == first && ranges_.back().last == last) return;
    ranges_.push_back({first, last, static_cast<std::uint32_t>(best_.size())});
    all.resize(last - first);
    std::iota(all.begin(), all.end(), first);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(kept, all.size()));
    std::partial_sort(all.begin(), end, all.end(),
                      [&](TermId a, TermId b) { return comes_first(frequencies, a, b); });
    best_.insert(best_.end(), all.begin(), end);
  });
  ranges.walk(0, terms.size(), 0);
  std::ranges::sort(ranges_);
  ranges_.shrink_to_fit();
  best_.shrink_to_fit();
}

std::uint32_t FrequentBeginnings::find(TermId first, TermId last) const {
  const auto found = std::ranges::lower_bound(ranges_, Range{first, last, 0});
  if (found == ranges_.end() || found->first != first || found->last != last) return no_beginning;
  return static_cast<std::uint32_t>(found - ranges_.begin());
}

std::span<const TermId> FrequentBeginnings::best(std::uint32_t beginning) const {
  const Range& range = ranges_[beginning];
  return std::span(best_).subspan(range.begin, std::min<std::size_t>(kept, range.last - range.first));
}

}  // namespace aisle
