#include "query/ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/nearest_name.h"
#include "query/filter.h"
#include "query/plan.h"
#include "query/rule_conflicts.h"

namespace aisle {
namespace {

tl::unexpected<Error> refuse(const std::string& sentence) {
  return fail(ErrorCode::InvalidArgument, sentence);
}

class Compiler {
 public:
  Compiler(Ranking& ranking)
      : ranking_(ranking), config_(*ranking.config), schema_(*ranking.context->schema) {}

  Status run() {
    if (config_.index != schema_.index) {
      const std::string names[] = {schema_.index};
      return refuse(fmt::format("/index is \"{}\", the index is \"{}\"{}", config_.index, schema_.index,
                                did_you_mean(config_.index, names)));
    }
    AISLE_CHECK(compile_stock());
    AISLE_CHECK(compile_profile());
    ranking_.popular = PopularQueries(config_.queries, *ranking_.context->analyzer);
    if (config_.synonyms) {
      AISLE_TRY(ranking_.synonyms,
                compile_synonyms(*config_.synonyms, *ranking_.context->analyzer, "/synonyms"));
    }
    for (std::size_t i = 0; i < config_.rules.size(); ++i)
      AISLE_CHECK(compile_rule(config_.rules[i], fmt::format("/rules/{}", i)));
    std::ranges::sort(ranking_.rules, [](const CompiledRule& a, const CompiledRule& b) {
      return std::tuple(-a.rule->priority, std::string_view(a.rule->id)) <
             std::tuple(-b.rule->priority, std::string_view(b.rule->id));
    });
    AISLE_TRY(ranking_.warnings, find_conflicts(ranking_.rules));
    return {};
  }

 private:
  // The field, or an error with the nearest of those that `fits`.
  template <class Fits>
  Result<const Field*> field(const std::string& name, const std::string& pointer, Fits fits,
                             std::string_view wanted) const {
    const Field* found = schema_.find(name);
    if (found != nullptr && fits(*found)) return found;
    std::vector<std::string> names;
    for (const Field& some : schema_.fields) {
      if (fits(some)) names.push_back(some.name);
    }
    if (found == nullptr)
      return refuse(
          fmt::format("{}: the schema has no field \"{}\"{}", pointer, name, did_you_mean(name, names)));
    return refuse(fmt::format("{}: field \"{}\" {}", pointer, name, wanted));
  }

  Status compile_stock() {
    if (config_.stock.empty()) return {};
    AISLE_TRY(ranking_.stock, field(
                                  config_.stock, "/stock",
                                  [](const Field& some) { return some.is_number() && some.has_column(); },
                                  "is no number or bool with \"filter\": true"));
    return {};
  }

  Status compile_profile() {
    const RankingProfile& profile = config_.profile;
    const auto searched = [](const Field& some) { return some.search; };
    for (const Field& some : schema_.fields) ranking_.weights.push_back(some.weight);
    for (const auto& [name, weight] : profile.weights) {
      AISLE_TRY(const Field* found, field(name, "/profile/weights", searched, "is not searched"));
      ranking_.weights[found->number] = weight;
    }
    ranking_.typo_lengths = {profile.typos.most, profile.typos.one_from, profile.typos.two_from};
    ranking_.typo_threshold = static_cast<std::uint64_t>(profile.typos.threshold);
    const std::vector<const Field*> fields = search_fields(schema_);
    for (std::size_t i = 0; i < profile.typos.fields_off.size(); ++i) {
      AISLE_TRY(const Field* found,
                field(profile.typos.fields_off[i], fmt::format("/profile/typos/fields_off/{}", i), searched,
                      "is not searched"));
      const auto bit = std::ranges::find(fields, found) - fields.begin();
      ranking_.typo_fields &= ~(1U << static_cast<unsigned>(bit));
    }
    ranking_.relaxation = profile.relaxation;
    ranking_.head_percent = profile.head;
    ranking_.accessory_percent = profile.accessory;
    ranking_.named_percent = profile.named;
    for (std::size_t i = 0; i < profile.signals.size(); ++i) {
      AISLE_TRY(Signal signal,
                compile_signal(profile.signals[i], schema_, fmt::format("/profile/signals/{}", i)));
      ranking_.signals.push_back(std::move(signal));
    }
    return {};
  }

  Status compile_rule(const Rule& rule, const std::string& pointer) {
    CompiledRule compiled{.rule = &rule, .patterns = {}, .selected = {}};
    for (const RuleCondition::Pattern& pattern : rule.when.query) {
      compiled.patterns.push_back(compile_pattern(pattern, *ranking_.context->analyzer));
      if (compiled.patterns.back().words.empty() && !pattern.text.empty())
        return refuse(fmt::format("{}/when/query: \"{}\" holds no word", pointer, pattern.text));
    }
    const auto selectable = [](const Field& some) {
      return some.filter && (some.is_keyword() || some.type == FieldType::Code);
    };
    for (const auto& [name, values] : rule.when.selected) {
      AISLE_TRY(const Field* found, field(name, pointer + "/when/filter", selectable,
                                          "is no keyword, hierarchy or code with \"filter\": true"));
      compiled.selected.push_back({found, values});
    }
    AISLE_CHECK(check_filter(rule.then.filter, pointer + "/then/filter"));
    for (const Boost& boost : rule.then.boosts)
      AISLE_CHECK(check_filter(boost.filter, boost.pointer + "/filter"));
    if (rule.enabled) ranking_.rules.push_back(std::move(compiled));
    return {};
  }

  Status check_filter(const std::string& text, const std::string& pointer) const {
    const auto filter = compile_filter(text, schema_, {});
    if (!filter) return refuse(pointer + ": " + filter.error().message);
    return {};
  }

  Ranking& ranking_;
  const RankingConfig& config_;
  const IndexSchema& schema_;
};

}  // namespace

Result<std::shared_ptr<const Ranking>> Ranking::compile(std::shared_ptr<const RankingConfig> config,
                                                        std::shared_ptr<const IndexContext> context,
                                                        std::uint32_t number) {
  auto ranking = std::make_shared<Ranking>();
  ranking->number = number;
  ranking->config = std::move(config);
  ranking->context = std::move(context);
  AISLE_CHECK(Compiler(*ranking).run());
  return ranking;
}

}  // namespace aisle
