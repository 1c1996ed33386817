// Figures of an evaluation as JSON, the same for the command and the admin listener.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "server/ranking/evaluation.h"

namespace aisle {

// {"queries", "zero_hits", "ndcg_10": {"mean", "low", "high"}, "precision_10", "recall_100", "worst": [...]};
// with a `before` also "compared_with" (its figures) and "difference" of nDCG@10, and the worst are those
// that fell most. At most `worst_max` of these are listed.
nlohmann::json evaluation_json(std::span<const JudgedQuery> queries, std::span<const QueryRelevance> after,
                               std::span<const QueryRelevance> before, std::size_t worst_max = 10);

// {"query", "ndcg_10", "recall_100", "total", "typos", "dropped_words", "answer": [ids, best first]}; figures
// that the judgments say nothing about are null.
nlohmann::json answer_json(const JudgedQuery& query, const SearchResult& result,
                           const QueryRelevance& figures);

}  // namespace aisle
