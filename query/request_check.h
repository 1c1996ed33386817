// From what a shopper asks to what shards are asked: names resolved, limits kept.
#pragma once
#include "base/error.h"
#include "query/limits.h"
#include "query/search_request.h"
#include "query/shard_calls.h"
#include "schemas/index_schema.h"

namespace aisle {

// Everything of the request but its words: the plan comes later. InvalidArgument names field, value and limit
// or the nearest name.
Result<MatchRequest> compile_request(const SearchRequest& request, const IndexSchema& schema,
                                     const QueryLimits& limits);

// One facet field by its name.
Result<const Field*> compile_facet(const std::string& name, const IndexSchema& schema);

}  // namespace aisle
