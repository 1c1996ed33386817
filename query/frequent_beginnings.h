// Many words begin with what a shopper has typed: which of them are the most frequent?
#pragma once
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "query/term_dictionary.h"

namespace aisle {

// Immutable.
class FrequentBeginnings {
 public:
  // Whether term a comes before b: it is more frequent, or as frequent and its text is lower.
  static bool comes_first(std::span<const std::uint32_t> frequencies, TermId a, TermId b) {
    return frequencies[a] != frequencies[b] ? frequencies[a] > frequencies[b] : a < b;
  }

  FrequentBeginnings() = default;
  // `frequencies` by term.
  FrequentBeginnings(const TermDictionary& terms, std::span<const std::uint32_t> frequencies);

  // The first by comes_first() of the terms [first, last), which are all that begin with some prefix: up to
  // `kept`. None where so few begin with it that they are sorted sooner than kept.
  std::span<const TermId> find(TermId first, TermId last) const;
  std::size_t bytes() const { return ranges_.capacity() * sizeof(Range) + best_.capacity() * sizeof(TermId); }

  static constexpr std::size_t kept = 200;       // twice as many as a query asks for, unless configured
  static constexpr std::size_t least_many = 64;  // terms with a prefix that is kept

 private:
  struct Range {
    TermId first = 0;
    TermId last = 0;
    std::uint32_t begin = 0;  // in best_
    friend auto operator<=>(const Range&, const Range&) = default;
  };

  std::vector<Range> ranges_;  // ascending
  std::vector<TermId> best_;
};

}  // namespace aisle
