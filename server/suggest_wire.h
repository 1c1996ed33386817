// Suggestions on the wire: parameters in, JSON out. docs/search-api.md is their reference.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "query/suggest.h"
#include "query/view.h"
#include "server/view_json.h"

namespace aisle {

struct SuggestCall {
  SuggestRequest request;
  std::optional<double> min_coverage{};
};

// q, limit, scope, filter, context, min_coverage. Unknown names are refused with the nearest.
Result<SuggestCall> parse_suggest_query(std::string_view query_string);

std::string suggest_json(const SuggestRequest& request, const SuggestResult& result, const View& view,
                         const AnswerContext& context);

}  // namespace aisle
