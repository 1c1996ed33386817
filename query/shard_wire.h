// What a coordinator and shards on another node say to each other, as bytes: version, kind of message, body.
// Decoding refuses (DataLoss) what encoding cannot have written, another version and limits passed.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/expansion.h"
#include "query/limits.h"
#include "query/shard_calls.h"
#include "schemas/index_schema.h"

namespace aisle {

// Raised when a message changes its meaning; a node refuses others. New optional parts go behind the old.
inline constexpr std::uint8_t shard_wire_version = 6;

std::string encode_expand(const ExpandRequest& request);
Result<ExpandRequest> decode_expand(std::string_view bytes, const QueryLimits& limits);
std::string encode_expansions(const std::vector<WordExpansion>& answers);
// As many as were asked for.
Result<std::vector<WordExpansion>> decode_expansions(std::string_view bytes, std::size_t asked);

std::string encode_count(const CountRequest& request);
Result<CountRequest> decode_count(std::string_view bytes, const IndexSchema& schema,
                                  const QueryLimits& limits);
std::string encode_counts(const std::vector<PlanCount>& counts);
Result<std::vector<PlanCount>> decode_counts(std::string_view bytes, std::size_t asked);

// Times travel as what is left of them. Filters, sort keys and facets travel by their texts and names, what the ranking does as data; both sides
// have the same schema.
std::string encode_match(const MatchRequest& request);
Result<MatchRequest> decode_match(std::string_view bytes, const IndexSchema& schema,
                                  const QueryLimits& limits);
// `result.best` must be the window's best, in order. Large facets are cut: FacetCounter::counts().
std::string encode_matches(const MatchRequest& request, const MatchResult& result);
Result<MatchResult> decode_matches(std::string_view bytes, const MatchRequest& request);

// A page's products by their ids.
struct FetchCall {
  FetchRequest request;
  std::vector<std::string> ids;
};
std::string encode_fetch(const FetchRequest& request, std::span<const std::string_view> ids);
Result<FetchCall> decode_fetch(std::string_view bytes, const IndexSchema& schema, const QueryLimits& limits);
std::string encode_products(const std::vector<FetchedProduct>& products);
Result<std::vector<FetchedProduct>> decode_products(std::string_view bytes, std::size_t asked);

}  // namespace aisle
