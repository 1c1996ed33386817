#include "query/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "query/filter_text.h"
#include "query/pin_page.h"
#include "query/typo_walk.h"
#include "schemas/json_reader.h"

namespace aisle {
namespace {

using nlohmann::json;

constexpr int nearest_typos_max = 2;

// All words of a record's texts, whatever field they stand in.
void add_words(const json& record, const Analyzer& analyzer, std::vector<std::string>& words) {
  std::vector<const json*> open = {&record};
  while (!open.empty()) {
    const json& value = *open.back();
    open.pop_back();
    if (value.is_structured()) {
      for (const json& member : value) open.push_back(&member);
    } else if (value.is_string()) {
      for (Token& token : analyzer.index_tokens(value.get_ref<const std::string&>()))
        words.push_back(std::move(token.text));
    }
  }
}

class Inquiry {
 public:
  Inquiry(const Answered& answered, Planner& planner, ShardSearch& shards)
      : answered_(answered), planner_(planner), shards_(shards), id_(answered.request.why) {}

  Result<WhyAnswer> run() {
    answer_.id = id_;
    AISLE_TRY(const std::optional<ShardPin> product, look(answered_.ask.plan, {}));
    if (!product) return say("unknown", fmt::format("there is no product \"{}\"", id_));
    if (const std::string rule = hiding_rule(); !rule.empty()) {
      answer_.rule = rule;
      return say("hidden", fmt::format("rule \"{}\" hides it", rule));
    }
    const bool pinned = is_pinned();
    if (!product->matches && !pinned) return unmatched(*product);
    AISLE_TRY(const bool filtered, find_clause());
    if (filtered) return answer_;
    return place(*product, pinned);
  }

 private:
  // The product as the shards see it under a plan and conjuncts; nothing when none has it.
  Result<std::optional<ShardPin>> look(std::shared_ptr<const Plan> plan, std::vector<Conjunct> conjuncts) {
    RankingEffects effects = answered_.ask.effects ? answered_.ask.effects->data() : RankingEffects();
    effects.hidden.clear();
    effects.filters.clear();
    effects.stock.clear();
    effects.pins = {{1, id_, "", false}};
    MatchRequest ask;
    ask.plan = std::move(plan);
    for (const Conjunct& conjunct : conjuncts) ask.filter_texts.push_back(filter_text(conjunct.node));
    ask.filter.conjuncts = std::move(conjuncts);
    AISLE_TRY(ask.effects, ShardEffects::create(std::move(effects), *answered_.view.context->schema));
    AISLE_TRY(MatchResult found, shards_.match(ask));
    if (found.pins.empty()) return std::optional<ShardPin>();
    texts_.push_back(std::move(found.texts));
    return std::optional(std::move(found.pins.front()));
  }

  Result<WhyAnswer> say(std::string stage, std::string sentence) {
    answer_.stage = std::move(stage);
    answer_.sentence = std::move(sentence);
    return answer_;
  }

  const RankingEffects* effects() const {
    return answered_.ask.effects ? &answered_.ask.effects->data() : nullptr;
  }

  std::string hiding_rule() const {
    if (effects() == nullptr || !std::ranges::binary_search(effects()->hidden, id_)) return "";
    for (const CompiledRule& rule : answered_.view.ranking->rules) {
      const auto& hide = rule.rule->then.hide;
      if (std::ranges::find(hide, id_) != hide.end()) return rule.rule->id;
    }
    return "";
  }

  bool is_pinned() const {
    return effects() != nullptr &&
           std::ranges::find(effects()->pins, id_, &PinWish::id) != effects()->pins.end();
  }

  // The first word that does not match alone, and what the product has instead.
  Result<WhyAnswer> unmatched(const ShardPin& product) {
    AISLE_TRY(const std::vector<std::string> own, words_of(product.hit));
    AISLE_TRY(const bool demanded, fails_demand());
    if (demanded) return answer_;
    const ParsedQuery& query = answered_.query;
    for (std::size_t i = 0; i < query.words.size(); ++i) {
      if (phrase_at(query.phrases, i) != nullptr) continue;
      const std::string& word = query.words[i];
      const bool last = query.last_is_open && i + 1 == query.words.size();
      AISLE_TRY(Plan plan,
                planner_.plan({{word}, answered_.request.typos, answered_.request.prefix && last}));
      AISLE_TRY(const auto alone, look(std::make_shared<const Plan>(std::move(plan)), {}));
      if (alone && alone->matches) continue;
      return missing_word(word, own);
    }
    return say(
        "unmatched",
        "each word matches it alone, but not all together: misspellings are tried only when little is found");
  }

  // Whether a phrase or an exclusion keeps it out, and then which.
  Result<bool> fails_demand() {
    for (const Demand& demand : answered_.ask.plan->demands) {
      Plan alone;
      alone.demands = {demand};
      AISLE_TRY(const auto product, look(std::make_shared<const Plan>(std::move(alone)), {}));
      if (product && product->matches) continue;
      answer_.stage = "unmatched";
      answer_.word = demand.text;
      answer_.sentence = demand.excluded
                             ? fmt::format("it holds \"{}\", which the query leaves out", demand.text)
                             : fmt::format("it does not hold \"{}\" as it stands in quotes", demand.text);
      return true;
    }
    return false;
  }

