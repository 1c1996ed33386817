#include "query/suggest.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>

#include "query/did_you_mean.h"
#include "query/editable_query.h"
#include "query/narrowing.h"
#include "query/planner.h"
#include "query/request_check.h"
#include "query/typo_walk.h"

namespace aisle {
namespace {

constexpr std::size_t counted_most = 48;   // candidates from the catalogue
constexpr std::size_t popular_share = 2;   // popular candidates for each suggestion asked for
constexpr std::size_t misspelt_most = 16;  // candidates that begin otherwise than typed
constexpr std::size_t scoped_most = 3;     // suggestions that tell where
constexpr std::size_t scopes_most = 3;     // of one
constexpr std::size_t letters_least = 2;   // of a word that is suggested

struct Candidate {
  std::string term;
  int typos = 0;
  std::map<std::size_t, std::string> words{};      // of the query, that it changes
  const PopularQueries::Query* popular = nullptr;  // it is this instead
  std::vector<std::string> stems{};                // of all its words
  PlanCount count{};
  std::shared_ptr<const Plan> plan{};
  std::shared_ptr<const ShardEffects> effects{};
};

class Suggester {
 public:
  Suggester(const View& view, const SuggestRequest& request, const QueryLimits& limits, ShardSearch& shards,
            Deadline soft)
      : view_(view),
        request_(request),
        limits_(limits),
        shards_(shards),
        soft_(soft),
        planner_(*view.context, *view.statistics, limits, shards,
                 {view.ranking.get(), view.context->analyzer_of(request.language)}),
        analyzer_(planner_.analyzer()),
        query_(parse_query(request.q, analyzer_, limits)),
        text_(request.q, analyzer_, limits) {}

  Result<SuggestResult> run() {
    AISLE_CHECK(check_language(request_.language, *view_.context->schema));
    AISLE_CHECK(in_range("limit", request_.limit, 1, static_cast<std::int64_t>(limits_.suggestions_max)));
    AISLE_TRY(const Field* scope, scope_field());
    AISLE_TRY(narrowing_,
              Narrowing::create(view_, {request_.filter, request_.context, request_.clock}, limits_));
    const bool is_whole = query_.last_is_open && query_.ignored_words.empty() && !query_.truncated;
    if (!text_.words().empty() && is_whole) {
      AISLE_CHECK(find_candidates());
      AISLE_TRY(result_.suggestions, suggestions(scope));
    } else if (query_.words.empty() && query_.excluded.empty() && !query_.truncated) {
      find_popular("");
      AISLE_CHECK(count_candidates());
      AISLE_TRY(result_.suggestions, suggestions(scope));
    }
    result_.coverage = shards_.coverage();
    result_.lsn = shards_.lsn();
    return std::move(result_);
  }

 private:
  Result<const Field*> scope_field() const {
    for (const Field& field : view_.context->schema->fields) {
      if (request_.scope.empty() && field.facet && field.type == FieldType::Hierarchy) return &field;
    }
    if (request_.scope.empty()) return nullptr;
    AISLE_TRY(const Field* field, compile_facet("scope", request_.scope, *view_.context->schema));
    if (field->is_keyword()) return field;
    return fail(ErrorCode::InvalidArgument, "scope: field \"" + field->name + "\" is " +
                                                std::string(type_name(field->type)) +
                                                ", expected keyword or hierarchy");
  }

  // A part that suggestions can do without. Whether it is done.
  template <class Part>
  Result<bool> in_soft_time(const char* name, Part&& part) {
    AISLE_TRY(const bool done, in_time(shards_, soft_, part));
    std::vector<std::string>& parts = result_.degraded;
    if (!done && std::ranges::find(parts, name) == parts.end()) parts.emplace_back(name);
    return done;
  }

  std::size_t last() const { return text_.words().size() - 1; }

  // Words that follow the last one, or that it begins; where nobody has any of these together with the words
  // before, words that it may be the misspelt beginning of.
  Status find_candidates() {
    const std::size_t before = text_.is_closed() ? last() + 1 : last();
    if (before > 0) AISLE_CHECK(in_soft_time("typos", [&] { return mend_words(before); }));
    if (query_.phrases.empty() && query_.excluded.empty()) find_popular(typed_words());
    catalogue_most_ = candidates_.size() + counted_most;
    const std::string word = text_.is_closed() ? mended(last()) : text_.words()[last()];
    std::vector<WordAsk> asks = {{word, ExpandKind::Followers}};
    if (!text_.is_closed()) {
      asks.push_back({word, ExpandKind::Beginnings});
      if (last() > 0) asks.push_back({mended(last() - 1), ExpandKind::Followers});
    }
    AISLE_TRY(const std::vector<WordExpansion> found, expand(std::move(asks)));
    const std::size_t beginnings = found.size() > 1 ? found[1].terms.size() : 0;
    if (beginnings > 0 || text_.is_closed()) {
      for (const FoundTerm& some : found[0].terms) add(some.term, 0, last() + 1);
    }
    if (found.size() > 2) {
      for (const FoundTerm& some : found[2].terms) {
        if (some.term.starts_with(word)) add(some.term, 0, last());
      }
    }
    if (found.size() > 1) {
      for (const FoundTerm& some : found[1].terms) add(some.term, 0, last());
    }
    AISLE_CHECK(count_candidates());
    if (!candidates_.empty() || text_.is_closed()) return {};
    AISLE_TRY(const bool bent, in_soft_time("typos", [&] { return bend(word); }));
    return bent ? count_candidates() : Status();
  }

