#include "query/search.h"

#include <algorithm>
#include <array>
#include <optional>

#include "query/code_answer.h"
#include "query/did_you_mean.h"
#include "query/highlight.h"
#include "query/pin_page.h"
#include "query/planner.h"
#include "query/request_check.h"
#include "query/rules.h"
#include "query/typo_walk.h"
#include "query/why.h"

namespace aisle {
namespace {

constexpr int first_word_share = 50;  // where words are left out from the end: the first outweighs all others
constexpr auto nearest_shares = std::to_array({80, 65, 50, 40});

// One request on its way through the stages.
class Search {
 public:
  Search(const View& view, const SearchRequest& request, const QueryLimits& limits, ShardSearch& shards,
         SoftTime soft)
      : view_(view),
        request_(request),
        limits_(limits),
        shards_(shards),
        soft_(soft),
        ranking_(view.ranking.get()),
        planner_(*view.context, *view.statistics, limits, shards,
                 {ranking_, view.context->analyzer_of(request.language)}) {}

  Result<SearchResult> run() {
    AISLE_CHECK(check_language(request_.language, *view_.context->schema));
    AISLE_TRY(ask_, compile_request(request_, *view_.context->schema, limits_));
    result_.page = request_.page;
    result_.per_page = request_.per_page;
    AISLE_CHECK(find_matches());
    AISLE_CHECK(fill_page());
    result_.total = matches_.total;
    for (std::size_t i = 0; i < matches_.facets.size(); ++i) {
      const FacetCounter& counter = matches_.facets[i];
      if (matches_.uncounted[i]) {
        leave_out("facets." + counter.field().name);
        continue;
      }
      result_.facets.push_back(
          counter.result(selected_values(ask_.filter, counter.field()), ask_.facet_values));
    }
    if (!request_.why.empty()) {
      AISLE_TRY(result_.why,
                explain_absence({view_, request_, ask_, query_, limits_.window_max}, planner_, shards_));
    }
    result_.coverage = shards_.coverage();
    result_.lsn = shards_.lsn();
    return std::move(result_);
  }

 private:
  Status find_matches() {
    query_ = parse_query(request_.q, planner_.analyzer(), limits_);
    result_.ignored_words = query_.ignored_words;
    result_.truncated_query = query_.truncated;
    for (const Phrase& phrase : query_.phrases) result_.phrases.push_back(phrase.text);
    for (const Exclusion& exclusion : query_.excluded) result_.excluded.push_back(exclusion.text);
    code_ = trade_code_of(query_, *view_.context->schema);
    AISLE_CHECK(choose_rules(query_.words));
    AISLE_CHECK(match_words());
    AISLE_CHECK(look_for_another_spelling());
    if (!code_) return {};
    AISLE_TRY(result_.code, answer_code(*code_, matches_.found > 0, planner_));
    return {};
  }

  // Where words of two typos were given up, what they may have been meant to be is not known whole.
  Status look_for_another_spelling() {
    if (!request_.did_you_mean || !literal_found_ || request_.per_page == 0) return {};
    bool done = false;
    if (!bent_less_) {
      AISLE_TRY(done, in_time(shards_, soft_.end, [&]() -> Status {
                  AISLE_TRY(
                      result_.did_you_mean,
                      did_you_mean({view_, request_, limits_, query_, *literal_found_}, planner_, shards_));
                  return {};
                }));
    }
    if (!done) leave_out("did_you_mean");
    return {};
  }

  void leave_out(std::string part) {
    std::vector<std::string>& parts = result_.degraded;
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(std::move(part));
  }

  PlanAsk plan_ask(bool typos, int share) const {
    return {query_.words, typos,          request_.prefix && query_.last_is_open,
            share,        query_.phrases, query_.excluded};
  }

