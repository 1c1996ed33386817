// The native search API on the wire: parameters and JSON in, JSON out. docs/search-api.md is its reference.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/search_request.h"
#include "query/search_result.h"
#include "query/view.h"
#include "schemas/json_reader.h"
#include "server/view_json.h"

namespace aisle {

// GET: q, filter, facets=brand,category, sort=price:asc,released:desc, page, per_page, facet_values, explain,
// typos, prefix, highlight, min_lsn, timeline, wait_ms, on_stale. POST: the same names as a JSON object;
// facets and sort may be arrays. Unknown names are refused with the nearest, numbers and switches with what
// was expected.
Result<SearchRequest> parse_search_query(std::string_view query_string);
Result<SearchRequest> parse_search_body(std::string_view body);

// Tags for rules, at the most 16.
std::vector<std::string> read_context(const JsonReader& reader);

// `stale`: it lacks changes that min_lsn asked for.
AnswerText search_text(const SearchResult& result, bool stale);
std::string search_json(const SearchResult& result, const View& view, const AnswerContext& context);

}  // namespace aisle
