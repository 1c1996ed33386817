// What a query means: for each word the terms that may stand for it and what each costs.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/image.h"
#include "query/index_context.h"
#include "query/limits.h"
#include "query/statistics.h"

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

// The words of a query after the analyzer.
struct ParsedQuery {
  std::vector<std::string> words;
  std::vector<std::string> ignored_words;  // beyond QueryLimits::words_max
  bool truncated = false;                  // cut at QueryLimits::query_bytes_max
};
ParsedQuery parse_query(std::string_view q, const Analyzer& analyzer, const QueryLimits& limits);

// Plans are made once for all shards, from what all of them hold, so that every shard matches the same.
class Planner {
 public:
  Planner(const IndexContext& context, std::span<const std::shared_ptr<const Image>> shards,
          const Statistics& statistics, const QueryLimits& limits);

  // Literal terms, words of the same stem, synonyms of all these; with `typos` misspellings too. The last
  // word may also be the beginning of one, unless `last_is_prefix` says that it is not being typed.
  Plan plan(const std::vector<std::string>& words, bool typos, bool last_is_prefix = true) const;
  // Whether a reading's word, or one it may be a form or misspelling of, stands in a keyword field: a brand,
  // a colour.
  bool names_keyword(const Plan& plan) const;

 private:
  Position position(const std::string& word, bool last, bool typos) const;
  void add(Position& position, Alternative alternative) const;
  void set_points(Position& position) const;
  void add_stems(Position& position, const std::string& word, const Alternative& like) const;
  void add_synonyms(Position& position) const;
  void add_prefixes(Position& position) const;
  void add_typos(Position& position, bool prefix) const;
  void add_joined(const std::vector<std::string>& words, bool last_is_prefix, Plan& plan) const;
  std::uint32_t fields_of_stemmer(std::size_t stemmer) const;
  std::vector<const SegmentView*> views() const;

  const IndexContext& context_;
  std::span<const std::shared_ptr<const Image>> shards_;
  const Statistics& statistics_;
  const QueryLimits& limits_;
};

// Search fields in the order of their numbers: bit n of Alternative::fields is the n-th.
std::vector<const Field*> search_fields(const IndexSchema& schema);

}  // namespace aisle
