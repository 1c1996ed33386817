#include "query/narrowing.h"

#include <algorithm>

#include "query/rules.h"

namespace aisle {

Result<Narrowing> Narrowing::create(const View& view, NarrowingRequest request, const QueryLimits& limits) {
  AISLE_TRY(Filter filter, compile_filter(request.filter, *view.context->schema, limits));
  return Narrowing(view, std::move(request), std::move(filter), limits);
}

Result<std::shared_ptr<const ShardEffects>> Narrowing::of(std::span<const std::string> words) {
  RankingEffects effects;
  if (view_->ranking) {
    RulesChosen chosen =
        choose_rules(*view_->ranking, {words, filter_, request_.context, request_.clock, false});
    effects.filters = std::move(chosen.effects.filters);
    effects.hidden = std::move(chosen.effects.hidden);
  }
  if (!filter_.conjuncts.empty()) effects.filters.push_back({"", request_.filter});
  if (effects == RankingEffects()) return std::shared_ptr<const ShardEffects>();
  const auto same = std::ranges::find_if(made_, [&](const auto& some) { return some->data() == effects; });
  if (same != made_.end()) return *same;
  AISLE_TRY(made_.emplace_back(), ShardEffects::create(std::move(effects), *view_->context->schema, limits_));
  return made_.back();
}

}  // namespace aisle
