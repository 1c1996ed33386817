#include "query/term_dictionary.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"

namespace aisle {

TermDictionary TermDictionary::build(const std::vector<std::string_view>& sorted, Find find) {
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
  if (find == Find::Hash) dictionary.fill_slots();
  return dictionary;
}

Result<TermDictionary> TermDictionary::restore(std::string text, std::vector<std::uint32_t> offsets,
                                               Find find) {
  const bool fits = offsets.empty() ? text.empty()
                                    : offsets.front() == 0 && offsets.back() == text.size() &&
                                          std::ranges::is_sorted(offsets);
  if (!fits) return fail(ErrorCode::DataLoss, "a dictionary is damaged");
  TermDictionary dictionary;
  dictionary.text_ = std::move(text);
  dictionary.offsets_ = std::move(offsets);
  if (find == Find::Hash) dictionary.fill_slots();
  return dictionary;
}

void TermDictionary::fill_slots() {
  slots_.assign(std::bit_ceil(std::size_t{size()} * 3 / 2 + 1), no_term);
  id_mask_ =
      static_cast<std::uint32_t>((std::uint64_t{1} << std::bit_width(size())) - 1);  // above all numbers
  for (TermId id = 0; id < size(); ++id) {
    const std::uint64_t hash = hash64(term(id));
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != no_term) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = tag_of(hash) | id;
  }
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
  if (!slots_.empty()) {
    const std::uint64_t hash = hash64(wanted);
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t slot = slots_[at];
      if (slot == no_term) return no_term;
      if ((slot & ~id_mask_) == tag && term(slot & id_mask_) == wanted) return slot & id_mask_;
    }
  }
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
