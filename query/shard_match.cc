#include "query/shard_match.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "query/limits.h"
#include "query/matcher.h"
#include "query/scorer.h"

namespace aisle {
namespace {

// Of conjuncts that test the own field of some facet. failed[i]: those that document i fails;
// failed_own[f][i]: those of them that test facet f's field, empty where none does.
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
  SegmentsMatch(const MatchRequest& request, const View& view, Deadline deadline)
      : request_(request),
        view_(view),
        deadline_(deadline),
        conjuncts_(with_united_ranges(request.filter.conjuncts)),
        scorer_(*request.plan, *view.context, *view.statistics, request.effects.get()) {
    for (const Field* field : request.facets) result_.facets.emplace_back(*field);
    result_.uncounted.resize(request.facets.size());
  }

  Status add(const SegmentView& segment) {
    AISLE_CHECK(in_time());
    const Conjunct* scanned = conjunct_to_scan(segment);
    DocumentSet found = scanned != nullptr
                            ? DocumentSet(live_of(segment, scan(scanned->node, segment)))
                            : aisle::match(*request_.plan, scorer_.postings(segment.segment), segment);
    result_.found += scanned != nullptr ? segment.live : found.size();
    std::vector<const Conjunct*> left = conjuncts_left(scanned);
    if (!joins_or_hides()) found = narrow_bits(segment, std::move(found), left);
    if (left.empty() && !has_marks() && !joins_or_hides() && request_.facets.empty()) {
      AISLE_CHECK(in_time());
      result_.total += found.size();
      if (request_.window > 0) keep_best(segment, std::move(found));
      return {};
    }
    std::vector<std::uint32_t> documents = std::move(found).to_list();
    const FoundPins pins = apply_rules(segment, documents);
    AISLE_CHECK(in_time());
    for (const Conjunct* conjunct : left) keep_passing(conjunct->node, segment, documents);
    const FilterMarks marks = mark(segment, documents);
    std::vector<std::uint32_t> passed;
    if (marks.failed.empty()) {
      AISLE_CHECK(count_facets(segment, documents, documents, marks));
      passed = std::move(documents);
    } else {
      passed.reserve(documents.size());
      for (std::size_t i = 0; i < documents.size(); ++i) {
        if (marks.failed[i] == 0) passed.push_back(documents[i]);
      }
      AISLE_CHECK(count_facets(segment, documents, passed, marks));
    }
    result_.total += passed.size();
    take_pins(segment, pins, passed);
    if (request_.window > 0) keep_best(segment, DocumentSet(std::move(passed)));
    return {};
  }

  // How many documents the segments will have to be looked through, judged by the first.
  std::uint64_t documents_about(std::span<const SegmentView* const> segments) {
    const SegmentView& first = *segments.front();
    std::uint64_t live = 0;
    for (const SegmentView* segment : segments) live += segment->live;
    return documents_about(first) * live / std::max(first.live, 1U);
  }

  MatchResult take() { return std::move(result_); }

 private:
  Status in_time() const {
    if (!deadline_.expired()) return {};
    return search_too_late();
  }

  // Whether rules add products to those that match or take some away.
  bool joins_or_hides() const {
    if (!request_.effects) return false;
    const RankingEffects& effects = request_.effects->data();
    return !effects.hidden.empty() || !effects.pins.empty();
  }

