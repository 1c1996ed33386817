// Figures of an evaluation as JSON, the same for the command and the admin listener.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "server/ranking/evaluation.h"

namespace aisle {

// {"queries", "zero_hits", "ndcg_10": {"mean", "low", "high"}, "precision_10", "recall_100", "worst": [...]};
// with a `before` also "compared_with" (its figures) and "difference" of nDCG@10, and the worst are those
// that fell most.
nlohmann::json evaluation_json(std::span<const JudgedQuery> queries, std::span<const QueryRelevance> after,
                               std::span<const QueryRelevance> before);

}  // namespace aisle
