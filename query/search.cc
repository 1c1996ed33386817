#include "query/search.h"

#include <algorithm>
#include <map>

#include "query/highlight.h"
#include "query/pin_page.h"
#include "query/planner.h"
#include "query/request_check.h"
#include "query/rules.h"
#include "query/typo_walk.h"
#include "query/why.h"

namespace aisle {
namespace {

// One request on its way through the stages.
class Search {
 public:
  Search(const View& view, const SearchRequest& request, const QueryLimits& limits, ShardSearch& shards)
      : view_(view),
        request_(request),
        limits_(limits),
        shards_(shards),
        ranking_(view.ranking.get()),
        planner_(*view.context, *view.statistics, limits, shards, ranking_) {}

  Result<SearchResult> run() {
    AISLE_TRY(ask_, compile_request(request_, *view_.context->schema, limits_));
    result_.page = request_.page;
    result_.per_page = request_.per_page;
    AISLE_CHECK(find_matches());
    AISLE_CHECK(fill_page());
    result_.total = matches_.total;
    for (const FacetCounter& counter : matches_.facets) {
      result_.facets.push_back(
          counter.result(selected_values(ask_.filter, counter.field()), ask_.facet_values));
    }
    if (!request_.why.empty()) {
      AISLE_TRY(result_.why, explain_absence({view_, request_, ask_, words_, limits_.window_max}, planner_, shards_));
    }
    result_.coverage = shards_.coverage();
    result_.lsn = shards_.lsn();
    return std::move(result_);
  }

 private:
  // Literal first; misspellings when that finds little; then words are left out one by one.
  Status find_matches() {
    ParsedQuery parsed = parse_query(request_.q, *view_.context->analyzer, limits_);
    result_.ignored_words = std::move(parsed.ignored_words);
    result_.truncated_query = parsed.truncated;
    words_ = parsed.words;
    AISLE_CHECK(choose_rules(parsed.words));
    AISLE_CHECK(match_words(parsed.words));
    const Relaxation relaxation = ranking_ != nullptr ? ranking_->relaxation : Relaxation::Frequency;
    if (matches_.found > 0 || parsed.words.size() < 2 || relaxation == Relaxation::None) return {};
    AISLE_TRY(const std::vector<std::string> order, relaxation == Relaxation::Last
                                                        ? last_words(parsed.words)
                                                        : words_to_drop(parsed.words));
    AISLE_TRY(const std::size_t dropped, drops_until_found(parsed.words, order));
    if (dropped == 0) return {};
    for (std::size_t i = 0; i < dropped; ++i) std::erase(parsed.words, order[i]);
    result_.dropped_words.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(dropped));
    return match_words(parsed.words);
  }

  // What rules do is settled by the words as they were typed, whatever is left out of them later.
  Status choose_rules(const std::vector<std::string>& words) {
    if (ranking_ == nullptr) return {};
    RulesChosen chosen = aisle::choose_rules(
        *ranking_, {words, ask_.filter, request_.context, request_.clock.value_or(0), !ask_.sort.empty()});
    result_.rules = std::move(chosen.rules);
    result_.rules_left_out = chosen.rules_left_out;
    result_.redirect = std::move(chosen.redirect);
    result_.user_data = std::move(chosen.user_data);
    if (request_.explain) result_.dropped_pins = std::move(chosen.lost_pins);
    AISLE_TRY(ask_.effects, ShardEffects::create(std::move(chosen.effects), *view_.context->schema));
    return {};
  }

  // Whether misspellings of these words are tried when they find little.
  bool is_bendable(const std::vector<std::string>& words) const {
    const TypoLengths lengths = ranking_ != nullptr ? ranking_->typo_lengths : TypoLengths();
    return request_.typos &&
           std::ranges::any_of(words, [&](const std::string& word) { return typos_allowed(word, lengths) > 0; });
  }

