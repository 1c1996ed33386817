#include "query/proximity.h"

#include <algorithm>
#include <bit>

namespace aisle {
Proximity::Proximity(const ReadingPostings& positions, const Segment& segment, std::int64_t weight)
    : weight_(weight), positions_(std::min(positions.size(), positions_max)) {
  std::size_t terms = 0;
  for (const PositionPostings& position : positions) terms += position.sources.size();
  slots_.resize(std::bit_ceil(std::max<std::size_t>(64, terms * 8)));
  for (std::size_t p = 0; p < positions_; ++p) {
    for (const auto& source : positions[p].sources) {
      // a term that stands for the word in other fields only says nothing about this one
      if (source.postings.field != segment.forward_field) continue;
      Slot& some = slot(source.term);
      for (std::size_t far = source.alternative->distance(); far < distances; ++far)
        some.masks[far] |= static_cast<std::uint16_t>(1U << p);
    }
  }
}

std::int64_t Proximity::most(std::size_t tokens, bool begins) const {
  const auto neighbours = static_cast<std::int64_t>(positions_) - 1;
  return weight_ * (neighbours * neighbour_points + (begins ? first_word_points : 0) +
                    (tokens <= positions_ ? exact_points : 0));
}

Proximity::Slot& Proximity::slot(TermId term) {
  std::size_t at = place(term);
  while (slots_[at].term != term && slots_[at].term != no_term) at = (at + 1) & (slots_.size() - 1);
  slots_[at].term = term;
  return slots_[at];
}

}  // namespace aisle
