// What a query means: for each word the terms that may stand for it and what each costs.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/index_schema.h"

namespace aisle {

enum class MatchKind : std::uint8_t { Literal, Stem, Synonym, Prefix, Typo };
std::string_view kind_name(MatchKind kind);

struct Alternative {
  std::string term;
  MatchKind kind = MatchKind::Literal;
  std::uint8_t typos = 0;
  std::uint32_t fields = 0;  // bit n: may match in the n-th search field (IndexPlan order)
  std::uint32_t points =
      0;  // inverse frequency (see set_points) times the factor of its kind, 8 fractional bits
};

struct Position {
  std::string word;  // as analysed from the query
  std::vector<Alternative> alternatives;
};

// One reading of the query: every position must match. A product's score is that of its best reading.
struct Reading {
  std::vector<Position> positions;
};

struct Plan {
  std::vector<Reading> readings;  // none: the query has no words and all products match
  int typos_max = 0;              // a word may be off by this at the most
  bool browse() const { return readings.empty(); }
};

// Search fields in the order of their numbers: bit n of Alternative::fields is the n-th.
std::vector<const Field*> search_fields(const IndexSchema& schema);

}  // namespace aisle