  std::uint64_t documents_about(const SegmentView& segment) {
    if (request_.plan->browse()) {
      const Conjunct* scanned = conjunct_to_scan(segment);
      return scanned != nullptr ? scan_cost(scanned->node, segment) : segment.live;
    }
    const std::vector<Position>& asked = request_.plan->readings.front().positions;
    const ReadingPostings& positions = scorer_.postings(segment.segment).front();
    std::optional<std::uint64_t> least;  // of a position that must match
    std::uint64_t united = 0;
    for (std::size_t p = 0; p < positions.size(); ++p) {
      const std::uint64_t total = positions[p].total;
      if (positions[p].sources.size() > 1 && positions[p].united == nullptr) united += total;
      if (asked[p].weight > 0) least = std::min(least.value_or(total), total);
    }
    return least.value_or(0) + united;
  }

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
      DocumentScore score = scorer_.score(segment, pin.document);
      score.score = std::max<std::int64_t>(score.score, 0);  // it need not match
      result_.pins.back().hit = hit_of(segment, pin.document, score);
      result_.pins.back().hit.pinned = true;
    }
  }

  // Whether some facet counts products that fail it.
  bool is_left_out(const Conjunct& conjunct) const {
    return conjunct.field != nullptr &&
           std::ranges::find(request_.facets, conjunct.field) != request_.facets.end();
  }

  // Without words all products match: those of a conjunct are found sooner than each is asked. None where
  // rules pin products, which join those that match and are filtered with them.
  const Conjunct* conjunct_to_scan(const SegmentView& segment) const {
    const bool pins = request_.effects && !request_.effects->data().pins.empty();
    if (!request_.plan->browse() || !request_.plan->demands.empty() || pins) return nullptr;
    const Conjunct* best = nullptr;
    std::uint64_t least = 0;
    for (const Conjunct& conjunct : conjuncts_) {
      const std::uint64_t cost = is_left_out(conjunct) ? 0 : scan_cost(conjunct.node, segment);
      if (cost == 0 || (best != nullptr && cost >= least)) continue;
      best = &conjunct;
      least = cost;
    }
    return best;
  }

  static std::vector<std::uint32_t> live_of(const SegmentView& segment,
                                            std::vector<std::uint32_t> documents) {
    if (segment.deleted)
      std::erase_if(documents, [&](std::uint32_t some) { return segment.deleted->test(some); });
    return documents;
  }

  // Those that no facet leaves out: what fails one of them counts nowhere. `done` was applied before.
  std::vector<const Conjunct*> conjuncts_left(const Conjunct* done) const {
    std::vector<const Conjunct*> left;
    const auto add = [&](const Conjunct& conjunct) {
      if (&conjunct != done && !is_left_out(conjunct)) left.push_back(&conjunct);
    };
    std::ranges::for_each(conjuncts_, add);
    if (request_.effects) std::ranges::for_each(request_.effects->conjuncts(), add);
    return left;
  }
  bool has_marks() const {
    const auto is_marked = [&](const Conjunct& conjunct) { return is_left_out(conjunct); };
    return std::ranges::any_of(conjuncts_, is_marked) ||
           (request_.effects && std::ranges::any_of(request_.effects->conjuncts(), is_marked));
  }

  // Applies, and takes from `left`, what is done by bits when there are some.
  static DocumentSet narrow_bits(const SegmentView& segment, DocumentSet found,
                                 std::vector<const Conjunct*>& left) {
    std::erase_if(left, [&](const Conjunct* conjunct) {
      if (found.bits() == nullptr || !is_kept_by_bits(conjunct->node, segment)) return false;
      found = DocumentSet(keep_passing(conjunct->node, segment, *found.bits()));
      return true;
    });
    return found;
  }

  FilterMarks mark(const SegmentView& segment, std::span<const std::uint32_t> documents) const {
    FilterMarks marks{{}, std::vector<std::vector<std::uint8_t>>(request_.facets.size())};
    const auto apply = [&](const Conjunct& conjunct) {
      if (!is_left_out(conjunct)) return;
      const std::vector<std::uint8_t> passes = evaluate(conjunct.node, segment, documents);
      add_marks(marks.failed, passes);
      for (std::size_t f = 0; f < request_.facets.size(); ++f) {
        if (conjunct.field == request_.facets[f]) add_marks(marks.failed_own[f], passes);
      }
    };
    std::ranges::for_each(conjuncts_, apply);
    if (request_.effects) std::ranges::for_each(request_.effects->conjuncts(), apply);
    return marks;
  }

  Status count_facets(const SegmentView& segment, std::span<const std::uint32_t> documents,
                      std::span<const std::uint32_t> passed, const FilterMarks& marks) {
    for (std::size_t f = 0; f < request_.facets.size(); ++f) {
      AISLE_CHECK(in_time());
      if (result_.uncounted[f] || request_.facets_until.expired()) {
        result_.uncounted[f] = true;
        continue;
      }
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
    return {};
  }

  void keep_best(const SegmentView& segment, DocumentSet passed) {
    const std::size_t window = request_.window;
    const DocumentIds& ids = segment.segment->ids;
    if (!request_.sort.empty()) {
      if (!passed.has_list()) passed = DocumentSet(std::move(passed).to_list());
      const std::vector<std::uint32_t> first = first_in_order(request_.sort, segment, passed.list(), window);
      for (const std::uint32_t document : first) ids.prefetch_place(document);
      for (const std::uint32_t document : first) ids.prefetch_id(document);
      for (const std::uint32_t document : first)
        add_hit(segment, document, {}, sort_values(request_.sort, segment, document));
      return;
    }
    const std::vector<ScoredDocument> best = scorer_.best(segment, passed, window);
    for (const ScoredDocument& some : best) ids.prefetch_place(some.document);
    for (const ScoredDocument& some : best) ids.prefetch_id(some.document);
    for (const ScoredDocument& some : best) add_hit(segment, some.document, some.score, {});
  }

  void add_hit(const SegmentView& segment, std::uint32_t document, DocumentScore score, SortValues keys) {
    result_.best.push_back(hit_of(segment, document, score));
    result_.best.back().keys = std::move(keys);
  }

  static ShardHit hit_of(const SegmentView& segment, std::uint32_t document, DocumentScore score) {
    ShardHit hit;
    hit.id = segment.segment->ids.of(document);
    hit.score = score.score;
    hit.typos = score.typos;
    hit.missing = score.missing;
    hit.view = &segment;
    hit.document = document;
    return hit;
  }

  const MatchRequest& request_;
  const View& view_;
  const Deadline deadline_;
  const std::vector<Conjunct> conjuncts_;  // of the request's filter
  Scorer scorer_;
  MatchResult result_;
};

}  // namespace

Result<MatchResult> match_segments(const MatchRequest& request, const MatchPlace& place) {
  SegmentsMatch match(request, place.view, place.deadline);
  const bool may_share = place.segments.size() > 1 && place.user.may_share();
  const std::size_t workers = may_share ? place.user.workers(match.documents_about(place.segments)) : 1;
  if (workers == 1) {
    for (const SegmentView* segment : place.segments) AISLE_CHECK(match.add(*segment));
    return match.take();
  }
  std::vector<std::unique_ptr<SegmentsMatch>> others(workers - 1);
  std::vector<Status> done(workers);
  const auto work = [&](std::size_t worker, std::size_t task) {
    SegmentsMatch* some = &match;
    if (worker > 0) {
      auto& other = others[worker - 1];
      if (!other) other = std::make_unique<SegmentsMatch>(request, place.view, place.deadline);
      some = other.get();
    }
    if (done[worker]) done[worker] = some->add(*place.segments[task]);
  };
  place.user.share(workers, place.segments.size(), work);
  for (const Status& status : done) AISLE_CHECK(status);
  MatchResult result = match.take();
  for (const auto& other : others) {
    if (other) merge_matches(result, other->take());
  }
  return result;
}

}  // namespace aisle
