// How good a ranking is by judged queries, asked of a view as shoppers would.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/limits.h"
#include "query/relevance.h"
#include "query/search_result.h"
#include "query/view.h"

namespace aisle {

// Hears of each judged query and its answer, in their order.
using AnswerListener = std::function<void(const JudgedQuery&, const SearchResult&, const QueryRelevance&)>;

// Figures of every query, in their order. `clock`: seconds since 1970 UTC. Errors: of search().
Result<std::vector<QueryRelevance>> evaluate(const View& view, std::span<const JudgedQuery> queries,
                                             const QueryLimits& limits, std::int64_t clock,
                                             const AnswerListener& listener = nullptr);

// What a ranking must reach before it is published.
struct RankingGate {
  std::vector<JudgedQuery> queries;
  std::optional<double> min_ndcg;  // mean nDCG@10
  std::optional<double> max_loss;  // of the mean nDCG@10 against what is published
};
// FailedPrecondition tells the figures.
Status pass_gate(const RankingGate& gate, std::span<const QueryRelevance> before,
                 std::span<const QueryRelevance> after);

// Queries whose nDCG@10 is lowest, or fell most when there is a `before`: indexes, worst first, `count_max`
// at most.
std::vector<std::size_t> worst_queries(std::span<const QueryRelevance> before,
                                       std::span<const QueryRelevance> after, std::size_t count_max);

}  // namespace aisle
