#include "query/proximity.h"

#include <algorithm>
#include <bit>

namespace aisle {
namespace {

constexpr std::int64_t neighbour_points = 30;
constexpr std::int64_t first_word_points = 10;
constexpr std::int64_t exact_points = 60;

}  // namespace

Proximity::Proximity(const ReadingPostings& positions, const Segment& segment, std::int64_t weight)
    : segment_(segment), weight_(weight), positions_(std::min(positions.size(), positions_max)) {
  std::size_t terms = 0;
  for (const PositionPostings& position : positions) terms += position.sources.size();
  slots_.resize(std::bit_ceil(std::max<std::size_t>(64, terms * 8)));
  for (std::size_t p = 0; p < positions_; ++p) {
    for (const auto& source : positions[p].sources) {
      // a term that stands for the word in other fields only says nothing about this one
      if (source.postings.field != segment.forward_field) continue;
      Slot& some = slot(source.term);
      (source.alternative->typos > 0 ? some.bent : some.mask) |= static_cast<std::uint16_t>(1U << p);
    }
  }
}

std::int64_t Proximity::most(std::size_t tokens) const {
  const auto neighbours = static_cast<std::int64_t>(positions_) - 1;
  return weight_ *
         (neighbours * neighbour_points + first_word_points + (tokens <= positions_ ? exact_points : 0));
}

Proximity::Parts Proximity::parts(std::uint32_t document, bool bent) const {
  const auto tokens = segment_.forward_tokens(document);
  if (positions_ == 1) {  // has no neighbours, and the first token tells the rest
    const bool first = !tokens.empty() && mask_of(tokens.front(), bent) != 0;
    return {0, first ? first_word_points * weight_ : 0,
            first && tokens.size() == 1 ? exact_points * weight_ : 0};
  }
  std::uint32_t before = 0;
  std::uint32_t seen = 0;
  std::size_t marked = 0;
  std::int64_t neighbours = 0;
  for (const TermId token : tokens) {
    const std::uint32_t mask = mask_of(token, bent);
    if (((before << 1U) & mask) != 0) ++neighbours;
    marked += mask != 0 ? 1U : 0U;
    seen |= mask;
    before = mask;
  }
  Parts parts;
  const auto most = static_cast<std::int64_t>(positions_) - 1;
  parts.neighbours = std::min(neighbours, most) * neighbour_points * weight_;
  if (!tokens.empty() && (mask_of(tokens.front(), bent) & 1U) != 0) parts.first = first_word_points * weight_;
  const std::uint32_t all = (1U << positions_) - 1U;
  if (seen == all && marked == tokens.size() && tokens.size() <= positions_)
    parts.exact = exact_points * weight_;
  return parts;
}

Proximity::Slot& Proximity::slot(TermId term) {
  std::size_t at = place(term);
  while (slots_[at].term != term && slots_[at].term != no_term) at = (at + 1) & (slots_.size() - 1);
  slots_[at].term = term;
  return slots_[at];
}

}  // namespace aisle
