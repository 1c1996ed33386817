// Another query that finds more than this one, counted before it is offered.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/limits.h"
#include "query/planner.h"
#include "query/search_request.h"
#include "query/search_result.h"
#include "query/shard_search.h"
#include "query/view.h"

namespace aisle {

// A search that found little.
struct FoundLittle {
  const View& view;
  const SearchRequest& request;
  const QueryLimits& limits;
  const ParsedQuery& query;
  std::uint64_t literal = 0;  // products that have all words as typed, before filters
};

// The spelling of the whole query that most products have, when they are more than `literal` and some pass
// the filter and the rules for it. Errors: of ShardSearch.
Result<std::optional<DidYouMean>> did_you_mean(const FoundLittle& search, Planner& planner,
                                               ShardSearch& shards);

// How products write the terms, out of the one with that id; those that it does not hold stay as they are.
Result<std::map<std::string, std::string>> spellings_in(const std::vector<std::string>& ids,
                                                        const std::vector<std::string>& terms,
                                                        const View& view, ShardSearch& shards);

}  // namespace aisle
