// What the ranking does to one request: chosen once by the coordinator (query/rules.h), then the same for
// every shard wherever it lies. Plain data, so that it can travel; shards resolve it with
// query/shard_effects.h.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/signals.h"

namespace aisle {

struct PinWish {
  std::int64_t position = 1;
  std::string id;
  std::string rule;
  bool yields = true;  // when it is out of stock
  friend bool operator==(const PinWish&, const PinWish&) = default;
};

struct RuleFilter {
  std::string rule;
  std::string text;
  friend bool operator==(const RuleFilter&, const RuleFilter&) = default;
};

struct RuleBoost {
  std::string rule;
  std::vector<std::string> ids;  // or
  std::string filter;
  int thousandths = 1000;
  friend bool operator==(const RuleBoost&, const RuleBoost&) = default;
};

struct RankingEffects {
  std::vector<int> weights;  // by field number; empty: the schema's
  int head_percent = RankingProfile::head_usual;
  int accessory_percent = RankingProfile::accessory_usual;
  int named_percent = RankingProfile::named_usual;
  std::vector<Signal> signals;
  std::vector<RuleBoost> boosts;
  std::vector<RuleFilter> filters;  // all must hold
  std::vector<std::string> hidden;  // ascending, each once
  std::vector<PinWish> pins;        // by position; no position and no product twice, none of them hidden
  std::string stock;                // field that says whether pins yield; "" = none do
  std::int64_t clock = 0;           // seconds since 1970 UTC
  friend bool operator==(const RankingEffects&, const RankingEffects&) = default;
};

// JSON. decode: InvalidArgument for anything encode cannot have written.
std::string encode_effects(const RankingEffects& effects);
Result<RankingEffects> decode_effects(std::string_view text);

}  // namespace aisle
