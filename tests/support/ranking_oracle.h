// Random rankings, and what they do to a search by looking at every product for everything.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "query/ranking.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {

struct OracleBoost {
  std::set<std::string> ids;           // or
  std::optional<OracleFilter> filter;  // of products
  int thousandths = 1000;
};

struct OracleRule {
  std::string id;
  int priority = 0;
  std::string kind;   // "equals", "contains", "starts_with", "" = every query
  std::string words;  // as written
  std::vector<std::pair<std::int64_t, std::string>> pins;  // by position
  bool with_sort = false;
  bool yields = true;
  std::set<std::string> hidden;
  std::vector<OracleBoost> boosts;
  std::optional<OracleFilter> filter;
};

// A document and, for the oracle, its rules as it was made from.
struct RandomRanking {
  std::string document;
  std::vector<OracleRule> rules;
  std::shared_ptr<const Ranking> compiled;
};

// Rules that name products of `documents` and some that are not there. The profile keeps what SearchOracle
// knows nothing of: weights, typos, relaxation, synonyms.
RandomRanking random_ranking(const Catalogue& catalogue, RandomCatalogue& products,
                             const std::vector<Document>& documents, Random& random);

// The engine's answer with a ranking; hits have id, score, typos and pinned.
class RankingOracle {
 public:
  RankingOracle(const IndexContext& context, std::vector<Document> documents, const QueryLimits& limits);
  SearchResult search(const SearchRequest& request, const std::optional<OracleFilter>& filter,
                      const RandomRanking& ranking) const;

 private:
  struct Asked;
  struct PinPlan {
    std::map<std::int64_t, std::string> slots;
    std::set<std::string> pinned, hidden, unyielding;
  };
  struct Products {
    std::vector<Document> pool, organic;
    std::map<std::string, Document> placed;
  };
  std::vector<const OracleRule*> holding(const Asked& asked) const;
  PinPlan plan_pins(const Asked& asked) const;
  Products select(const Asked& asked, const PinPlan& plan) const;
  std::int64_t score_of(const Asked& asked, const Document& document) const;
  std::vector<Document> list(const Asked& asked, PinPlan plan, Products products) const;
  std::int64_t adjusted(const Asked& asked, const Document& document, std::int64_t score) const;
  std::vector<Document> in_order(const Asked& asked, std::vector<Document> organic) const;
  void add_facets(const Asked& asked, const std::vector<Document>& pool, SearchResult& result) const;

  const IndexContext& context_;
  QueryLimits limits_;
  SearchOracle oracle_;
};

}  // namespace aisle::test
