// A search engine that is slow and obvious: it looks at every product for everything. The engine must agree
// with it in what matches, the order, the scores, the totals and the facets.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "query/index_context.h"
#include "query/limits.h"
#include "query/parsed_query.h"
#include "query/search_request.h"
#include "query/search_result.h"
#include "schemas/op.h"
#include "tests/support/oracle_filter.h"

namespace aisle::test {

// Edits between two words by the book: a matrix, restricted transpositions, the first letter counts two. With
// `prefix` the least over the beginnings of the term.
int plain_typo_distance(const std::string& word, const std::string& term, bool prefix);

class SearchOracle {
 public:
  SearchOracle(const IndexContext& context, std::vector<Document> documents, const QueryLimits& limits);

  // `filter` is what request.filter says. Hits have id, score and typos.
  SearchResult search(const SearchRequest& request, const std::optional<OracleFilter>& filter) const;
  const std::vector<Document>& documents() const { return documents_; }

 private:
  enum class Kind : std::uint8_t { Literal, Stem, Prefix, Joined, Phrase, Code, Typo, Infix };
  struct Alternative {
    Kind kind = Kind::Literal;
    int typos = 0;
    std::set<std::uint16_t> fields;
    std::uint64_t points = 0;
  };
  struct Position {
    std::string word;
    std::map<std::string, Alternative> terms;
    std::map<std::string, Alternative> misspelt;  // none in a field where it is among the terms
    std::set<std::size_t> words;                  // of the query, that it stands for
    std::uint64_t weight = 0;
  };
  using Reading = std::vector<Position>;
  struct Score {
    std::int64_t score = 0;
    int typos = 0;
    std::set<std::size_t> missing;  // words of the query
  };
  using Matches = std::map<std::size_t, Score>;  // by document

  std::uint64_t frequency(const std::string& term) const;
  std::uint64_t inverse_frequency(std::uint64_t holding) const;
  std::uint64_t counted(const std::string& term) const;
  bool stands_in(FieldType type, const std::string& term) const;
  std::uint64_t points_of(const Position& position, const Alternative& alternative) const;
  static void forget_spelt_right(Position& position);
  std::uint64_t common(const Position& position, const std::set<Kind>& kinds) const;
  std::vector<std::string> pieces(const Position& position) const;
  bool are_neighbours(const std::string& first, const std::string& second) const;
  void add_joined(const ParsedQuery& query, Reading& reading) const;
  void add_quantity_names(const ParsedQuery& query, Reading& reading) const;
  void weigh(Reading& reading) const;
  std::uint64_t mean_length(std::uint16_t field) const;

  Position position(const std::string& word, bool last, bool typos) const;
  void add_infixes(Position& position, const std::set<std::string>& terms) const;
  void add_most_frequent(Position& position, std::map<std::string, int> found, Kind kind,
                         std::size_t count_max) const;
  std::vector<Reading> readings(const ParsedQuery& query, bool typos) const;
  Position phrase_position(const Phrase& phrase, const ParsedQuery& query, std::size_t word) const;
  Position whole_code(const std::string& code, const std::set<std::size_t>& words) const;
  std::string code_of(const std::vector<std::string>& words) const;
  bool holds_row(const Document& document, const std::vector<std::string>& words) const;
  bool holds_excluded(const Document& document, const Exclusion& exclusion) const;
  bool holds(const Document& document, const std::string& term) const;
  std::optional<Score> score(const Document& document, const Reading& reading, bool first, int share) const;
  int typos_of(const Document& document, const Position& position) const;
  std::int64_t points(const Document& document, const Position& position) const;
  bool stands_for(const std::string& token, const Position& position, bool bent) const;
  std::int64_t proximity(const Document& document, const Reading& reading, bool bent) const;
  using HeadShares = std::map<std::string, std::uint64_t>;
  HeadShares learn_heads() const;
  std::vector<std::uint64_t> head_weights(const std::vector<std::string>& title,
                                          const HeadShares& shares) const;
  int head_match(const Document& document, const Reading& reading, bool bent) const;
  bool names(const Field& field, const std::string& value, const Reading& reading) const;
  std::int64_t fields_named(const Document& document, const Reading& reading) const;
  Matches match(const ParsedQuery& query, bool typos, int share) const;
  Matches match_wider(const ParsedQuery& query, const SearchRequest& request, int& typos) const;
  FacetResult facet(const Field& field, const std::vector<const Document*>& documents,
                    const std::set<std::string>& selected, std::size_t values_max) const;
  FacetResult tree(const Field& field, const std::map<std::string, std::uint64_t>& counts,
                   const std::set<std::string>& selected, std::size_t values_max) const;
  int compare(const std::vector<std::string>& sort, const Document& a, const Document& b) const;

  const IndexContext& context_;
  std::vector<Document> documents_;
  QueryLimits limits_;
  std::vector<const Field*> searched_;
  HeadShares heads_;
};

// The parts of an answer that an oracle can tell, as text for comparing and reading.
std::string describe(const SearchResult& result);
// The same and everything else: products, highlights, explanations.
std::string describe_all(const SearchResult& result);

}  // namespace aisle::test