  // Whether the statistics already tell that misspellings will be wanted.
  bool is_unheard_of(const std::vector<std::string>& words) const {
    return std::ranges::any_of(
        words, [&](const std::string& word) { return view_.statistics->frequency(word) == 0; });
  }

  Result<MatchResult> match(Plan plan) {
    ask_.plan = std::make_shared<const Plan>(std::move(plan));
    if (ask_.window > 0)
      ask_.fetch = FetchRequest{ask_.plan, ask_.effects, !ask_.sort.empty(), request_.explain};
    return shards_.match(ask_);
  }

  Status match_words(const std::vector<std::string>& words) {
    const bool bendable = is_bendable(words);
    std::vector<PlanAsk> asks = {{words, false, request_.prefix}};
    if (bendable && shards_.is_far() && is_unheard_of(words)) asks.push_back({words, true, request_.prefix});
    AISLE_TRY(std::vector<Plan> plans, planner_.plans(asks));
    AISLE_TRY(matches_, match(std::move(plans.front())));
    result_.typos = 0;
    const std::uint64_t threshold = ranking_ != nullptr ? ranking_->typo_threshold : typo_threshold;
    if (!bendable || matches_.found >= threshold) return {};
    const std::shared_ptr<const Plan> literal = ask_.plan;
    AISLE_TRY(Plan bent, planner_.plan({words, true, request_.prefix}));
    AISLE_TRY(MatchResult more, match(std::move(bent)));
    if (more.found == matches_.found) {
      ask_.plan = literal;
      return {};
    }
    matches_ = std::move(more);
    result_.typos = ask_.plan->typos_max;
    return {};
  }

  // From the last to the second, each once.
  static Result<std::vector<std::string>> last_words(const std::vector<std::string>& words) {
    std::vector<std::string> order;
    for (auto word = words.rbegin(); word != words.rend(); ++word) {
      if (std::ranges::find(order, *word) == order.end()) order.push_back(*word);
    }
    order.pop_back();
    return order;
  }

  // Words that nothing matches first, then the most common, then those that name a brand or another keyword;
  // the most telling one that matches stays, and one stays in any case: a query of nothing but unknown words
  // finds nothing, not everything.
  Result<std::vector<std::string>> words_to_drop(const std::vector<std::string>& words) {
    constexpr std::uint32_t keyword_rank = 1U << 20U;
    std::vector<PlanAsk> asks;
    for (std::size_t i = 0; i < words.size(); ++i)
      asks.push_back({{words[i]}, request_.typos, request_.prefix && i + 1 == words.size()});
    AISLE_TRY(const std::vector<PlanCount> counts, count(asks));
    std::map<std::string, std::uint32_t> ranks;  // a word that comes twice is one, as good as its better place
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::uint32_t rank = view_.statistics->inverse_frequency(words[i]) +
                                 (counts[i].names_keyword ? keyword_rank : 0);
      std::uint32_t& kept = ranks[words[i]];
      kept = std::max(kept, counts[i].matches == 0 ? 0 : rank);
    }
    std::vector<std::pair<std::uint32_t, std::string>> order;
    for (const auto& [word, rank] : ranks) order.emplace_back(rank, word);
    std::ranges::sort(order);
    order.pop_back();
    std::vector<std::string> dropped;
    for (auto& entry : order) dropped.push_back(std::move(entry.second));
    return dropped;
  }

  // How many words of `order` must go until something is found; 0: nothing is, whatever goes. Far shards are
  // asked for all steps at once, near ones for one after the other.
  Result<std::size_t> drops_until_found(std::vector<std::string> words,
                                        const std::vector<std::string>& order) {
    const std::size_t steps_at_once = shards_.is_far() ? std::max<std::size_t>(order.size(), 1) : 1;
    for (std::size_t begin = 0; begin < order.size(); begin += steps_at_once) {
      std::vector<PlanAsk> asks;
      for (std::size_t step = begin; step < std::min(begin + steps_at_once, order.size()); ++step) {
        std::erase(words, order[step]);
        asks.push_back({words, is_bendable(words), request_.prefix});
      }
      AISLE_TRY(const std::vector<PlanCount> counts, count(asks));
      const auto found = std::ranges::find_if(counts, [](const PlanCount& some) { return some.matches > 0; });
      if (found != counts.end()) return begin + static_cast<std::size_t>(found - counts.begin()) + 1;
    }
    return std::size_t{0};
  }

