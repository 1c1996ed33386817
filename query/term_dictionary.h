// The sorted words of one segment: I have a word, a prefix or a misspelling, which terms are meant?
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace aisle {

using TermId = std::uint32_t;
inline constexpr TermId no_term = 0xFFFFFFFFU;

// Immutable after building: sorted by bytes, one block of text and an offset a term.
class TermDictionary {
 public:
  enum class Find : std::uint8_t {
    Search,  // by halves, without further memory
    Hash,    // in a table of 6 to 12 bytes a term, for dictionaries that queries ask term by term
  };
  // `sorted` must be sorted and unique.
  static TermDictionary build(const std::vector<std::string_view>& sorted, Find find = Find::Search);

  // From text() and offsets() of another; DataLoss when they cannot be.
  static Result<TermDictionary> restore(std::string text, std::vector<std::uint32_t> offsets, Find find);

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

  std::string_view text() const { return text_; }  // of all terms
  const std::vector<std::uint32_t>& offsets() const { return offsets_; }
  std::size_t bytes() const {
    return text_.capacity() + (offsets_.capacity() + slots_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  void fill_slots();
  std::uint32_t tag_of(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(hash >> 32U) & ~id_mask_;
  }

  std::string text_;
  std::vector<std::uint32_t> offsets_;
  // Find::Hash: a term lies at its hash or behind; a power of two of them. The bits that no number of a term
  // needs are of its hash, so that texts of others are hardly ever read.
  std::vector<std::uint32_t> slots_;
  std::uint32_t id_mask_ = 0;
};

}  // namespace aisle
