// Many words begin with what a shopper has typed: which of them are the most frequent?
#pragma once
#include <compare>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "query/term_dictionary.h"

namespace aisle {

// In place of a number of FrequentBeginnings: so few terms begin alike that none are kept.
inline constexpr std::uint32_t no_beginning = 0xFFFFFFFFU;

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

  // The number, below size(), of the terms [first, last), which are all that begin with some prefix;
  // no_beginning where so few begin with it that they are sorted sooner than kept.
  std::uint32_t find(TermId first, TermId last) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(ranges_.size()); }
  // [first, last) of a number, and of these the first by comes_first(): up to `kept`.
  std::pair<TermId, TermId> range(std::uint32_t beginning) const {
    return {ranges_[beginning].first, ranges_[beginning].last};
  }
  std::span<const TermId> best(std::uint32_t beginning) const;
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
