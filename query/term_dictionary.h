// The sorted words of one segment: I have a word, a prefix or a misspelling, which terms are meant?
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aisle {

using TermId = std::uint32_t;
inline constexpr TermId no_term = 0xFFFFFFFFU;

// Immutable after building: sorted by bytes, one block of text and an offset a term.
class TermDictionary {
 public:
  // `sorted` must be sorted and unique.
  static TermDictionary build(const std::vector<std::string_view>& sorted);

  TermId size() const { return static_cast<TermId>(offsets_.empty() ? 0 : offsets_.size() - 1); }
  std::string_view term(TermId id) const {
    return std::string_view(text_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  TermId find(std::string_view term) const;  // no_term when absent
  // First term not below `term`, of all or of [begin, end).
  TermId lower_bound(std::string_view term) const { return lower_bound(term, 0, size()); }
  TermId lower_bound(std::string_view term, TermId begin, TermId end) const;
  // [first, last) of the terms that begin with `prefix`.
  std::pair<TermId, TermId> prefix_range(std::string_view prefix) const;

  std::size_t bytes() const { return text_.capacity() + offsets_.capacity() * sizeof(std::uint32_t); }

 private:
  std::string text_;
  std::vector<std::uint32_t> offsets_;
};

}  // namespace aisle
