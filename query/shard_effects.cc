#include "query/shard_effects.h"

#include <algorithm>

#include "query/scorer.h"

namespace aisle {
namespace {

constexpr std::int64_t gain_scale = 100 * signal_one;  // percent times fixed point
constexpr std::int64_t factor_scale = 1000;
constexpr std::int64_t sum_max = std::int64_t{1} << 40U;  // between factors; far above what a tier holds

std::int64_t with_gain(std::int64_t points, std::int64_t gain) {
  return points + points * gain / gain_scale;
}

std::int64_t with_factor(std::int64_t points, int thousandths) {
  return std::min(points * thousandths / factor_scale, sum_max);
}

std::int64_t signal_gain(const Signal& signal, const SegmentView& view, std::uint32_t document,
                         std::int64_t clock) {
  return signal.weight * signal_value(signal, view.numbers(signal.field).get(document), clock);
}

std::vector<std::uint8_t> passes_of(const ShardEffects::ResolvedBoost& boost, const SegmentView& view,
                                    std::span<const std::uint32_t> documents) {
  if (boost.boost->ids.empty()) {
    std::vector<std::uint8_t> passes(documents.size(), 1);
    for (const Conjunct& conjunct : boost.filter.conjuncts) {
      const std::vector<std::uint8_t> some = evaluate(conjunct.node, view, documents);
      for (std::size_t i = 0; i < passes.size(); ++i)
        passes[i] = static_cast<std::uint8_t>(passes[i] & some[i]);
    }
    return passes;
  }
  std::vector<std::uint8_t> passes(documents.size());
  for (const std::string& id : boost.boost->ids) {
    const std::uint32_t document = view.segment->ids.find(id);
    const auto at = std::ranges::lower_bound(documents, document);
    if (at != documents.end() && *at == document)
      passes[static_cast<std::size_t>(at - documents.begin())] = 1;
  }
  return passes;
}

// Effects may come from another node: what they name must be there and what is divided by must not be zero.
Status check_effects(const RankingEffects& effects, const IndexSchema& schema) {
  const auto refuse = [](const char* what) {
    return fail(ErrorCode::InvalidArgument, std::string("effects of a ranking: ") + what);
  };
  if (!effects.weights.empty() && effects.weights.size() != schema.fields.size())
    return refuse("weights are those of another schema");
  for (const Signal& signal : effects.signals) {
    if (signal.field >= schema.fields.size()) return refuse("a signal's field is not in the schema");
    const Field& field = schema.fields[signal.field];
    if (!field.is_number() || !field.has_column()) return refuse("a signal's field has no numbers");
    const bool linear = signal.kind == SignalKind::Linear && signal.from == signal.to;
    const bool log = signal.kind == SignalKind::Log && (signal.from < 1 || signal.to < 1);
    if (linear || log || signal.half_life < 1) return refuse("a signal has no extent");
  }
  const Field* stock = schema.find(effects.stock);
  if (stock != nullptr && (!stock->is_number() || !stock->has_column()))
    return refuse("the stock field has no numbers");
  return {};
}

// Filters of rules were checked with the usual limits, that of a shopper with the service's.
QueryLimits with_the_usual(QueryLimits limits) {
  const QueryLimits usual;
  limits.filter_bytes_max = std::max(limits.filter_bytes_max, usual.filter_bytes_max);
  limits.filter_clauses_max = std::max(limits.filter_clauses_max, usual.filter_clauses_max);
  limits.filter_depth_max = std::max(limits.filter_depth_max, usual.filter_depth_max);
  limits.filter_in_max = std::max(limits.filter_in_max, usual.filter_in_max);
  return limits;
}

}  // namespace

Result<std::shared_ptr<const ShardEffects>> ShardEffects::create(RankingEffects effects,
                                                                 const IndexSchema& schema,
                                                                 const QueryLimits& limits) {
  const QueryLimits filter_limits = with_the_usual(limits);
  const auto resolved = std::shared_ptr<ShardEffects>(new ShardEffects(std::move(effects), schema));
  AISLE_CHECK(check_effects(resolved->effects_, schema));
  for (const RuleFilter& filter : resolved->effects_.filters) {
    AISLE_TRY(Filter compiled, compile_filter(filter.text, schema, filter_limits));
    for (Conjunct& conjunct : compiled.conjuncts)
      resolved->conjuncts_.push_back({std::move(conjunct.node), nullptr});
  }
  for (const RuleBoost& boost : resolved->effects_.boosts) {
    AISLE_TRY(Filter filter, compile_filter(boost.filter, schema, filter_limits));
    resolved->boosts_.push_back({&boost, std::move(filter)});
  }
  resolved->stock_ = schema.find(resolved->effects_.stock);
  return resolved;
}

std::vector<ShardEffects::FoundPin> ShardEffects::find_pins(const SegmentView& view) const {
  std::vector<FoundPin> found;
  for (std::size_t i = 0; i < effects_.pins.size(); ++i) {
    const std::uint32_t document = view.segment->ids.find(effects_.pins[i].id);
    if (document == no_document || view.is_deleted(document)) continue;
    const bool may_yield = effects_.pins[i].yields && stock_ != nullptr;
    const std::int64_t stock = may_yield ? view.numbers(stock_->number).get(document) : missing_number;
    found.push_back({i, document, stock == missing_number || stock > 0, false});
  }
  return found;
}

void ShardEffects::remove_hidden(const SegmentView& view, std::vector<std::uint32_t>& documents) const {
  for (const std::string& id : effects_.hidden) {
    const std::uint32_t document = view.segment->ids.find(id);
    const auto at = std::ranges::lower_bound(documents, document);
    if (at != documents.end() && *at == document) documents.erase(at);
  }
}

PointAdjustment::PointAdjustment(const ShardEffects& effects, const SegmentView& view,
                                 std::span<const std::uint32_t> documents)
    : effects_(effects), view_(view), documents_(documents), gains_(documents.size()) {
  for (const Signal& signal : effects.data().signals) {
    view.numbers(signal.field).each(documents, [&](std::size_t i, std::int64_t value) {
      gains_[i] += signal.weight * signal_value(signal, value, effects.data().clock);
    });
  }
  for (const auto& boost : effects.boosts()) passes_.push_back(passes_of(boost, view, documents));
}

std::int64_t PointAdjustment::apply(std::size_t i, std::int64_t points) const {
  points = with_gain(points, gains_[i]);
  for (std::size_t b = 0; b < passes_.size(); ++b) {
    if (passes_[b][i] != 0) points = with_factor(points, effects_.boosts()[b].boost->thousandths);
  }
  return std::clamp<std::int64_t>(points, 0, points_max);
}

void PointAdjustment::explain(std::size_t i, std::int64_t points, std::vector<ScorePart>& parts) const {
  const std::int64_t text = points;
  std::int64_t gain = 0;
  for (const Signal& signal : effects_.data().signals) {
    gain += signal_gain(signal, view_, documents_[i], effects_.data().clock);
    const std::int64_t now = with_gain(text, gain);
    parts.push_back({"", std::string(signal_kind_name(signal.kind)),
                     effects_.schema().fields[signal.field].name, "signal", now - points});
    points = now;
  }
  for (std::size_t b = 0; b < passes_.size(); ++b) {
    if (passes_[b][i] == 0) continue;
    const RuleBoost& boost = *effects_.boosts()[b].boost;
    const std::int64_t now = with_factor(points, boost.thousandths);
    parts.push_back(
        {"", "", "", boost.thousandths > factor_scale ? "boost" : "bury", now - points, boost.rule});
    points = now;
  }
  const std::int64_t kept = std::clamp<std::int64_t>(points, 0, points_max);
  if (kept != points) parts.push_back({"", "", "", "limit", kept - points});
}

}  // namespace aisle
