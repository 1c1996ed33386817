#include "query/rules.h"

#include <algorithm>
#include <map>
#include <set>

namespace aisle {
namespace {

// A hierarchy value stands for everything below it.
bool is_or_is_below(const Field& field, const std::string& chosen, const std::string& wanted) {
  if (chosen == wanted) return true;
  return field.type == FieldType::Hierarchy && chosen.starts_with(wanted + field.separator);
}

bool is_selected(const CompiledRule::Selected& wanted, const Filter& filter) {
  const std::vector<std::string> chosen = selected_values(filter, *wanted.field);
  return std::ranges::any_of(wanted.values, [&](const std::string& value) {
    return std::ranges::any_of(
        chosen, [&](const std::string& one) { return is_or_is_below(*wanted.field, one, value); });
  });
}

bool holds(const CompiledRule& compiled, const RuleRequest& request) {
  const RuleCondition& when = compiled.rule->when;
  if (when.from && request.clock < *when.from) return false;
  if (when.until && request.clock >= *when.until) return false;
  const auto is_wanted = [&](const std::string& tag) {
    return std::ranges::find(when.context, tag) != when.context.end();
  };
  if (!when.context.empty() && !std::ranges::any_of(request.context, is_wanted)) return false;
  const auto matches = [&](const WordPattern& pattern) { return pattern.matches(request.words); };
  if (!compiled.patterns.empty() && !std::ranges::any_of(compiled.patterns, matches)) return false;
  return std::ranges::all_of(compiled.selected, [&](const CompiledRule::Selected& selected) {
    return is_selected(selected, request.filter);
  });
}

// Slots and products go to the first rule that asks; hidden products are no pins.
class PinTable {
 public:
  explicit PinTable(const std::map<std::string, std::string>& hidden) : hidden_(hidden) {}

  void add(const Rule& rule, std::vector<DroppedPin>& lost) {
    for (const Pin& pin : rule.then.pins) {
      const std::string reason = refusal(pin);
      if (reason.empty()) {
        slots_.emplace(pin.position, PinWish{pin.position, pin.id, rule.id, rule.then.yield_out_of_stock});
        owners_.emplace(pin.id, rule.id);
      } else {
        lost.push_back({rule.id, pin.id, pin.position, reason});
      }
    }
  }

  std::vector<PinWish> take() {
    std::vector<PinWish> pins;
    for (auto& entry : slots_) pins.push_back(std::move(entry.second));
    return pins;
  }

 private:
  std::string refusal(const Pin& pin) const {
    if (const auto found = hidden_.find(pin.id); found != hidden_.end())
      return "hidden by rule " + found->second;
    if (const auto found = slots_.find(pin.position); found != slots_.end())
      return "position taken by rule " + found->second.rule;
    if (const auto found = owners_.find(pin.id); found != owners_.end())
      return "pinned elsewhere by rule " + found->second;
    return "";
  }

  const std::map<std::string, std::string>& hidden_;  // product -> rule
  std::map<std::int64_t, PinWish> slots_;
  std::map<std::string, std::string> owners_;  // product -> rule
};

void add_rule(const Rule& rule, RulesChosen& chosen) {
  chosen.rules.push_back(rule.id);
  for (const Boost& boost : rule.then.boosts)
    chosen.effects.boosts.push_back({rule.id, boost.ids, boost.filter, boost.thousandths});
  if (!rule.then.filter.empty()) chosen.effects.filters.push_back({rule.id, rule.then.filter});
  if (chosen.redirect.empty()) chosen.redirect = rule.then.redirect;
  if (!rule.then.user_data.empty()) chosen.user_data.push_back({rule.id, rule.then.user_data});
}

}  // namespace

RulesChosen choose_rules(const Ranking& ranking, const RuleRequest& request) {
  RulesChosen chosen;
  chosen.effects.weights = ranking.weights;
  chosen.effects.head_percent = ranking.head_percent;
  chosen.effects.accessory_percent = ranking.accessory_percent;
  chosen.effects.named_percent = ranking.named_percent;
  chosen.effects.clock = request.clock;
  if (ranking.stock != nullptr) chosen.effects.stock = ranking.stock->name;
  chosen.effects.signals = ranking.signals;
  std::vector<const Rule*> rules;
  for (const CompiledRule& compiled : ranking.rules) {
    if (!holds(compiled, request)) continue;
    if (rules.size() < rules_applied_max) {
      rules.push_back(compiled.rule);
    } else {
      ++chosen.rules_left_out;
    }
  }
  std::map<std::string, std::string> hidden;
  for (const Rule* rule : rules) {
    for (const std::string& id : rule->then.hide) hidden.emplace(id, rule->id);
  }
  for (const auto& entry : hidden) chosen.effects.hidden.push_back(entry.first);
  PinTable pins(hidden);
  for (const Rule* rule : rules) {
    add_rule(*rule, chosen);
    if (!request.sorted || rule->then.with_sort) pins.add(*rule, chosen.lost_pins);
  }
  chosen.effects.pins = pins.take();
  return chosen;
}

}  // namespace aisle
