#include "query/search.h"

#include <algorithm>
#include <numeric>

#include "base/nearest_name.h"
#include "query/facets.h"
#include "query/filter.h"
#include "query/highlight.h"
#include "query/scorer.h"
#include "query/sort_order.h"
#include "query/typo_walk.h"
#include "schemas/number_text.h"

namespace aisle {
namespace {

// What matched the words in one segment.
struct SegmentMatches {
  const SegmentView* view = nullptr;
  std::vector<std::uint32_t> documents;
};

struct Candidate {
  const SegmentView* view = nullptr;
  std::uint32_t document = 0;
  DocumentScore score;
  SortValues keys;

  std::string_view id() const { return view->segment->ids.term(document); }
};

std::string product_json(const Field* begin, const Field* end, const SegmentView& view,
                         std::uint32_t document) {
  std::string json(view.segment->stored.get(document));
  for (const Field* field = begin; field != end; ++field) {
    if (!field->volatile_value || !field->stored) continue;
    const std::int64_t value = view.numbers(field->number).get(document);
    if (value == missing_number) continue;
    json.pop_back();
    json += json.size() > 1 ? ",\"" : "\"";
    json += field->name + "\":" + number_json(*field, value) + "}";
  }
  return json;
}

std::string product_json(const IndexContext& context, const SegmentView& view, std::uint32_t document) {
  const auto& fields = context.schema->fields;
  return product_json(fields.data(), fields.data() + fields.size(), view, document);
}

// One request on its way through the stages.
class Search {
 public:
  Search(const View& view, const SearchRequest& request, const QueryLimits& limits, Deadline deadline)
      : view_(view),
        request_(request),
        limits_(limits),
        deadline_(deadline),
        planner_(*view.context, view.shards, *view.statistics, limits) {}

  Result<SearchResult> run() {
    AISLE_CHECK(check());
    AISLE_CHECK(find_matches());
    AISLE_CHECK(narrow());
    order();
    return std::move(result_);
  }

 private:
  const IndexSchema& schema() const { return *view_.context->schema; }

  static Status in_range(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value >= low && value <= high) return {};
    const std::string limit =
        value < low ? "the least is " + std::to_string(low) : "the limit is " + std::to_string(high);
    return fail(ErrorCode::InvalidArgument,
                std::string(name) + " is " + std::to_string(value) + ", " + limit);
  }

  Status check() {
    const auto window = static_cast<std::int64_t>(limits_.window_max);
    AISLE_CHECK(in_range("per_page", request_.per_page, 0, static_cast<std::int64_t>(limits_.per_page_max)));
    AISLE_CHECK(in_range("page", request_.page, 1, window));
    AISLE_CHECK(in_range("page * per_page", request_.page * request_.per_page, 0, window));
    AISLE_CHECK(in_range("facet_values", request_.facet_values, 1,
                         static_cast<std::int64_t>(limits_.facet_values_max)));
    if (request_.facets.size() > limits_.facets_max) {
      return fail(ErrorCode::InvalidArgument, "facets has " + std::to_string(request_.facets.size()) +
                                                  " fields, the limit is " +
                                                  std::to_string(limits_.facets_max));
    }
    for (const std::string& name : request_.facets) AISLE_CHECK(add_facet(name));
    AISLE_TRY(filter_, compile_filter(request_.filter, schema(), limits_));
    AISLE_TRY(sort_, compile_sort(request_.sort, schema(), limits_));
    result_.page = request_.page;
    result_.per_page = request_.per_page;
    return {};
  }

  Status add_facet(const std::string& name) {
    const Field* field = schema().find(name);
    if (field == nullptr) {
      std::vector<std::string> names;
      for (const Field& some : schema().fields) {
        if (some.facet) names.push_back(some.name);
      }
      return fail(ErrorCode::InvalidArgument,
                  "facets: unknown field \"" + name + "\"" + did_you_mean(name, names));
    }
    if (!field->facet) {
      return fail(ErrorCode::InvalidArgument,
                  "facets: field \"" + name + "\" has no \"facet\": true in the schema");
    }
    facets_.emplace_back(*field);
    return {};
  }

  Status in_time() const {
    if (!deadline_.expired()) return {};
    return fail(ErrorCode::DeadlineExceeded, "the search took longer than its limit");
  }

  // Matches of a plan in every segment and their number.
  Result<std::pair<std::vector<SegmentMatches>, std::uint64_t>> match_all(const Plan& plan) const {
    std::vector<SegmentMatches> matches;
    std::uint64_t total = 0;
    for (const auto& shard : view_.shards) {
      for (const SegmentView& segment : shard->segments) {
        AISLE_CHECK(in_time());
        matches.push_back({&segment, match(plan, segment, *view_.context)});
        total += matches.back().documents.size();
      }
    }
    return std::pair(std::move(matches), total);
  }

