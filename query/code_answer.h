// A query that is a code of the trade as a whole (EAN, UPC, GTIN, ISBN): whose is it, or what is wrong with
// it?
#pragma once
#include <optional>
#include <string>

#include "base/error.h"
#include "query/parsed_query.h"
#include "query/planner.h"
#include "query/search_result.h"
#include "schemas/index_schema.h"

namespace aisle {

// The code, normalised. Nothing when the query is none, or no code field is searched. Pieces with spaces and
// dashes between make a code when they are long or its check digit is right: "10 20 30 45" is none.
std::optional<std::string> trade_code_of(const ParsedQuery& query, const IndexSchema& schema);

// `any_found`: whether something matches the query; then a code that nobody has is the beginning of another,
// and there is no answer. Errors of ShardSearch::expand().
Result<std::optional<CodeAnswer>> answer_code(const std::string& code, bool any_found, Planner& planner);

}  // namespace aisle