  Result<WhyAnswer> missing_word(const std::string& word, const std::vector<std::string>& own) {
    answer_.word = word;
    answer_.closest_typos = nearest_typos_max + 1;
    for (const std::string& term : own) {
      const int typos = typo_distance(word, term, nearest_typos_max, false);
      if (typos >= answer_.closest_typos) continue;
      answer_.closest_typos = typos;
      answer_.closest_term = term;
    }
    std::string sentence = fmt::format("no searched field of it holds \"{}\"", word);
    if (answer_.closest_term.empty()) {
      answer_.closest_typos = 0;
      return say("unmatched", std::move(sentence));
    }
    sentence +=
        fmt::format("; closest is \"{}\", {} edits away", answer_.closest_term, answer_.closest_typos);
    if (typos_allowed(word, lengths()) < answer_.closest_typos)
      sentence += fmt::format(", and \"{}\" may be off by {}", word, typos_allowed(word, lengths()));
    return say("unmatched", std::move(sentence));
  }

  TypoLengths lengths() const {
    return answered_.view.ranking ? answered_.view.ranking->typo_lengths : TypoLengths();
  }

  Result<json> record_of(const ShardHit& hit) {
    FetchRequest fetch;
    fetch.plan = answered_.ask.plan;
    AISLE_TRY(const std::vector<FetchedProduct> products, shards_.fetch(fetch, std::span(&hit, 1)));
    if (products.empty() || !products.front().found) return json::object();
    return parse_json(products.front().json, {.bytes_max = 4U << 20U});
  }

  Result<std::vector<std::string>> words_of(const ShardHit& hit) {
    AISLE_TRY(const json record, record_of(hit));
    std::vector<std::string> words;
    add_words(record, *answered_.view.context->analyzer, words);
    return words;
  }

  // The first conjunct that the product fails: the shopper's, then those of rules.
  Result<bool> find_clause() {
    for (const Conjunct& conjunct : answered_.ask.filter.conjuncts) {
      AISLE_TRY(const bool passes, passes_alone(conjunct));
      if (!passes) return true;
    }
    for (std::size_t i = 0; effects() != nullptr && i < effects()->filters.size(); ++i) {
      const RuleFilter& rule = effects()->filters[i];
      AISLE_TRY(const Filter filter, compile_filter(rule.text, *answered_.view.context->schema, {}));
      for (const Conjunct& conjunct : filter.conjuncts) {
        AISLE_TRY(const bool passes, passes_alone(conjunct));
        if (passes) continue;
        answer_.rule = rule.rule;
        answer_.sentence += fmt::format(", which rule \"{}\" asks for", rule.rule);
        return true;
      }
    }
    return false;
  }

  Result<bool> passes_alone(const Conjunct& conjunct) {
    AISLE_TRY(const auto product, look(answered_.ask.plan, {conjunct}));
    if (!product || product->state == PinState::Placed) return true;
    answer_.stage = "filtered";
    answer_.clause = filter_text(conjunct.node);
    answer_.sentence = "it fails " + answer_.clause;
    if (conjunct.field == nullptr) return false;
    AISLE_TRY(const auto plain, look(answered_.ask.plan, {}));
    AISLE_TRY(const json record, record_of(plain->hit));
    const auto value = record.find(conjunct.field->name);
    answer_.sentence += fmt::format("; its {} is {}", conjunct.field->name,
                                    value == record.end() ? "missing" : dump_json(*value));
    return false;
  }

  // Its place in the whole list, as far as one can page.
  Result<WhyAnswer> place(const ShardPin& product, bool pinned) {
    answer_.score = product.hit.score;
    MatchRequest ask = answered_.ask;
    ask.window = answered_.window_max;
    ask.fetch.reset();
    AISLE_TRY(MatchResult found, shards_.match(ask));
    keep_best(ask, found.best, ask.window);
    std::vector<ShardHit> list =
        effects() == nullptr ? found.best : with_pins(found.best, found.pins, *effects());
    const auto at = std::ranges::find(list, id_, &ShardHit::id);
    const auto last = static_cast<std::size_t>(answered_.request.page * answered_.request.per_page);
    if (at == list.end()) {
      const std::string why = pinned && !product.matches
                                  ? "its pin was dropped"
                                  : fmt::format("it stands behind place {}", ask.window);
      return say(pinned && !product.matches ? "unmatched" : "outranked", why);
    }
    answer_.rank = static_cast<std::uint64_t>(at - list.begin()) + 1;
    const std::string here = fmt::format("it is number {} with score {}", answer_.rank, answer_.score);
    if (answer_.rank <= last || last == 0) return say("listed", here);
    const ShardHit& before = list[last - 1];
    return say("outranked", fmt::format("{}; the last of the page is number {}, \"{}\", with score {}", here,
                                        last, before.id, before.score));
  }

  const Answered& answered_;
  Planner& planner_;
  ShardSearch& shards_;
  const std::string& id_;
  WhyAnswer answer_;
  std::vector<std::vector<std::shared_ptr<const std::deque<std::string>>>> texts_;  // that hits look at
};

}  // namespace

Result<WhyAnswer> explain_absence(const Answered& answered, Planner& planner, ShardSearch& shards) {
  return Inquiry(answered, planner, shards).run();
}

}  // namespace aisle