  // Whether it holds of some word that is not quoted.
  template <class Holds>
  bool any_free_word(Holds&& holds) const {
    for (std::size_t i = 0; i < query_.words.size(); ++i) {
      if (phrase_at(query_.phrases, i) == nullptr && holds(query_.words[i])) return true;
    }
    return false;
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

  // By how many typos words are tried when they find little.
  int typos_wanted() const {
    if (!request_.typos) return 0;
    const TypoLengths lengths = ranking_ != nullptr ? ranking_->typo_lengths : TypoLengths();
    int most = 0;
    any_free_word([&](const std::string& word) {
      most = std::max(most, typos_allowed(word, lengths));
      return false;
    });
    return most;
  }

  // Whether the statistics already tell that misspellings will be wanted.
  bool is_unheard_of() const {
    return any_free_word([&](const std::string& word) { return view_.statistics->frequency(word) == 0; });
  }

  Result<MatchResult> match(Plan plan) {
    ask_.plan = std::make_shared<const Plan>(std::move(plan));
    if (ask_.window > 0)
      ask_.fetch = FetchRequest{ask_.plan, ask_.effects, !ask_.sort.empty(), request_.explain};
    return shards_.match(ask_);
  }

  // All words literally; where that finds little, misspellings and products that lack words, too.
  Status match_words() {
    const std::uint64_t typo_least = ranking_ != nullptr ? ranking_->typo_threshold : typo_threshold;
    const int typos = typos_wanted();
    const bool bendable = typos > 0;
    const RelaxationPolicy relaxation = ranking_ != nullptr ? ranking_->relaxation : RelaxationPolicy();
    const auto below = static_cast<std::uint64_t>(relaxation.below);
    const bool relaxable = query_.words.size() > 1 && !code_ && below > 0 &&
                           relaxation.words != Relaxation::None &&
                           any_free_word([](const std::string&) { return true; });
    const int enough = relaxation.words == Relaxation::Last ? first_word_share : relaxation.share;
    const int share = relaxable && request_.sort.empty() ? enough : Plan::share_all;
    std::vector<PlanAsk> asks = {plan_ask(false, Plan::share_all)};
    ask_.facets_until = soft_.end;
    if (bendable && shards_.is_far() && is_unheard_of()) asks.push_back(plan_ask(true, share));
    AISLE_TRY(std::vector<Plan> plans, planner_.plans(asks));
    AISLE_TRY(matches_, match(std::move(plans.front())));
    const std::uint64_t literal = matches_.found;
    const bool bend = bendable && literal < typo_least;
    if (bend) literal_found_ = literal;
    if (bend || (share < Plan::share_all && literal < below)) {
      const PlanAsk ask = plan_ask(bend, literal < below ? share : Plan::share_all);
      AISLE_CHECK(
          match_more(bend ? typos : 0, ask.share < Plan::share_all, [&] { return match_wider(ask); }));
    }
    if (matches_.found > 0 || !relaxable || request_.sort.empty()) return {};
    return match_more(0, true, [&] { return match_nearest(bend, enough); });
  }

  // A wider match with all of its facets, or one of fewer typos, or what there was before it.
  template <class Wider>
  Status match_more(int typos, bool relaxes, Wider&& wider) {
    const std::shared_ptr<const Plan> before = ask_.plan;
    ask_.facets_until = Deadline::never();
    AISLE_TRY(bool done, in_time(shards_, typos > 1 ? soft_.two_typos : soft_.end, wider));
    if (done) return {};
    ask_.plan = before;
    if (typos > 1) {
      planner_.bend_less();
      bent_less_ = true;
      AISLE_TRY(done, in_time(shards_, soft_.end, wider));
      if (!done) ask_.plan = before;
    }
    if (done) {
      leave_out("two_typos");
      return {};
    }
    if (typos > 0) leave_out("typos");
    if (relaxes) leave_out("relaxation");
    return {};
  }

  // Keeps what there is when it is all there is.
  Status match_wider(const PlanAsk& ask) {
    const std::shared_ptr<const Plan> narrow = ask_.plan;
    AISLE_TRY(Plan wide, planner_.plan(ask));
    AISLE_TRY(MatchResult more, match(std::move(wide)));
    if (more.found == matches_.found) {
      ask_.plan = narrow;
      return {};
    }
    matches_ = std::move(more);
    if (ask.typos) result_.typos = ask_.plan->typos_max;
    return {};
  }

  // Under another order than by relevance nothing keeps what fits badly from the top. So there only what
  // comes nearest counts, and only where nothing has all words.
  Status match_nearest(bool typos, int enough) {
    std::vector<PlanAsk> asks;
    for (const int share : nearest_shares) {
      if (share > enough) asks.push_back(plan_ask(typos, share));
    }
    asks.push_back(plan_ask(typos, enough));
    AISLE_TRY(const std::vector<PlanCount> counts, count(asks));
    const auto found = std::ranges::find_if(counts, [](const PlanCount& some) { return some.matches > 0; });
    if (found == counts.end()) return {};
    return match_wider(asks[static_cast<std::size_t>(found - counts.begin())]);
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
    if (!best.empty() && ask_.sort.empty()) result_.dropped_words = words_of(best.front().missing);
    if (ask_.effects && !ask_.effects->data().pins.empty()) place_pins(best);
    const auto skipped = static_cast<std::size_t>((request_.page - 1) * request_.per_page);
    if (best.size() <= skipped || !ask_.fetch) return {};
    const auto page = std::span<const ShardHit>(best).subspan(skipped);
    ask_.fetch->plan = ask_.plan;
    AISLE_TRY(std::vector<FetchedProduct> products, shards_.fetch(*ask_.fetch, page));
    std::optional<Highlighter> highlighter;
    if (request_.highlight) highlighter.emplace(*ask_.plan, *view_.context, request_, limits_);
    for (std::size_t i = 0; i < page.size(); ++i) {
      FetchedProduct& product = products[i];
      if (!product.found) continue;
      Hit hit;
      hit.id = page[i].id;
      hit.score = ask_.fetch->score ? product.score : page[i].score;
      hit.typos = ask_.fetch->score ? product.typos : page[i].typos;
      hit.missing = words_of(ask_.fetch->score ? product.missing : page[i].missing);
      if (ask_.fetch->score && i == 0) result_.dropped_words = hit.missing;
      hit.product = std::move(product.json);
      hit.explain = std::move(product.explain);
      hit.pinned = page[i].pinned;
      if (hit.pinned && request_.explain) explain_pin(ask_.effects->data(), hit);
      if (highlighter) hit.highlight = highlighter->highlight(hit.product);
      result_.hits.push_back(std::move(hit));
    }
    return {};
  }

  std::vector<std::string> words_of(std::uint32_t missing) const {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < query_.words.size(); ++i) {
      const std::string& word = query_.words[i];
      const bool lacks = (missing & Position::word_bit(i)) != 0;
      if (lacks && std::ranges::find(words, word) == words.end()) words.push_back(word);
    }
    return words;
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
  const SoftTime soft_;
  const Ranking* ranking_;
  Planner planner_;
  ParsedQuery query_;
  std::optional<std::string> code_;             // that the query is; it is nobody else's in part
  bool bent_less_ = false;                      // no word by two typos, for want of time
  std::optional<std::uint64_t> literal_found_;  // products with all words as typed, when they are few
  MatchRequest ask_;
  MatchResult matches_;
  SearchResult result_;
};

}  // namespace

Result<SearchResult> search(const View& view, const SearchRequest& request, const QueryLimits& limits,
                            ShardSearch& shards, SoftTime soft) {
  return Search(view, request, limits, shards, soft).run();
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
