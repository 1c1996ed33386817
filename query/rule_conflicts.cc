#include "query/rule_conflicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace aisle {
namespace {

// Equal for conditions that hold at the same requests; lists of alternatives in any order.
std::string condition_key(const CompiledRule& rule) {
  std::vector<WordPattern> patterns = rule.patterns;
  std::ranges::sort(patterns);
  std::string key;
  for (const WordPattern& pattern : patterns) {
    key += fmt::format("\nq{}", static_cast<int>(pattern.kind));
    for (const WordPattern::Word& word : pattern.words) key += ' ' + word.text + (word.beginning ? "*" : "");
  }
  for (const CompiledRule::Selected& selected : rule.selected) {
    std::vector<std::string> values = selected.values;
    std::ranges::sort(values);
    key += fmt::format("\nf{}\t{}", selected.field->name, fmt::join(values, "\t"));
  }
  std::vector<std::string> context = rule.rule->when.context;
  std::ranges::sort(context);
  key += fmt::format("\nc{}\n{}\n{}", fmt::join(context, "\t"), rule.rule->when.from.value_or(INT64_MIN),
                     rule.rule->when.until.value_or(INT64_MAX));
  return key;
}

struct Pinned {
  const Rule* rule;
  const Pin* pin;
};

// What the rules of one condition say so far.
struct Said {
  std::map<std::pair<std::int64_t, std::int64_t>, Pinned> slots;         // priority, position
  std::map<std::pair<std::int64_t, std::string_view>, Pinned> products;  // priority, product
  std::map<std::string_view, const Rule*> pinned;
  std::map<std::string_view, const Rule*> hidden;
};

Status refuse_hidden_pins(const Rule& rule, Said& said) {
  const auto refuse = [&](std::string_view product, const Rule& pins, const Rule& hides) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("rule \"{}\" pins \"{}\", which rule \"{}\" hides under the same condition",
                            pins.id, product, hides.id));
  };
  for (const Pin& pin : rule.then.pins) said.pinned.emplace(pin.id, &rule);
  for (const std::string& id : rule.then.hide) said.hidden.emplace(id, &rule);
  for (const Pin& pin : rule.then.pins) {
    if (const auto found = said.hidden.find(pin.id); found != said.hidden.end())
      return refuse(pin.id, rule, *found->second);
  }
  for (const std::string& id : rule.then.hide) {
    if (const auto found = said.pinned.find(id); found != said.pinned.end())
      return refuse(id, *found->second, rule);
  }
  return {};
}

void warn(const Rule& rule, Said& said, std::vector<std::string>& warnings) {
  for (const Pin& pin : rule.then.pins) {
    const Pinned here{&rule, &pin};
    const auto [slot, free] = said.slots.try_emplace({rule.priority, pin.position}, here);
    if (!free && slot->second.pin->id != pin.id) {
      warnings.push_back(fmt::format(
          "rules \"{}\" and \"{}\" pin different products (\"{}\", \"{}\") at position {} under the same "
          "condition and "
          "priority; \"{}\" wins",
          slot->second.rule->id, rule.id, slot->second.pin->id, pin.id, pin.position, slot->second.rule->id));
    }
    const auto [product, first] = said.products.try_emplace({rule.priority, pin.id}, here);
    if (!first && product->second.pin->position != pin.position) {
      warnings.push_back(
          fmt::format("rules \"{}\" and \"{}\" pin \"{}\" at different positions ({}, {}) under the same "
                      "condition and priority; "
                      "\"{}\" wins",
                      product->second.rule->id, rule.id, pin.id, product->second.pin->position, pin.position,
                      product->second.rule->id));
    }
  }
}

}  // namespace

Result<std::vector<std::string>> find_conflicts(std::span<const CompiledRule> rules) {
  std::map<std::string, Said> by_condition;
  std::vector<std::string> warnings;
  for (const CompiledRule& rule : rules) {
    Said& said = by_condition[condition_key(rule)];
    AISLE_CHECK(refuse_hidden_pins(*rule.rule, said));
    warn(*rule.rule, said, warnings);
  }
  return warnings;
}

}  // namespace aisle
