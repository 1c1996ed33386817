#include "server/search_wire.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "schemas/json_reader.h"
#include "schemas/number_value.h"
#include "server/query_parameters.h"

namespace aisle {
namespace {

constexpr std::size_t context_tags_max = 16;

constexpr std::array<Parameter, 22> parameters = {{{"q", ParameterType::Text},
                                                   {"language", ParameterType::Text},
                                                   {"filter", ParameterType::Text},
                                                   {"facets", ParameterType::List},
                                                   {"sort", ParameterType::List},
                                                   {"page", ParameterType::Number},
                                                   {"per_page", ParameterType::Number},
                                                   {"facet_values", ParameterType::Number},
                                                   {"min_coverage", ParameterType::Share},
                                                   {"explain", ParameterType::Switch},
                                                   {"typos", ParameterType::Switch},
                                                   {"prefix", ParameterType::Switch},
                                                   {"did_you_mean", ParameterType::Switch},
                                                   {"highlight", ParameterType::Switch},
                                                   {"context", ParameterType::List},
                                                   {"clock", ParameterType::Text},
                                                   {"ranking", ParameterType::Number},
                                                   {"why", ParameterType::Text},
                                                   {"min_lsn", ParameterType::Text},
                                                   {"timeline", ParameterType::Number},
                                                   {"wait_ms", ParameterType::Number},
                                                   {"on_stale", ParameterType::Text}}};

std::vector<std::string> list_of(const JsonReader& reader, std::string_view name) {
  if (reader.has(name) && reader.member(name).is_string()) return split_list(reader.string_or(name, ""));
  return reader.strings_or_empty(name);
}

// A moment as the ranking's rules write it.
std::optional<std::int64_t> read_clock(const JsonReader& reader) {
  if (!reader.has("clock")) return std::nullopt;
  Field date;
  date.name = "clock";
  date.type = FieldType::Date;
  const auto value = number_value(date, nlohmann::json(reader.string_or("clock", "")));
  if (value && *value != missing_number) return *value;
  reader.member("clock").fail("is no date such as \"2026-11-27\" or \"2026-11-27T18:00:00Z\"");
  return std::nullopt;
}

void read_ranking_parameters(const JsonReader& reader, SearchRequest& request) {
  request.context = read_context(reader);
  request.clock = read_clock(reader);
  if (reader.has("ranking"))
    request.ranking = static_cast<std::uint32_t>(reader.integer_or("ranking", 0, 0, 0xFFFFFFFF));
  request.why = reader.string_or("why", "");
}

Result<SearchRequest> read_request(const nlohmann::json& json) {
  JsonReader::ErrorSink sink;
  const JsonReader reader(json, "", sink);
  if (!reader.is_object()) return fail(ErrorCode::InvalidArgument, "the body is not a JSON object");
  reader.allow_only({"q",        "filter",       "facets",       "sort",     "page",
                     "per_page", "facet_values", "min_coverage", "explain",  "typos",
                     "prefix",   "did_you_mean", "highlight",    "context",  "clock",
                     "ranking",  "why",          "min_lsn",      "timeline", "wait_ms",
                     "on_stale", "language"});
  constexpr std::int64_t low = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t high = std::numeric_limits<std::int64_t>::max();
  SearchRequest request;
  request.q = reader.string_or("q", "");
  request.language = reader.string_or("language", "");
  request.filter = reader.string_or("filter", "");
  request.facets = list_of(reader, "facets");
  request.sort = list_of(reader, "sort");
  request.page = reader.integer_or("page", request.page, low, high);  // search() knows the limits
  request.per_page = reader.integer_or("per_page", request.per_page, low, high);
  request.facet_values = reader.integer_or("facet_values", request.facet_values, low, high);
  if (reader.has("min_coverage")) request.min_coverage = reader.number_or("min_coverage", 1, 0, 1);
  request.explain = reader.bool_or("explain", false);
  request.typos = reader.bool_or("typos", true);
  request.prefix = reader.bool_or("prefix", true);
  request.did_you_mean = reader.bool_or("did_you_mean", true);
  request.highlight = reader.bool_or("highlight", true);
  read_ranking_parameters(reader, request);
  request.min_lsn = reader.string_or("min_lsn", "");
  request.timeline = reader.integer_or("timeline", request.timeline, low, high);
  request.wait_ms = reader.integer_or("wait_ms", request.wait_ms, low, high);
  request.on_stale = reader.string_or("on_stale", request.on_stale);
  if (sink.error) return tl::unexpected<Error>(*sink.error);
  return request;
}

}  // namespace

std::vector<std::string> read_context(const JsonReader& reader) {
  std::vector<std::string> tags = list_of(reader, "context");
  if (tags.size() > context_tags_max)
    reader.member("context").fail(fmt::format("has {} tags, the limit is {}", tags.size(), context_tags_max));
  return tags;
}

Result<SearchRequest> parse_search_query(std::string_view query_string) {
  AISLE_TRY(const nlohmann::json json, read_parameters(query_string, parameters));
  return read_request(json);
}

Result<SearchRequest> parse_search_body(std::string_view body) {
  if (body.empty()) return fail(ErrorCode::InvalidArgument, "the body is empty, expected a JSON object");
  AISLE_TRY(const nlohmann::json json, parse_json(body));
  return read_request(json);
}

}  // namespace aisle
