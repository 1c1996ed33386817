#include "query/prepared_segment.h"

#include "analyzers/title_words.h"

namespace aisle {
namespace {

// A segment that has one of so many words finds them by their text: its dictionary is small, and its life
// short.
constexpr std::size_t words_share = 8;

}  // namespace

PreparedSegment::PreparedSegment(const Segment& segment, const TermDictionary& terms,
                                 std::span<const std::uint8_t> shares, const FrequentBeginnings& beginnings,
                                 const IndexContext& context)
    : segment_(segment), known_(known_terms(segment, terms)), names_(segment, context) {
  if (segment.terms.size() * words_share >= terms.size()) {
    terms_.assign(terms.size(), no_term);
    for (TermId term = 0; term < known_.size(); ++term) {
      if (known_[term] != no_term) terms_[known_[term]] = term;
    }
    beginnings_ = BeginningUnions(segment, terms, beginnings, terms_);
  }
  if (segment.forward_field >= 0) {
    heads_.emplace(segment, head_marks(segment, known_, shares),
                   names_head_first(context.analyzer->language()));
  }
}

}  // namespace aisle
