// What statistics make of a segment, once: how its words are numbered in both, what its titles are
// about, how queries name its values, and which documents have words with the same beginning.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "query/beginning_unions.h"
#include "query/frequent_beginnings.h"
#include "query/head_words.h"
#include "query/index_context.h"
#include "query/segment.h"
#include "query/value_names.h"

namespace aisle {

// Immutable; share freely. Outlives neither the segment nor the statistics it is of.
class PreparedSegment {
 public:
  // `terms`, `shares`, by their numbers, and `beginnings` are those of the statistics.
  PreparedSegment(const Segment& segment, const TermDictionary& terms, std::span<const std::uint8_t> shares,
                  const FrequentBeginnings& beginnings, const IndexContext& context);

  // The number in the statistics of a term of the segment; no_term when they do not know it.
  TermId known(TermId term) const { return known_[term]; }
  // The segment's number of a term that the statistics number `known`, or do not when it is no_term; no_term
  // when the segment lacks it.
  TermId term_of(TermId known, std::string_view text) const {
    return known == no_term || terms_.empty() ? segment_.terms.find(text) : terms_[known];
  }
  // There are heads when the segment has a forward field.
  const TitleHeads& heads() const { return *heads_; }
  const ValueNames& names() const { return names_; }
  const BeginningUnions& beginnings() const { return beginnings_; }
  std::size_t term_bytes() const { return (known_.capacity() + terms_.capacity()) * sizeof(TermId); }
  std::size_t beginning_bytes() const { return beginnings_.bytes(); }
  std::size_t head_bytes() const { return heads_ ? heads_->bytes() : 0; }
  std::size_t name_bytes() const { return names_.bytes(); }

 private:
  const Segment& segment_;
  std::vector<TermId> known_;  // by term of the segment
  std::vector<TermId> terms_;  // by term of the statistics; none for a segment with much fewer words
  std::optional<TitleHeads> heads_;
  ValueNames names_;
  BeginningUnions beginnings_;
};

}  // namespace aisle
