// Do the words of a query stand beside each other? Reads the tokens of the forward field, which are kept in
// order.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "query/matcher.h"

namespace aisle {

// Marks which positions of a reading each term of a segment stands for. Points are times
// `weight`, that of the forward field:
//   30 for each word directly behind the one before it in the query, 10 when the field begins with the
//   query's first word, 60 when the field has the query's words and no other
class Proximity {
 public:
  struct Parts {
    std::int64_t neighbours = 0;
    std::int64_t first = 0;
    std::int64_t exact = 0;
    std::int64_t sum() const { return neighbours + first + exact; }
  };

  Proximity(const ReadingPostings& positions, const Segment& segment, std::int64_t weight);

  // `distance`: terms that are farther from their words (Alternative::distance()) do not count, those that a
  // document needs to have all words do, so that it earns the same whether the others are looked for or not.
  Parts parts(std::span<const TermId> tokens, std::uint8_t distance) const {
    return parts(tokens, distance, [](std::size_t, std::uint32_t) {});
  }
  // The same; calls see(i, mask_of(token i)) for each token.
  template <class See>
  Parts parts(std::span<const TermId> tokens, std::uint8_t distance, const See& see) const;
  // No document with so many tokens gains more; `begins`: whether it may begin with the query's first word.
  std::int64_t most(std::size_t tokens, bool begins) const;
  // Bit p: the term stands for position p, of the first positions_max.
  std::uint32_t mask_of(TermId term, std::uint8_t distance) const {
    std::size_t at = place(term);
    while (slots_[at].term != no_term) {
      if (slots_[at].term == term) return slots_[at].masks[distance];
      at = (at + 1) & (slots_.size() - 1);
    }
    return 0;
  }

  static constexpr std::size_t positions_max = 16;

 private:
  static constexpr std::int64_t neighbour_points = 30;
  static constexpr std::int64_t first_word_points = 10;
  static constexpr std::int64_t exact_points = 60;

  struct Slot {
    TermId term = no_term;
    std::array<std::uint16_t, distances> masks{};  // of positions that it stands for, so far away at the most
  };

  std::size_t place(TermId term) const { return (term * 0x9E3779B1U) & (slots_.size() - 1); }
  Slot& slot(TermId term);

  std::int64_t weight_;
  std::size_t positions_;
  std::vector<Slot> slots_;  // mostly empty, so that most tokens are known by one look to be others
};

template <class See>
Proximity::Parts Proximity::parts(std::span<const TermId> tokens, std::uint8_t distance,
                                  const See& see) const {
  std::uint32_t before = 0;
  std::uint32_t seen = 0;
  std::size_t marked = 0;
  std::int64_t neighbours = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::uint32_t mask = mask_of(tokens[i], distance);
    see(i, mask);
    neighbours += ((before << 1U) & mask) != 0 ? 1 : 0;
    marked += mask != 0 ? 1U : 0U;
    seen |= mask;
    before = mask;
  }
  Parts parts;
  const auto most = static_cast<std::int64_t>(positions_) - 1;
  parts.neighbours = std::min(neighbours, most) * neighbour_points * weight_;
  if (!tokens.empty() && (mask_of(tokens.front(), distance) & 1U) != 0)
    parts.first = first_word_points * weight_;
  const std::uint32_t all = (1U << positions_) - 1U;
  if (seen == all && marked == tokens.size() && tokens.size() <= positions_)
    parts.exact = exact_points * weight_;
  return parts;
}

}  // namespace aisle
