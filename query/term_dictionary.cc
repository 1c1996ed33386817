#include "query/term_dictionary.h"

#include <algorithm>

namespace aisle {

TermDictionary TermDictionary::build(const std::vector<std::string_view>& sorted) {
  TermDictionary dictionary;
  std::size_t bytes = 0;
  for (const std::string_view term : sorted) bytes += term.size();
  dictionary.text_.reserve(bytes);
  dictionary.offsets_.reserve(sorted.size() + 1);
  dictionary.offsets_.push_back(0);
  for (const std::string_view term : sorted) {
    dictionary.text_ += term;
    dictionary.offsets_.push_back(static_cast<std::uint32_t>(dictionary.text_.size()));
  }
  return dictionary;
}

TermId TermDictionary::lower_bound(std::string_view wanted, TermId begin, TermId end) const {
  TermId low = begin;
  TermId high = end;
  while (low < high) {
    const TermId middle = low + (high - low) / 2;
    if (term(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

TermId TermDictionary::find(std::string_view wanted) const {
  const TermId id = lower_bound(wanted);
  return id < size() && term(id) == wanted ? id : no_term;
}

std::pair<TermId, TermId> TermDictionary::prefix_range(std::string_view prefix) const {
  const TermId first = lower_bound(prefix);
  TermId low = first;
  TermId high = size();
  while (low < high) {
    const TermId middle = low + (high - low) / 2;
    if (term(middle).substr(0, prefix.size()) == prefix) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {first, low};
}

}  // namespace aisle