  Result<std::vector<PlanCount>> count(const std::vector<PlanAsk>& asks) {
    CountRequest request;
    AISLE_TRY(request.plans, planner_.plans(asks));
    return shards_.count(request);
  }

  // The page out of the best of all shards; only its products are fetched.
  Status fill_page() {
    std::vector<ShardHit>& best = matches_.best;
    keep_best(ask_, best, ask_.window);
    if (ask_.effects && !ask_.effects->data().pins.empty()) place_pins(best);
    const auto skipped = static_cast<std::size_t>((request_.page - 1) * request_.per_page);
    if (best.size() <= skipped || !ask_.fetch) return {};
    const auto page = std::span<const ShardHit>(best).subspan(skipped);
    ask_.fetch->plan = ask_.plan;
    AISLE_TRY(std::vector<FetchedProduct> products, shards_.fetch(*ask_.fetch, page));
    const Highlighter highlighter(*ask_.plan, *view_.context, request_, limits_);
    for (std::size_t i = 0; i < page.size(); ++i) {
      FetchedProduct& product = products[i];
      if (!product.found) continue;
      Hit hit;
      hit.id = page[i].id;
      hit.score = ask_.fetch->score ? product.score : page[i].score;
      hit.typos = ask_.fetch->score ? product.typos : page[i].typos;
      hit.product = std::move(product.json);
      hit.explain = std::move(product.explain);
      hit.pinned = page[i].pinned;
      if (hit.pinned && request_.explain) explain_pin(ask_.effects->data(), hit);
      if (request_.highlight) hit.highlight = highlighter.highlight(hit.product);
      result_.hits.push_back(std::move(hit));
    }
    return {};
  }

  void place_pins(std::vector<ShardHit>& best) {
    const RankingEffects& effects = ask_.effects->data();
    best = with_pins(best, matches_.pins, effects);
    if (best.size() > ask_.window) best.resize(ask_.window);
    if (!request_.explain) return;
    std::ranges::move(dropped_pins(matches_.pins, effects), std::back_inserter(result_.dropped_pins));
  }

  const View& view_;
  const SearchRequest& request_;
  const QueryLimits& limits_;
  ShardSearch& shards_;
  const Ranking* ranking_;
  Planner planner_;
  std::vector<std::string> words_;  // of the query
  MatchRequest ask_;
  MatchResult matches_;
  SearchResult result_;
};

}  // namespace

Result<SearchResult> search(const View& view, const SearchRequest& request, const QueryLimits& limits,
                            ShardSearch& shards) {
  return Search(view, request, limits, shards).run();
}

Result<SearchResult> search(const View& view, const SearchRequest& request, const QueryLimits& limits,
                            Deadline deadline) {
  LocalShardSearch shards(view, deadline);
  return search(view, request, limits, shards);
}

Result<std::optional<std::string>> find_product(ShardSearch& shards, std::string_view id) {
  const FetchRequest request{std::make_shared<const Plan>(), nullptr, false, false};
  AISLE_TRY(std::vector<FetchedProduct> products, shards.fetch_by_id(request, std::span(&id, 1)));
  if (!products.front().found) return std::optional<std::string>();
  return std::optional(std::move(products.front().json));
}

std::optional<std::string> find_product(const View& view, std::string_view id) {
  LocalShardSearch shards(view, Deadline::never());
  return find_product(shards, id).value();
}

}  // namespace aisle