  // Literal first; misspellings when that finds little; then words are left out one by one.
  Status find_matches() {
    ParsedQuery parsed = parse_query(request_.q, *view_.context->analyzer, limits_);
    result_.ignored_words = std::move(parsed.ignored_words);
    result_.truncated_query = parsed.truncated;
    AISLE_TRY(std::uint64_t total, match_words(parsed.words));
    if (total > 0 || parsed.words.size() < 2) return {};
    AISLE_TRY(std::vector<std::string> order, words_to_drop(parsed.words));
    for (const std::string& word : order) {
      std::erase(parsed.words, word);
      result_.dropped_words.push_back(word);
      AISLE_TRY(total, match_words(parsed.words));
      if (total > 0) return {};
    }
    result_.dropped_words.clear();
    return {};
  }

  Result<std::uint64_t> match_words(const std::vector<std::string>& words) {
    plan_ = planner_.plan(words, false);
    AISLE_TRY(auto literal, match_all(plan_));
    matches_ = std::move(literal.first);
    result_.typos = 0;
    const bool bendable =
        std::ranges::any_of(words, [](const std::string& word) { return typos_allowed(word) > 0; });
    if (!request_.typos || !bendable || literal.second >= typo_threshold) return literal.second;
    Plan bent = planner_.plan(words, true);
    AISLE_TRY(auto more, match_all(bent));
    if (more.second == literal.second) return literal.second;
    plan_ = std::move(bent);
    matches_ = std::move(more.first);
    result_.typos = plan_.typos_max;
    return more.second;
  }

  // Words that nothing matches first, then the most common, then those that name a brand or another keyword;
  // the most telling one that matches stays, and one stays in any case: a query of nothing but unknown words
  // finds nothing, not everything.
  Result<std::vector<std::string>> words_to_drop(const std::vector<std::string>& words) const {
    constexpr std::uint32_t keyword_rank = 1U << 20U;
    std::vector<std::pair<std::uint32_t, std::string>> order;  // rank, word
    for (std::size_t i = 0; i < words.size(); ++i) {
      const Plan plan = planner_.plan({words[i]}, request_.typos, i + 1 == words.size());
      AISLE_TRY(const auto found, match_all(plan));
      const std::uint32_t rank =
          view_.statistics->inverse_frequency(words[i]) + (planner_.names_keyword(plan) ? keyword_rank : 0);
      order.emplace_back(found.second == 0 ? 0 : rank, words[i]);
    }
    std::ranges::sort(order);
    order.erase(std::ranges::unique(order).begin(), order.end());
    order.pop_back();
    std::vector<std::string> dropped;
    for (auto& entry : order) dropped.push_back(std::move(entry.second));
    return dropped;
  }

  // Filters, counts, and keeps the best of each segment.
  Status narrow() {
    const Scorer scorer(plan_, *view_.context, *view_.statistics);
    const auto window = static_cast<std::size_t>(request_.page * request_.per_page);
    for (SegmentMatches& matches : matches_) {
      AISLE_CHECK(in_time());
      std::vector<std::uint8_t> failed(matches.documents.size());
      std::vector<std::vector<std::uint8_t>> failed_own(facets_.size());
      apply_filter(matches, failed, failed_own);
      std::vector<std::uint32_t> passed;
      for (std::size_t i = 0; i < failed.size(); ++i) {
        if (failed[i] == 0) passed.push_back(matches.documents[i]);
      }
      result_.total += passed.size();
      count_facets(matches, passed, failed, failed_own);
      if (window > 0) keep_best(scorer, *matches.view, std::move(passed), window);
    }
    for (const FacetCounter& counter : facets_) {
      result_.facets.push_back(counter.result(selected_values(filter_, counter.field()),
                                              static_cast<std::size_t>(request_.facet_values)));
    }
    return {};
  }

  // failed[i]: conjuncts that document i fails; failed_own[f][i]: those of them that test facet f's own
  // field.
  void apply_filter(const SegmentMatches& matches, std::vector<std::uint8_t>& failed,
                    std::vector<std::vector<std::uint8_t>>& failed_own) const {
    for (const Conjunct& conjunct : filter_.conjuncts) {
      const std::vector<std::uint8_t> passes = evaluate(conjunct.node, *matches.view, matches.documents);
      for (std::size_t i = 0; i < passes.size(); ++i)
        failed[i] = static_cast<std::uint8_t>(failed[i] + 1 - passes[i]);
      for (std::size_t f = 0; f < facets_.size(); ++f) {
        if (conjunct.field != &facets_[f].field()) continue;
        failed_own[f].resize(passes.size());
        for (std::size_t i = 0; i < passes.size(); ++i) {
          failed_own[f][i] = static_cast<std::uint8_t>(failed_own[f][i] + 1 - passes[i]);
        }
      }
    }
  }

