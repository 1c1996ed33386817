// From what a shopper asks to what shards are asked: names resolved, limits kept.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "query/limits.h"
#include "query/search_request.h"
#include "query/shard_calls.h"
#include "schemas/index_schema.h"

namespace aisle {

// InvalidArgument names the parameter, its value and the limit.
Status in_range(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high);

// InvalidArgument unless the language is that of the index or of a searched field; "" is the index's.
Status check_language(const std::string& language, const IndexSchema& schema);

// The field to count; InvalidArgument names the parameter, the field and the nearest one.
Result<const Field*> compile_facet(std::string_view parameter, const std::string& name,
                                   const IndexSchema& schema);

// Everything of the request but its words: the plan comes later. InvalidArgument names field, value and limit
// or the nearest name.
Result<MatchRequest> compile_request(const SearchRequest& request, const IndexSchema& schema,
                                     const QueryLimits& limits);

// The compiled members of a request that came from another node, from its texts and the names of its facets.
Status compile_texts(MatchRequest& request, const std::vector<std::string>& facets, const IndexSchema& schema,
                     const QueryLimits& limits);

}  // namespace aisle
