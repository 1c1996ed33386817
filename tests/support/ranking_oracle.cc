#include "tests/support/ranking_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "query/planner.h"

namespace aisle::test {
namespace {

using nlohmann::json;

std::string some_id(const std::vector<Document>& documents, Random& random) {
  return documents.empty() || random.chance(10) ? "nobody" : documents[random.below(documents.size())].id;
}

json boost_json(const OracleBoost& boost, Random& random) {
  json entry = {{"factor", boost.thousandths / 1000.0}};
  if (boost.filter) {
    entry["filter"] = text_of(*boost.filter, random);
  } else {
    entry["ids"] = boost.ids;
  }
  return entry;
}

json rule_json(const OracleRule& rule, Random& random) {
  json then = {{"with_sort", rule.with_sort}, {"yield_out_of_stock", rule.yields}, {"user_data", rule.id}};
  for (const auto& [position, id] : rule.pins) then["pin"].push_back({{"id", id}, {"position", position}});
  if (!rule.hidden.empty()) then["hide"] = rule.hidden;
  for (const OracleBoost& boost : rule.boosts)
    then[boost.thousandths > 1000 ? "boost" : "bury"].push_back(boost_json(boost, random));
  if (rule.filter) then["filter"] = text_of(*rule.filter, random);
  json when = json::object();
  if (!rule.kind.empty()) when["query"][rule.kind] = rule.words;
  return {{"id", rule.id}, {"priority", rule.priority}, {"when", when}, {"then", then}};
}

OracleRule random_rule(RandomCatalogue& products, const std::vector<Document>& documents, Random& random) {
  OracleRule rule;
  rule.priority = static_cast<int>(random.between(-1, 1));
  if (random.chance(60)) {
    rule.kind = random.one_of<std::string>({"equals", "contains", "starts_with"});
    rule.words = products.words(1, 2);
  }
  rule.with_sort = random.chance(30);
  rule.yields = random.chance(70);
  std::set<std::string> pinned;
  std::set<std::int64_t> positions;
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    const std::string id = some_id(documents, random);
    const std::int64_t position = random.between(1, 12);
    if (!pinned.contains(id) && positions.insert(position).second) rule.pins.emplace_back(position, id);
    pinned.insert(id);
  }
  std::ranges::sort(rule.pins);
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    const std::string id = some_id(documents, random);
    if (!pinned.contains(id)) rule.hidden.insert(id);
  }
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    OracleBoost& boost = rule.boosts.emplace_back();
    if (random.chance(50)) {
      boost.filter = products.filter(1);
    } else {
      boost.ids = {some_id(documents, random), some_id(documents, random)};
    }
    boost.thousandths =
        static_cast<int>(random.chance(50) ? random.between(1001, 100'000) : random.between(0, 999));
  }
  // boosts stand before buries in a document
  std::ranges::stable_partition(rule.boosts,
                                [](const OracleBoost& boost) { return boost.thousandths > 1000; });
  if (random.chance(20)) rule.filter = products.filter(1);
  return rule;
}

json random_signals(Random& random) {
  json signals = json::array();
  const auto weight = [&] { return random.between(1, random.chance(20) ? 1000 : 60); };
  if (random.chance(40))
    signals.push_back({{"field", "price"},
                       {"kind", "linear"},
                       {"weight", weight()},
                       {"from", 50},
                       {"to", 0.5},
                       {"missing", 0.3}});
  if (random.chance(40))
    signals.push_back({{"field", "stock"}, {"kind", "log"}, {"weight", weight()}, {"to", 20}});
  if (random.chance(40))
    signals.push_back({{"field", "released"},
                       {"kind", "decay"},
                       {"weight", weight()},
                       {"origin", "now"},
                       {"half_life", "400d"}});
  if (random.chance(40)) signals.push_back({{"field", "organic"}, {"kind", "boolean"}, {"weight", weight()}});
  return signals;
}

}  // namespace

RandomRanking random_ranking(const Catalogue& catalogue, RandomCatalogue& products,
                             const std::vector<Document>& documents, Random& random) {
  for (;;) {
    RandomRanking ranking;
    json rules = json::array();
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      OracleRule rule = random_rule(products, documents, random);
      rule.id = "r" + std::to_string(i);
      rules.push_back(rule_json(rule, random));
      ranking.rules.push_back(std::move(rule));
    }
    ranking.document = json{
        {"index", "random"},
        {"stock", random.chance(50) ? "stock" : "organic"},
        {"profile", {{"signals", random_signals(random)}}},
        {"rules", rules}}.dump();
    const auto config = RankingConfig::parse(ranking.document);
    EXPECT_TRUE(config) << config.error().message << "\n" << ranking.document;
    auto compiled = Ranking::compile(*config, catalogue.context(), 1);
    if (!compiled) continue;  // a pin that another rule hides, a pattern without a word
    ranking.compiled = std::move(*compiled);
    return ranking;
  }
}

