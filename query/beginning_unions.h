// While a word is typed, all that begins with its first letters is asked for again and again: the documents
// of the most frequent words with one beginning, united once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "query/bitmap.h"
#include "query/document_set.h"
#include "query/frequent_beginnings.h"
#include "query/limits.h"
#include "query/segment.h"

namespace aisle {

// Of one segment. Immutable.
class BeginningUnions {
 public:
  // Words that are united: as many as a query asks for, unless configured otherwise.
  static constexpr std::size_t words = QueryLimits().prefix_expansions_max;
  // United where several of their lists in a field hold one of so many documents together, of a segment of so
  // many at the least: others are united sooner than kept.
  static constexpr std::size_t share = 64;
  static constexpr std::size_t documents_least = 4096;

  struct Union {
    // Of the segment, the first words by FrequentBeginnings that it has; without those that hold digits, unless
    // all of the beginning do.
    std::vector<TermId> terms;
    std::vector<std::pair<std::uint16_t, DocumentSet>> documents;  // by field
  };

  BeginningUnions() = default;
  // `beginnings` are those of the statistics whose terms are `known`; `terms` are the segment's, by these.
  BeginningUnions(const Segment& segment, const TermDictionary& known, const FrequentBeginnings& beginnings,
                  std::span<const TermId> terms);

  // Of a number of FrequentBeginnings or no_beginning; null when nothing is kept.
  const Union* find(std::uint32_t beginning) const;
  std::size_t bytes() const;

 private:
  std::vector<std::pair<std::uint32_t, Union>> unions_;  // by beginning
};

}  // namespace aisle