  Status bend(const std::string& word) {
    AISLE_TRY(const auto misspelt, expand({{word, ExpandKind::TypoBeginnings}}));
    for (const FoundTerm& some : misspelt.front().terms) {
      if (candidates_.size() < misspelt_most) add(some.term, some.number, last());
    }
    return {};
  }

  // The words as they are looked up among those of popular queries.
  std::string typed_words() const {
    std::string words;
    for (std::size_t i = 0; i < text_.words().size(); ++i) words += (i > 0 ? " " : "") + mended(i);
    return words + (text_.is_closed() ? " " : "");
  }

  void find_popular(std::string_view words) {
    if (!view_.ranking) return;
    const auto most = static_cast<std::size_t>(request_.limit) * popular_share;
    for (const PopularQueries::Query* query : view_.ranking->popular.beginning_with(words, most))
      candidates_.push_back({.term = query->words, .typos = mended_typos_, .popular = query});
  }

  // Words before the last one that nobody has are taken for what they may have been meant to be.
  Status mend_words(std::size_t before) {
    const auto words = std::span(text_.words()).first(before);
    AISLE_TRY(const auto meant, planner_.meant(words, false));
    for (std::size_t i = 0; i < before; ++i) {
      if (meant[i].empty() || view_.statistics->frequency(words[i]) > 0) continue;
      mended_[i] = meant[i].front().words.front();
      for (std::size_t part = 1; part < meant[i].front().words.size(); ++part)
        mended_[i] += " " + meant[i].front().words[part];
      mended_typos_ += meant[i].front().typos;
    }
    return {};
  }

  const std::string& mended(std::size_t word) const {
    const auto at = mended_.find(word);
    return at == mended_.end() ? text_.words()[word] : at->second;
  }

  Result<std::vector<WordExpansion>> expand(std::vector<WordAsk> asks) {
    const TypoLengths lengths = view_.ranking ? view_.ranking->typo_lengths : TypoLengths();
    ExpandRequest request{std::move(asks), limits_.prefix_expansions_max, limits_.typo_candidates_max,
                          lengths};
    return shards_.expand(request);
  }