struct RankingOracle::Asked {
  const SearchRequest& request;
  const std::optional<OracleFilter>& filter;
  const RandomRanking& ranking;
  std::vector<std::string> words;
  std::vector<const OracleRule*> rules;
  std::map<std::string, Hit> matches;  // of the words, whatever the filter
};

RankingOracle::RankingOracle(const IndexContext& context, std::vector<Document> documents,
                             const QueryLimits& limits)
    : context_(context), limits_(limits), oracle_(context, std::move(documents), limits) {}

std::vector<const OracleRule*> RankingOracle::holding(const Asked& asked) const {
  std::vector<const OracleRule*> rules;
  for (const OracleRule& rule : asked.ranking.rules) {
    std::vector<std::string> words;
    for (const Token& token : context_.analyzer->query_tokens(rule.words)) words.push_back(token.text);
    const auto found = std::search(asked.words.begin(), asked.words.end(), words.begin(), words.end());
    const bool contains = found != asked.words.end() || words.empty();
    const bool holds = rule.kind.empty() || (rule.kind == "equals" && words == asked.words) ||
                       (rule.kind == "contains" && contains) ||
                       (rule.kind == "starts_with" && contains && found == asked.words.begin());
    if (holds) rules.push_back(&rule);
  }
  std::ranges::sort(rules, [](const OracleRule* a, const OracleRule* b) {
    return a->priority != b->priority ? a->priority > b->priority : a->id < b->id;
  });
  return rules;
}

