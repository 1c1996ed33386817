// Why is this product not among the results, or not higher? The first stage that keeps it out, in the order
// a search takes them.
#pragma once
#include <span>
#include <string>

#include "base/error.h"
#include "query/planner.h"
#include "query/search_request.h"
#include "query/search_result.h"
#include "query/shard_search.h"

namespace aisle {

// A search that has been answered, as it was asked of the shards.
struct Answered {
  const View& view;
  const SearchRequest& request;
  const MatchRequest& ask;  // with the plan of the answer
  const ParsedQuery& query;
  std::size_t window_max = 1000;  // places looked at for its rank
};

// Asks the shards again, with the product as the one pin: they say whether they have it, whether it matches
// and whether it passes. Errors: of ShardSearch.
Result<WhyAnswer> explain_absence(const Answered& answered, Planner& planner, ShardSearch& shards);

}  // namespace aisle
