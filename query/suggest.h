// Queries that a shopper may be typing, completed from the words of the catalogue and counted.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/limits.h"
#include "query/shard_search.h"
#include "query/soft_time.h"
#include "query/view.h"

namespace aisle {

struct SuggestRequest {
  std::string q{};         // as far as typed; nothing: what is asked most
  std::int64_t limit = 8;  // suggestions
  std::string scope{};  // a facet of keywords or a hierarchy; "": the first hierarchy that is a facet, if any
  // What narrows a search for a suggestion, as in SearchRequest.
  std::string filter{};
  std::vector<std::string> context{};
  std::int64_t clock = 0;
  std::string language{};  // of q, as in SearchRequest
};

// Where products of a suggestion are found: a value to filter by.
struct SuggestScope {
  std::string field;
  std::string value;
  std::uint64_t count = 0;
};

struct Suggestion {
  std::string q;            // the whole query, its last word completed or one more at the end
  std::uint64_t count = 0;  // products that have all its words as they stand, in another form or as a synonym
  int typos = 0;            // by which it is what was typed
  std::int64_t popularity = 0;         // how often shoppers ask it, as the ranking says; 0: not among those
  std::vector<SuggestScope> scopes{};  // those of most products; of the first suggestions only
};

struct SuggestResult {
  std::vector<Suggestion>
      suggestions;  // fewest typos, then most asked, then most products, then most frequent word, then by text
  double coverage = 1.0;
  Lsn lsn = 0;
  // What time was too short for: typos (of any word), suggestions (some are missing), spelling (as the titles
  // write it), scopes.
  std::vector<std::string> degraded{};
};

// One for all forms of a word; none without products, as the filter and the rules for its words let them
// through (pins apart). The same for any number of shards. At its `soft` time parts are given up and
// SuggestResult::degraded names them. Errors:
//   InvalidArgument   limit, scope, filter, language: names field, value and limit or the nearest name
//   and those of ShardSearch
Result<SuggestResult> suggest(const View& view, const SuggestRequest& request, const QueryLimits& limits,
                              ShardSearch& shards, SoftTime soft = {});

}  // namespace aisle
