// The native search API on the wire: parameters and JSON in, JSON out. docs/search-api.md is its reference.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "query/search_request.h"
#include "query/search_result.h"
#include "query/view.h"

namespace aisle {

// GET: q, filter, facets=brand,category, sort=price:asc,released:desc, page, per_page, facet_values, explain,
// typos, prefix, highlight, min_lsn, timeline, wait_ms, on_stale. POST: the same names as a JSON object; facets and sort may be arrays. Unknown names are
// refused with the nearest, numbers and switches with what was expected.
Result<SearchRequest> parse_search_query(std::string_view query_string);
Result<SearchRequest> parse_search_body(std::string_view body);

struct AnswerContext {
  double took_ms = 0;
  double lag_ms = 0;
  bool control_plane_stale = false;  // the cluster's state was not heard of lately
  bool stale = false;  // it lacks changes that min_lsn asked for
};

// "1.0", or what was searched of all documents with four digits, never rounded up.
std::string coverage_text(double coverage);

std::string search_json(const SearchResult& result, const View& view, const AnswerContext& context);

}  // namespace aisle