  void count_facets(const SegmentMatches& matches, const std::vector<std::uint32_t>& passed,
                    const std::vector<std::uint8_t>& failed,
                    const std::vector<std::vector<std::uint8_t>>& failed_own) {
    for (std::size_t f = 0; f < facets_.size(); ++f) {
      if (failed_own[f].empty()) {
        facets_[f].add(*matches.view, passed);
        continue;
      }
      std::vector<std::uint32_t> without_own;
      for (std::size_t i = 0; i < failed.size(); ++i) {
        if (failed[i] == failed_own[f][i]) without_own.push_back(matches.documents[i]);
      }
      facets_[f].add(*matches.view, without_own);
    }
  }

  void keep_best(const Scorer& scorer, const SegmentView& segment, std::vector<std::uint32_t> passed,
                 std::size_t window) {
    if (!sort_.empty()) {
      for (const std::uint32_t document : first_in_order(sort_, segment, std::move(passed), window)) {
        candidates_.push_back({&segment, document, {}, sort_values(sort_, segment, document)});
      }
      return;
    }
    const std::vector<DocumentScore> scores = scorer.score(segment, passed, window);
    std::vector<std::uint32_t> best(passed.size());
    std::iota(best.begin(), best.end(), 0);
    const auto kept = static_cast<std::ptrdiff_t>(std::min(window, best.size()));
    std::partial_sort(best.begin(), best.begin() + kept, best.end(), [&](std::uint32_t a, std::uint32_t b) {
      return scores[a].score != scores[b].score ? scores[a].score > scores[b].score : a < b;
    });
    best.resize(static_cast<std::size_t>(kept));
    for (const std::uint32_t i : best) candidates_.push_back({&segment, passed[i], scores[i], {}});
  }

  // The page out of the best of all segments; only its products are fetched.
  void order() {
    std::ranges::sort(candidates_, [&](const Candidate& a, const Candidate& b) {
      if (const int keys = compare(sort_, a.keys, b.keys); keys != 0) return keys < 0;
      return a.score.score != b.score.score ? a.score.score > b.score.score : a.id() < b.id();
    });
    const Scorer scorer(plan_, *view_.context, *view_.statistics);
    const Highlighter highlighter(plan_, *view_.context, request_, limits_);
    const auto begin = static_cast<std::size_t>((request_.page - 1) * request_.per_page);
    const std::size_t end = std::min(candidates_.size(), begin + static_cast<std::size_t>(request_.per_page));
    for (std::size_t i = begin; i < end; ++i) {
      const Candidate& candidate = candidates_[i];
      Hit hit;
      hit.id = candidate.id();
      const DocumentScore score =
          sort_.empty() ? candidate.score
                        : scorer.score(*candidate.view, std::span(&candidate.document, 1), 1).front();
      hit.score = score.score;
      hit.typos = score.typos;
      hit.product = product_json(*view_.context, *candidate.view, candidate.document);
      if (request_.highlight) hit.highlight = highlighter.highlight(hit.product);
      if (request_.explain) hit.explain = scorer.explain(*candidate.view, candidate.document);
      result_.hits.push_back(std::move(hit));
    }
  }

  const View& view_;
  const SearchRequest& request_;
  const QueryLimits& limits_;
  Deadline deadline_;
  Planner planner_;
  Filter filter_;
  std::vector<SortKey> sort_;
  std::vector<FacetCounter> facets_;
  Plan plan_;
  std::vector<SegmentMatches> matches_;
  std::vector<Candidate> candidates_;
  SearchResult result_;
};

}  // namespace

Result<SearchResult> search(const View& view, const SearchRequest& request, const QueryLimits& limits,
                            Deadline deadline) {
  return Search(view, request, limits, deadline).run();
}

std::optional<std::string> find_product(const View& view, std::string_view id) {
  for (const auto& shard : view.shards) {
    for (const SegmentView& segment : shard->segments) {
      const std::uint32_t document = segment.segment->find(id);
      if (document != no_document && !segment.is_deleted(document))
        return product_json(*view.context, segment, document);
    }
  }
  return std::nullopt;
}

}  // namespace aisle
