#include "query/request_check.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/nearest_name.h"
#include "query/segment.h"

namespace aisle {
namespace {

Status check_numbers(const SearchRequest& request, const QueryLimits& limits) {
  const auto window = static_cast<std::int64_t>(limits.window_max);
  const auto per_page = static_cast<std::int64_t>(limits.per_page_max);
  AISLE_CHECK(in_range("per_page", request.per_page, 0, per_page));
  AISLE_CHECK(in_range("page", request.page, 1, window));
  AISLE_CHECK(in_range("page * per_page", request.page * request.per_page, 0, window));
  const auto values = static_cast<std::int64_t>(limits.facet_values_max);
  AISLE_CHECK(in_range("facet_values", request.facet_values, 1, values));
  if (request.facets.size() <= limits.facets_max) return {};
  return fail(ErrorCode::InvalidArgument, "facets has " + std::to_string(request.facets.size()) +
                                              " fields, the limit is " + std::to_string(limits.facets_max));
}

}  // namespace

Status in_range(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return {};
  const std::string limit =
      value < low ? "the least is " + std::to_string(low) : "the limit is " + std::to_string(high);
  return fail(ErrorCode::InvalidArgument, std::string(name) + " is " + std::to_string(value) + ", " + limit);
}

Status check_language(const std::string& language, const IndexSchema& schema) {
  std::set<std::string> known = {schema.language};
  for (std::string& some : stem_languages(schema)) known.insert(std::move(some));
  if (language.empty() || known.contains(language)) return {};
  std::string all;
  for (const std::string& some : known) all += (all.empty() ? "" : ", ") + some;
  return fail(ErrorCode::InvalidArgument,
              "language is \"" + language + "\", expected one of the schema: " + all);
}

Result<const Field*> compile_facet(std::string_view parameter, const std::string& name,
                                   const IndexSchema& schema) {
  const Field* field = schema.find(name);
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const Field& some : schema.fields) {
      if (some.facet) names.push_back(some.name);
    }
    return fail(ErrorCode::InvalidArgument,
                std::string(parameter) + ": unknown field \"" + name + "\"" + did_you_mean(name, names));
  }
  if (!field->facet) {
    return fail(ErrorCode::InvalidArgument,
                std::string(parameter) + ": field \"" + name + "\" has no \"facet\": true in the schema");
  }
  return field;
}

Status compile_texts(MatchRequest& request, const std::vector<std::string>& facets, const IndexSchema& schema,
                     const QueryLimits& limits) {
  for (const std::string& name : facets) {
    AISLE_TRY(const Field* field, compile_facet("facets", name, schema));
    request.facets.push_back(field);
  }
  for (const std::string& text : request.filter_texts) {
    AISLE_TRY(Filter filter, compile_filter(text, schema, limits));
    std::ranges::move(filter.conjuncts, std::back_inserter(request.filter.conjuncts));
  }
  AISLE_TRY(request.sort, compile_sort(request.sort_texts, schema, limits));
  return {};
}

Result<MatchRequest> compile_request(const SearchRequest& request, const IndexSchema& schema,
                                     const QueryLimits& limits) {
  AISLE_CHECK(check_numbers(request, limits));
  MatchRequest compiled;
  compiled.filter_texts = {request.filter};
  compiled.sort_texts = request.sort;
  AISLE_CHECK(compile_texts(compiled, request.facets, schema, limits));
  compiled.facet_values = static_cast<std::size_t>(request.facet_values);
  compiled.window = static_cast<std::size_t>(request.page * request.per_page);
  return compiled;
}

}  // namespace aisle