std::int64_t RankingOracle::adjusted(const Asked& asked, const Document& document, std::int64_t score) const {
  const auto& signals = asked.ranking.compiled->signals;
  std::vector<const OracleBoost*> boosts;
  for (const OracleRule* rule : asked.rules) {
    for (const OracleBoost& boost : rule->boosts) boosts.push_back(&boost);
  }
  if (signals.empty() && boosts.empty()) return score;
  const std::int64_t tier = score / 1'000'000 * 1'000'000;
  __extension__ using Wide = __int128;
  Wide points = asked.words.empty() ? 10'000 : score - tier;
  Wide gain = 0;
  for (const Signal& signal : signals) {
    const Field& field = context_.schema->fields[signal.field];
    gain += points * signal.weight *
            signal_value(signal, number_of(document, field), asked.request.clock.value_or(0));
  }
  points += gain / (100 * 65536);
  for (const OracleBoost* boost : boosts) {
    const bool named = boost->filter ? passes(*boost->filter, document) : boost->ids.contains(document.id);
    if (named) points = points * boost->thousandths / 1000;
  }
  return tier + static_cast<std::int64_t>(std::min<Wide>(points, 999'999));
}

std::vector<Document> RankingOracle::in_order(const Asked& asked, std::vector<Document> organic) const {
  const std::map<std::string, Document> by_id = [&] {
    std::map<std::string, Document> map;
    for (const Document& document : organic) map[document.id] = document;
    return map;
  }();
  SearchRequest browse;
  browse.sort = asked.request.sort;
  browse.per_page = static_cast<std::int64_t>(organic.size() + 1);
  std::vector<Document> ordered;
  for (const Hit& hit : SearchOracle(context_, organic, limits_).search(browse, {}).hits)
    ordered.push_back(by_id.at(hit.id));
  return ordered;
}

// A facet counts what passes everything but the conditions on itself.
void RankingOracle::add_facets(const Asked& asked, const std::vector<Document>& pool,
                               SearchResult& result) const {
  for (const std::string& name : asked.request.facets) {
    SearchRequest browse;
    browse.facets = {name};
    browse.facet_values = asked.request.facet_values;
    result.facets.push_back(
        SearchOracle(context_, pool, limits_).search(browse, asked.filter).facets.front());
  }
}

// Slots and products go to the first rule that asks for them.
RankingOracle::PinPlan RankingOracle::plan_pins(const Asked& asked) const {
  PinPlan plan;
  for (const OracleRule* rule : asked.rules) plan.hidden.insert(rule->hidden.begin(), rule->hidden.end());
  for (const OracleRule* rule : asked.rules) {
    for (const auto& [position, id] : rule->pins) {
      const bool acts = asked.request.sort.empty() || rule->with_sort;
      if (!acts || plan.hidden.contains(id) || plan.slots.contains(position) || plan.pinned.contains(id))
        continue;
      plan.slots[position] = id;
      plan.pinned.insert(id);
      if (!rule->yields) plan.unyielding.insert(id);
    }
  }
  return plan;
}

// What the shopper could see but for his filter: `pool`. Of it, with the filter, the pins and the others.
RankingOracle::Products RankingOracle::select(const Asked& asked, const PinPlan& plan) const {
  Products products;
  for (const Document& document : oracle_.documents()) {
    const std::int64_t stock = number_of(document, *asked.ranking.compiled->stock);
    const bool in_stock = stock == missing_number || stock > 0 || plan.unyielding.contains(document.id);
    const bool pin = plan.pinned.contains(document.id) && in_stock;
    if (plan.hidden.contains(document.id) || (!asked.matches.contains(document.id) && !pin)) continue;
    const bool passes_rules = std::ranges::all_of(asked.rules, [&](const OracleRule* rule) {
      return !rule->filter || passes(*rule->filter, document);
    });
    if (!passes_rules) continue;
    products.pool.push_back(document);
    if (asked.filter && !passes(*asked.filter, document)) continue;
    if (pin) products.placed[document.id] = document;
    if (!pin) products.organic.push_back(document);
  }
  return products;
}

std::int64_t RankingOracle::score_of(const Asked& asked, const Document& document) const {
  const auto match = asked.matches.find(document.id);
  return match == asked.matches.end() ? 0 : adjusted(asked, document, match->second.score);
}

// Slot by slot: the pin that is due, else the next of the others.
std::vector<Document> RankingOracle::list(const Asked& asked, PinPlan plan, Products products) const {
  std::vector<Document>& organic = products.organic;
  std::ranges::stable_sort(organic, [&](const Document& a, const Document& b) {
    return std::pair(-score_of(asked, a), a.id) < std::pair(-score_of(asked, b), b.id);
  });
  if (!asked.request.sort.empty()) organic = in_order(asked, std::move(organic));
  auto& slots = plan.slots;
  std::erase_if(slots, [&](const auto& slot) { return !products.placed.contains(slot.second); });
  std::vector<Document> list;
  std::size_t next = 0;
  while (next < organic.size() || !slots.empty()) {
    const auto here = static_cast<std::int64_t>(list.size()) + 1;
    if (!slots.empty() && (slots.begin()->first <= here || next == organic.size())) {
      list.push_back(products.placed[slots.begin()->second]);
      slots.erase(slots.begin());
    } else {
      list.push_back(organic[next++]);
    }
  }
  return list;
}

SearchResult RankingOracle::search(const SearchRequest& request, const std::optional<OracleFilter>& filter,
                                   const RandomRanking& ranking) const {
  Asked asked{request, filter, ranking, parse_query(request.q, *context_.analyzer, limits_).words, {}, {}};
  asked.rules = holding(asked);
  SearchRequest everything;
  everything.q = request.q;
  everything.typos = request.typos;
  everything.sort = request.sort;
  everything.per_page = static_cast<std::int64_t>(oracle_.documents().size() + 1);
  SearchResult result = oracle_.search(everything, {});
  for (const Hit& hit : result.hits) asked.matches[hit.id] = hit;
  result.hits.clear();
  result.page = request.page;
  result.per_page = request.per_page;
  for (const OracleRule* rule : asked.rules) result.rules.push_back(rule->id);
  const PinPlan plan = plan_pins(asked);
  const Products products = select(asked, plan);
  result.total = products.organic.size() + products.placed.size();
  const std::vector<Document> all = list(asked, plan, products);
  const auto begin = static_cast<std::size_t>((request.page - 1) * request.per_page);
  const auto missing_of = [&](const Document& document) {
    const auto match = asked.matches.find(document.id);
    return match == asked.matches.end() ? std::vector<std::string>() : match->second.missing;
  };
  const auto best = std::ranges::min_element(products.organic, [&](const Document& a, const Document& b) {
    return std::pair(-score_of(asked, a), a.id) < std::pair(-score_of(asked, b), b.id);
  });
  result.dropped_words.clear();
  if (request.per_page > 0 && request.sort.empty() && best != products.organic.end())
    result.dropped_words = missing_of(*best);
  if (request.per_page > 0 && !request.sort.empty() && begin < all.size())
    result.dropped_words = missing_of(all[begin]);
  for (std::size_t i = begin; i < std::min(all.size(), begin + static_cast<std::size_t>(request.per_page));
       ++i) {
    Hit hit;
    hit.id = all[i].id;
    hit.score = score_of(asked, all[i]);
    hit.typos = asked.matches.contains(hit.id) ? asked.matches.at(hit.id).typos : 0;
    hit.missing = missing_of(all[i]);
    hit.pinned = products.placed.contains(hit.id);
    result.hits.push_back(std::move(hit));
  }
  add_facets(asked, products.pool, result);
  return result;
}

}  // namespace aisle::test
