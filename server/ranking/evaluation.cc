#include "server/ranking/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "query/search.h"

namespace aisle {

Result<std::vector<QueryRelevance>> evaluate(const View& view, std::span<const JudgedQuery> queries,
                                             const QueryLimits& limits, std::int64_t clock,
                                             const AnswerListener& listener) {
  std::vector<QueryRelevance> figures;
  SearchRequest request;
  request.per_page = static_cast<std::int64_t>(std::min<std::size_t>(limits.per_page_max, 100));
  request.highlight = false;
  request.clock = clock;
  for (const JudgedQuery& query : queries) {
    request.q = query.query;
    AISLE_TRY(const SearchResult result, search(view, request, limits, Deadline::after(limits.time_hard)));
    std::vector<std::string> answer;
    for (const Hit& hit : result.hits) answer.push_back(hit.id);
    figures.push_back(relevance_of(query, answer));
    if (listener) listener(query, result, figures.back());
  }
  return figures;
}

Status pass_gate(const RankingGate& gate, std::span<const QueryRelevance> before,
                 std::span<const QueryRelevance> after) {
  const double was = summarize(before).ndcg_10.mean;
  const double is = summarize(after).ndcg_10.mean;
  const auto refuse = [](std::string sentence) {
    return fail(ErrorCode::FailedPrecondition, std::move(sentence));
  };
  if (gate.min_ndcg && is < *gate.min_ndcg) {
    return refuse(
        fmt::format("not published: nDCG@10 is {:.4f}, the gate asks for {:.4f} (published now: {:.4f}, {} "
                    "judged queries)",
                    is, *gate.min_ndcg, was, after.size()));
  }
  if (gate.max_loss && is < was - *gate.max_loss) {
    const Interval difference = paired_difference(before, after);
    return refuse(
        fmt::format("not published: nDCG@10 falls from {:.4f} to {:.4f}, by {:.4f} (95 % interval {:.4f} to "
                    "{:.4f}), the gate allows {:.4f}",
                    was, is, was - is, -difference.high, -difference.low, *gate.max_loss));
  }
  return {};
}

std::vector<std::size_t> worst_queries(std::span<const QueryRelevance> before,
                                       std::span<const QueryRelevance> after, std::size_t count_max) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool counts = after[i].has_gain && (before.empty() || after[i].ndcg_10 < before[i].ndcg_10);
    if (counts) order.push_back(i);
  }
  const auto value = [&](std::size_t i) {
    return after[i].ndcg_10 - (before.empty() ? 0 : before[i].ndcg_10);
  };
  std::ranges::stable_sort(order, {}, value);
  if (order.size() > count_max) order.resize(count_max);
  return order;
}

}  // namespace aisle
