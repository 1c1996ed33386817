#include "server/ranking/evaluation_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace aisle {
namespace {

using nlohmann::json;

double rounded(double value) {
  return std::round(value * 10'000) / 10'000;
}

json to_json(const Interval& interval) {
  return {{"mean", rounded(interval.mean)}, {"low", rounded(interval.low)}, {"high", rounded(interval.high)}};
}

json to_json(const Relevance& figures) {
  return {{"queries", figures.queries},
          {"zero_hits", figures.zero_hits},
          {"ndcg_10", to_json(figures.ndcg_10)},
          {"precision_10", to_json(figures.precision_10)},
          {"recall_100", to_json(figures.recall_100)}};
}

}  // namespace

json evaluation_json(std::span<const JudgedQuery> queries, std::span<const QueryRelevance> after,
                     std::span<const QueryRelevance> before, std::size_t worst_max) {
  json result = to_json(summarize(after));
  result["worst"] = json::array();
  for (const std::size_t i : worst_queries(before, after, worst_max)) {
    json one = {{"query", queries[i].query}, {"ndcg_10", rounded(after[i].ndcg_10)}};
    if (!before.empty()) one["before"] = rounded(before[i].ndcg_10);
    result["worst"].push_back(std::move(one));
  }
  if (before.empty()) return result;
  result["compared_with"] = to_json(summarize(before));
  result["difference"] = to_json(paired_difference(before, after));
  return result;
}

json answer_json(const JudgedQuery& query, const SearchResult& result, const QueryRelevance& figures) {
  json ids = json::array();
  for (const Hit& hit : result.hits) ids.push_back(hit.id);
  return {{"query", query.query},
          {"ndcg_10", figures.has_gain ? json(rounded(figures.ndcg_10)) : json()},
          {"recall_100", figures.has_top ? json(rounded(figures.recall_100)) : json()},
          {"total", result.total},
          {"typos", result.typos},
          {"dropped_words", result.dropped_words},
          {"answer", std::move(ids)}};
}

}  // namespace aisle
