#include "server/suggest_wire.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "schemas/json_reader.h"
#include "server/query_parameters.h"
#include "server/search_wire.h"

namespace aisle {
namespace {

constexpr auto parameters = std::to_array<Parameter>({{"q", ParameterType::Text},
                                                      {"limit", ParameterType::Number},
                                                      {"scope", ParameterType::Text},
                                                      {"filter", ParameterType::Text},
                                                      {"context", ParameterType::List},
                                                      {"language", ParameterType::Text},
                                                      {"min_coverage", ParameterType::Share}});

void append_suggestion(std::string& out, const Suggestion& suggestion) {
  out += "{\"q\":";
  append_json_string(out, suggestion.q);
  out += fmt::format(",\"count\":{},\"typos\":{}", suggestion.count, suggestion.typos);
  if (suggestion.popularity > 0) out += fmt::format(",\"popularity\":{}", suggestion.popularity);
  out += ",\"scopes\":[";
  for (const SuggestScope& scope : suggestion.scopes) {
    if (out.back() != '[') out += ',';
    out += "{\"field\":";
    append_json_string(out, scope.field);
    out += ",\"value\":";
    append_json_string(out, scope.value);
    out += fmt::format(",\"count\":{}}}", scope.count);
  }
  out += "]}";
}

}  // namespace

Result<SuggestCall> parse_suggest_query(std::string_view query_string) {
  AISLE_TRY(const nlohmann::json json, read_parameters(query_string, parameters));
  JsonReader::ErrorSink sink;
  const JsonReader reader(json, "", sink);
  SuggestCall call;
  call.request.q = reader.string_or("q", "");
  call.request.limit =
      reader.integer_or("limit", call.request.limit, std::numeric_limits<std::int64_t>::min(),
                        std::numeric_limits<std::int64_t>::max());  // suggest() knows the limit
  call.request.scope = reader.string_or("scope", "");
  call.request.filter = reader.string_or("filter", "");
  call.request.context = read_context(reader);
  call.request.language = reader.string_or("language", "");
  if (reader.has("min_coverage")) call.min_coverage = reader.number_or("min_coverage", 1, 0, 1);
  if (sink.error) return tl::unexpected<Error>(*sink.error);
  return call;
}

std::string suggest_json(const SuggestRequest& request, const SuggestResult& result, const View& view,
                         const AnswerContext& context) {
  std::string out = "{\"q\":";
  append_json_string(out, request.q);
  out += ",\"suggestions\":[";
  for (const Suggestion& suggestion : result.suggestions) {
    if (out.back() != '[') out += ',';
    append_suggestion(out, suggestion);
  }
  out += ']';
  for (std::size_t i = 0; i < result.degraded.size(); ++i) {
    out += i == 0 ? ",\"degraded\":[" : ",";
    append_json_string(out, result.degraded[i]);
  }
  if (!result.degraded.empty()) out += ']';
  out += fmt::format(",\"took_ms\":{:.3f},", context.took_ms);
  append_view(out, view, result.lsn, result.coverage, context);
  return out + '}';
}

}  // namespace aisle