  // Little words and single letters complete nothing.
  bool is_worth_it(const std::string& term) const {
    const auto letters =
        std::ranges::count_if(term, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    const bool typed = term == text_.words()[last()];
    return typed || has_digit(term) ||
           (static_cast<std::size_t>(letters) >= letters_least && !analyzer_.is_stop_word(term));
  }

  void add(const std::string& term, int typos, std::size_t place) {
    if (candidates_.size() >= catalogue_most_ || !is_worth_it(term)) return;
    Candidate candidate{.term = term, .typos = typos + mended_typos_, .words = mended_};
    candidate.words[place] = term;
    const bool known = std::ranges::any_of(candidates_, [&](const Candidate& other) {
      return other.popular == nullptr && other.words == candidate.words;
    });
    if (!known) candidates_.push_back(std::move(candidate));
  }

  // Those that come first at least, as many as are asked for.
  Status count_candidates() {
    const auto least = static_cast<std::size_t>(request_.limit);
    if (candidates_.size() <= least) return count_all();
    AISLE_TRY(const bool done, in_soft_time("suggestions", [&] { return count_all(); }));
    if (done) return {};
    candidates_.resize(least);
    return count_all();
  }

  Status count_all() {
    std::vector<PlanAsk> asks;
    CountRequest request;
    for (Candidate& candidate : candidates_) {
      ParsedQuery query = parse_query(text_of(candidate), analyzer_, limits_);
      candidate.stems = query.words;
      for (std::string& word : candidate.stems) word = analyzer_.stem(word);
      AISLE_TRY(request.effects.emplace_back(), narrowing_->of(query.words));
      asks.push_back({std::move(query.words), false, false, Plan::share_all, std::move(query.phrases),
                      std::move(query.excluded)});
    }
    if (asks.empty()) return {};
    AISLE_TRY(request.plans, planner_.plans(asks));
    AISLE_TRY(std::vector<PlanCount> counts, shards_.count(request));
    for (std::size_t i = 0; i < counts.size(); ++i) {
      candidates_[i].count = std::move(counts[i]);
      candidates_[i].plan = std::make_shared<const Plan>(std::move(request.plans[i]));
      candidates_[i].effects = std::move(request.effects[i]);
    }
    std::erase_if(candidates_, [](const Candidate& candidate) { return candidate.count.matches == 0; });
    return {};
  }

  std::string text_of(const Candidate& candidate) const {
    return candidate.popular != nullptr ? candidate.popular->q : text_.with(candidate.words);
  }

  // The best, one for all forms of a word.
  void choose() {
    std::ranges::sort(candidates_, [&](const Candidate& a, const Candidate& b) {
      const auto key = [&](const Candidate& some) {
        const std::int64_t popularity = some.popular != nullptr ? some.popular->count : 0;
        return std::tuple(some.typos, -popularity, ~some.count.matches,
                          ~view_.statistics->frequency(some.term), text_of(some));
      };
      return key(a) < key(b);
    });
    std::set<std::vector<std::string>> seen;
    std::erase_if(candidates_,
                  [&](const Candidate& candidate) { return !seen.insert(candidate.stems).second; });
    const auto limit = static_cast<std::size_t>(request_.limit);
    if (candidates_.size() > limit)
      candidates_.erase(candidates_.begin() + request_.limit, candidates_.end());
  }

  Result<std::vector<Suggestion>> suggestions(const Field* scope) {
    choose();
    std::map<std::string, std::string> spellings;
    if (std::ranges::any_of(candidates_, [](const Candidate& some) { return some.popular == nullptr; })) {
      AISLE_CHECK(in_soft_time("spelling", [&]() -> Status {
        AISLE_TRY(spellings, spellings_of_candidates());
        return {};
      }));
    }
    std::vector<Suggestion> all;
    for (Candidate& candidate : candidates_) {
      for (auto& [place, word] : candidate.words) {
        if (const auto at = spellings.find(word); at != spellings.end()) word = at->second;
      }
      Suggestion& suggestion = all.emplace_back();
      suggestion.q = text_of(candidate);
      if (candidate.popular != nullptr) suggestion.popularity = candidate.popular->count;
      suggestion.count = candidate.count.matches;
      suggestion.typos = candidate.typos;
      if (scope == nullptr || all.size() > scoped_most) continue;
      AISLE_CHECK(in_soft_time("scopes", [&]() -> Status {
        AISLE_TRY(suggestion.scopes, scopes_of(candidate, *scope));
        return {};
      }));
    }
    return all;
  }

  Result<std::map<std::string, std::string>> spellings_of_candidates() {
    std::vector<std::string> ids;
    std::vector<std::string> terms;
    for (const Candidate& candidate : candidates_) {
      if (candidate.popular != nullptr) continue;
      if (std::ranges::find(ids, candidate.count.first) == ids.end()) ids.push_back(candidate.count.first);
      for (const auto& [place, word] : candidate.words) terms.push_back(word);
    }
    if (ids.empty()) return std::map<std::string, std::string>();
    return spellings_in(ids, terms, view_, shards_);
  }

  // The values of most of its products; of a hierarchy those that have no other below them.
  Result<std::vector<SuggestScope>> scopes_of(const Candidate& candidate, const Field& field) {
    MatchRequest ask;
    ask.plan = candidate.plan;
    ask.effects = candidate.effects;
    ask.facets = {&field};
    AISLE_TRY(const MatchResult matches, shards_.match(ask));
    const FacetCounts counts = matches.facets.front().counts({}, ask.facet_values);
    std::vector<SuggestScope> scopes;
    for (const auto& [value, count] : counts.values) {  // ordered by value
      const std::string below = std::string(value) + field.separator;
      const auto next =
          std::ranges::lower_bound(counts.values, below, {}, [](const auto& some) { return some.first; });
      const bool is_above = next != counts.values.end() && next->first.starts_with(below);
      if (field.type == FieldType::Hierarchy && is_above) continue;
      scopes.push_back({field.name, std::string(value), count});
    }
    std::ranges::stable_sort(scopes,
                             [](const SuggestScope& a, const SuggestScope& b) { return a.count > b.count; });
    if (scopes.size() > scopes_most) scopes.resize(scopes_most);
    return scopes;
  }

  const View& view_;
  const SuggestRequest& request_;
  const QueryLimits& limits_;
  ShardSearch& shards_;
  const Deadline soft_;
  Planner planner_;
  const Analyzer& analyzer_;
  std::optional<Narrowing> narrowing_;
  ParsedQuery query_;
  EditableQuery text_;
  std::map<std::size_t, std::string> mended_;  // words before the last one, by number
  int mended_typos_ = 0;
  std::vector<Candidate> candidates_;
  SuggestResult result_;
  std::size_t catalogue_most_ = counted_most;  // candidates, popular ones among them
};

}  // namespace

Result<SuggestResult> suggest(const View& view, const SuggestRequest& request, const QueryLimits& limits,
                              ShardSearch& shards, SoftTime soft) {
  return Suggester(view, request, limits, shards, soft.end).run();
}

}  // namespace aisle
