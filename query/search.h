// The whole of a search: parse, plan, match, order, fetch, highlight. The coordinator of any number of
// shards, here or on other nodes; shard_search.h is what it asks of them.
#pragma once
#include <optional>
#include <string>

#include "base/deadline.h"
#include "base/error.h"
#include "query/limits.h"
#include "query/search_request.h"
#include "query/search_result.h"
#include "query/shard_search.h"
#include "query/soft_time.h"
#include "query/view.h"

namespace aisle {

// Fewer literal matches than this, before filters, and misspellings are tried too; literal ones stay on top.
inline constexpr std::uint64_t typo_threshold = 10;

// Deterministic: the same view and request give the same answer, scores included, whatever the number of
// shards, segments and nodes. Of the view only context and statistics are used, for `shards` hold the rest.
// Thread-safe.
// At its `soft` time parts are given up and SearchResult::degraded names them: looking for misspellings, those of
// two typos first, and for products that lack words, another spelling, facets not yet counted. What was found
// by then stays.
//   InvalidArgument   field, value and limit or nearest name
//   others            of ShardSearch
Result<SearchResult> search(const View& view, const SearchRequest& request, const QueryLimits& limits,
                            ShardSearch& shards, SoftTime soft = {});
// The same on the shards of this process.
Result<SearchResult> search(const View& view, const SearchRequest& request, const QueryLimits& limits,
                            Deadline deadline);

// The product's JSON with its volatile fields; nothing when there is no such product.
Result<std::optional<std::string>> find_product(ShardSearch& shards, std::string_view id);
std::optional<std::string> find_product(const View& view, std::string_view id);

}  // namespace aisle
