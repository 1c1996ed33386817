// What a query means: for each word the terms that may stand for it and what each costs.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "query/demand.h"
#include "query/frequent_beginnings.h"
#include "query/term_dictionary.h"
#include "schemas/index_schema.h"

namespace aisle {

enum class MatchKind : std::uint8_t {
  Literal,
  Stem,
  Synonym,
  Prefix,
  Joined,  // the word and its neighbour written as one, or a form of that
  Code,    // the same code in another length
  Phrase,  // literally, of a quoted part
  Typo,
  Infix  // the word is a part of a code
};
inline constexpr std::size_t match_kinds = static_cast<std::size_t>(MatchKind::Infix) + 1;
std::string_view kind_name(MatchKind kind);

// How far from the word as typed its match is. What is nearer hides what is farther, so that a product earns
// the same whether the farther is looked for or not: 0 the word, its forms, what it begins and codes that it
// is a part of; 1 synonyms; 2 misspellings.
inline constexpr std::uint8_t distances = 3;

struct Alternative {
  std::string term;
  MatchKind kind = MatchKind::Literal;
  std::uint8_t typos = 0;
  std::uint32_t fields = 0;  // bit n: may match in the n-th search field (IndexPlan order)
  std::uint32_t points =
      0;  // inverse frequency (see set_points) times the factor of its kind, 8 fractional bits
  TermId known = no_term;  // in the statistics, where that was found out; not sent to other nodes

  // The word itself: as typed, in another form, as another length of a code or quoted.
  bool is_own() const {
    return kind == MatchKind::Literal || kind == MatchKind::Stem || kind == MatchKind::Code ||
           kind == MatchKind::Phrase;
  }
  std::uint8_t distance() const {
    if (typos > 0) return 2;
    return kind == MatchKind::Synonym ? 1 : 0;
  }
};

struct Position {
  std::string word;  // as analysed from the query
  std::vector<Alternative> alternatives;
  std::uint32_t words = 0;   // word_bit(n): it stands for the n-th word of the query
  std::uint32_t weight = 0;  // what it tells, against the others of its reading; 0 = it need not match
  // That of the statistics, where it was found out that the word is one; not sent to other nodes.
  std::uint32_t beginning = no_beginning;

  // Words beyond the 31st share one.
  static std::uint32_t word_bit(std::size_t word) { return 1U << std::min<std::size_t>(word, 31); }
};

// One reading of the query. A product's score is that of its best reading that may
// count (TextPoints::may_lift()).
struct Reading {
  std::vector<Position> positions;

  // Of all positions, at least 1.
  std::uint64_t weight() const;
  // How far it is from what was typed, whatever a product matches: 1 with synonyms of several words.
  std::uint8_t distance() const;
  // What a product's positions must weigh together under Plan::share, of this reading.
  std::uint64_t least_weight(int share) const;
};

struct Plan {
  static constexpr int share_all = 100;

  std::vector<Reading> readings;  // none: the query asks for no words and all products match
  int typos_max = 0;              // a word may be off by this at the most
  // Percent of the weight of a reading that a product must match. Below share_all a product may lack words;
  // it then stands below all that lack none.
  int share = share_all;
  std::vector<Demand> demands;  // all must hold
  bool browse() const { return readings.empty(); }
  bool partial() const { return share < share_all; }
};

// Search fields in the order of their numbers: bit n of Alternative::fields is the n-th.
std::vector<const Field*> search_fields(const IndexSchema& schema);

}  // namespace aisle
