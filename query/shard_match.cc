#include "query/shard_match.h"

#include <algorithm>
#include <numeric>

#include "query/matcher.h"
#include "query/scorer.h"

namespace aisle {
namespace {

// failed[i]: conjuncts that document i fails; failed_own[f][i]: those of them that test facet f's own field,
// empty where none does.
struct FilterMarks {
  std::vector<std::uint8_t> failed;
  std::vector<std::vector<std::uint8_t>> failed_own;
};

void add_marks(std::vector<std::uint8_t>& failed, const std::vector<std::uint8_t>& passes) {
  failed.resize(passes.size());
  for (std::size_t i = 0; i < passes.size(); ++i)
    failed[i] = static_cast<std::uint8_t>(failed[i] + 1 - passes[i]);
}

class SegmentsMatch {
 public:
  SegmentsMatch(const MatchRequest& request, const View& view)
      : request_(request),
        view_(view),
        scorer_(*request.plan, *view.context, *view.statistics, request.effects.get()) {
    for (const Field* field : request.facets) result_.facets.emplace_back(*field);
  }

  void add(const SegmentView& segment) {
    std::vector<std::uint32_t> documents = aisle::match(*request_.plan, segment, *view_.context);
    result_.found += documents.size();
    const FoundPins pins = apply_rules(segment, documents);
    const FilterMarks marks = apply_filter(segment, documents);
    std::vector<std::uint32_t> passed;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (marks.failed[i] == 0) passed.push_back(documents[i]);
    }
    result_.total += passed.size();
    count_facets(segment, documents, passed, marks);
    take_pins(segment, pins, passed);
    if (request_.window > 0) keep_best(segment, std::move(passed));
  }

  MatchResult take() { return std::move(result_); }

 private:
  using FoundPins = std::vector<ShardEffects::FoundPin>;

  // Hidden products leave what matches, pinned ones in stock join it; these are returned.
  FoundPins apply_rules(const SegmentView& segment, std::vector<std::uint32_t>& documents) {
    if (!request_.effects) return {};
    request_.effects->remove_hidden(segment, documents);
    FoundPins joined;
    std::vector<ShardEffects::FoundPin> found = request_.effects->find_pins(segment);
    for (ShardEffects::FoundPin& pin : found) {
      const auto at = std::ranges::lower_bound(documents, pin.document);
      pin.matches = at != documents.end() && *at == pin.document;
      if (!pin.in_stock) {
        result_.pins.push_back({pin.pin, PinState::OutOfStock, pin.matches, {}});
        continue;
      }
      if (!pin.matches) documents.insert(at, pin.document);
      joined.push_back(pin);
    }
    return joined;
  }

  // Those that pass the filters stand where rules put them, not among the others.
  void take_pins(const SegmentView& segment, const FoundPins& pins, std::vector<std::uint32_t>& passed) {
    for (const ShardEffects::FoundPin& pin : pins) {
      const auto at = std::ranges::lower_bound(passed, pin.document);
      const bool passes = at != passed.end() && *at == pin.document;
      result_.pins.push_back({pin.pin, passes ? PinState::Placed : PinState::Filtered, pin.matches, {}});
      if (!passes) continue;
      passed.erase(at);
      DocumentScore score = scorer_.score(segment, std::span(&pin.document, 1), 1).front();
      score.score = std::max<std::int64_t>(score.score, 0);  // it need not match
      result_.pins.back().hit = hit_of(segment, pin.document, score);
      result_.pins.back().hit.pinned = true;
    }
  }

  FilterMarks apply_filter(const SegmentView& segment, const std::vector<std::uint32_t>& documents) const {
    FilterMarks marks{std::vector<std::uint8_t>(documents.size()),
                      std::vector<std::vector<std::uint8_t>>(request_.facets.size())};
    const auto apply = [&](const Conjunct& conjunct) {
      const std::vector<std::uint8_t> passes = evaluate(conjunct.node, segment, documents);
      add_marks(marks.failed, passes);
      for (std::size_t f = 0; f < request_.facets.size(); ++f) {
        if (conjunct.field == request_.facets[f]) add_marks(marks.failed_own[f], passes);
      }
    };
    std::ranges::for_each(request_.filter.conjuncts, apply);
    if (request_.effects) std::ranges::for_each(request_.effects->conjuncts(), apply);
    return marks;
  }

  void count_facets(const SegmentView& segment, const std::vector<std::uint32_t>& documents,
                    const std::vector<std::uint32_t>& passed, const FilterMarks& marks) {
    for (std::size_t f = 0; f < request_.facets.size(); ++f) {
      if (marks.failed_own[f].empty()) {
        result_.facets[f].add(segment, passed);
        continue;
      }
      std::vector<std::uint32_t> without_own;
      for (std::size_t i = 0; i < documents.size(); ++i) {
        if (marks.failed[i] == marks.failed_own[f][i]) without_own.push_back(documents[i]);
      }
      result_.facets[f].add(segment, without_own);
    }
  }

  void keep_best(const SegmentView& segment, std::vector<std::uint32_t> passed) {
    const std::size_t window = request_.window;
    if (!request_.sort.empty()) {
      for (const std::uint32_t document : first_in_order(request_.sort, segment, std::move(passed), window))
        add_hit(segment, document, {}, sort_values(request_.sort, segment, document));
      return;
    }
    const std::vector<DocumentScore> scores = scorer_.score(segment, passed, window);
    std::vector<std::uint32_t> best(passed.size());
    std::iota(best.begin(), best.end(), 0);
    const auto kept = static_cast<std::ptrdiff_t>(std::min(window, best.size()));
    std::partial_sort(best.begin(), best.begin() + kept, best.end(), [&](std::uint32_t a, std::uint32_t b) {
      return scores[a].score != scores[b].score ? scores[a].score > scores[b].score : a < b;
    });
    best.resize(static_cast<std::size_t>(kept));
    for (const std::uint32_t i : best) add_hit(segment, passed[i], scores[i], {});
  }

  void add_hit(const SegmentView& segment, std::uint32_t document, DocumentScore score, SortValues keys) {
    result_.best.push_back(hit_of(segment, document, score));
    result_.best.back().keys = std::move(keys);
  }

  static ShardHit hit_of(const SegmentView& segment, std::uint32_t document, DocumentScore score) {
    ShardHit hit;
    hit.id = segment.segment->ids.term(document);
    hit.score = score.score;
    hit.typos = score.typos;
    hit.view = &segment;
    hit.document = document;
    return hit;
  }

  const MatchRequest& request_;
  const View& view_;
  Scorer scorer_;
  MatchResult result_;
};

}  // namespace

Result<MatchResult> match_segments(const MatchRequest& request, const View& view,
                                   std::span<const SegmentView* const> segments, Deadline deadline) {
  SegmentsMatch match(request, view);
  for (const SegmentView* segment : segments) {
    if (deadline.expired())
      return fail(ErrorCode::DeadlineExceeded, "the search took longer than its limit");
    match.add(*segment);
  }
  return match.take();
}

}  // namespace aisle
