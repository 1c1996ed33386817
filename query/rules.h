// Which rules hold for a request, and what they come to together. Pure.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "query/filter.h"
#include "query/ranking.h"
#include "query/ranking_effects.h"
#include "query/search_request.h"
#include "query/search_result.h"

namespace aisle {

// Rules that may act on one request; later ones of the order (priority, then id) are left out and told.
inline constexpr std::size_t rules_applied_max = 50;

// Everything of a request that rules look at.
struct RuleRequest {
  std::span<const std::string> words;  // analysed
  const Filter& filter;                // the shopper's
  const std::vector<std::string>& context;
  std::int64_t clock = 0;  // seconds since 1970 UTC
  bool sorted = false;     // an explicit sort
};

struct RulesChosen {
  RankingEffects effects;
  std::vector<std::string> rules;     // that hold, the deciding first
  std::size_t rules_left_out = 0;     // beyond rules_applied_max
  std::vector<DroppedPin> lost_pins;  // to another rule
  std::string redirect;               // of the first rule with one
  std::vector<RuleUserData> user_data;
};

RulesChosen choose_rules(const Ranking& ranking, const RuleRequest& request);

}  // namespace aisle
