#include "query/scorer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace aisle {
namespace {

constexpr std::uint8_t no_typos_known = 255;  // the position does not match

// Where the document stands in a list that holds it.
std::optional<std::size_t> place_of(std::uint32_t document, const Postings& postings) {
  const auto at = std::ranges::lower_bound(postings.documents, document);
  if (at == postings.documents.end() || *at != document) return std::nullopt;
  return static_cast<std::size_t>(at - postings.documents.begin());
}

}  // namespace

Scorer::Scorer(const Plan& plan, const IndexContext& context, const Statistics& statistics,
               const ShardEffects* effects)
    : basis_{plan, context, statistics, effects} {}

PlanPostings& Scorer::postings(const std::shared_ptr<const Segment>& segment) {
  const auto [at, added] = postings_.try_emplace(segment.get());
  if (added)
    at->second =
        resolve(basis_.plan, *segment, *basis_.statistics.prepared(segment, basis_.context), basis_.context);
  return at->second;
}

// Of the first reading: the others are not as typed.
TitleMatch& Scorer::title(const std::shared_ptr<const Segment>& segment) {
  const auto found = titles_.find(segment.get());
  if (found != titles_.end()) return found->second;
  return titles_.try_emplace(segment.get(), basis_, postings(segment).front(), segment).first->second;
}

std::vector<ScoredDocument> Scorer::best_browsing(const SegmentView& view, const DocumentSet& documents,
                                                  std::size_t count) const {
  BestHeap best(count, view.segment->ids);
  if (basis_.effects == nullptr || !basis_.effects->changes_points()) {
    documents.each([&](std::uint32_t document) { best.take({document, {0, 0, 0}}); });
    return std::move(best).in_order();
  }
  const std::vector<std::uint32_t> list = documents.borrowed().to_list();
  const PointAdjustment adjustment(*basis_.effects, view, list);
  for (std::size_t i = 0; i < list.size(); ++i)
    best.take({list[i], {adjustment.apply(i, PointAdjustment::browse_points), 0, 0}});
  return std::move(best).in_order();
}

std::vector<ScoredDocument> Scorer::best(const SegmentView& view, const DocumentSet& documents,
                                         std::size_t count) {
  if (documents.empty() || count == 0) return {};
  if (basis_.plan.browse()) return best_browsing(view, documents, count);
  return BestDocuments(basis_, postings(view.segment), view, count).find(documents);
}

std::int64_t Scorer::impact(const PositionPostings::Source& source, const Segment& segment,
                            std::size_t at) const {
  const Postings& postings = source.postings;
  const auto factor =
      static_cast<std::uint64_t>(std::int64_t{source.alternative->points} * basis_.weight(postings.field));
  const std::uint8_t length = segment.lengths[postings.field][postings.documents[at]];
  const std::uint32_t saturation =
      basis_.statistics.saturation(postings.field, postings.frequencies[at], length);
  return static_cast<std::int64_t>((factor * saturation) >> 12U);
}

// What ReadingPoints tells of many documents, of one: straight from the lists.
TextPoints Scorer::text_points(const Reading& reading, const ReadingPostings& positions,
                               const Segment& segment, std::uint32_t document) const {
  TextPoints total{.distance = reading.distance()};
  for (std::size_t p = 0; p < positions.size(); ++p) {
    std::uint8_t typos = no_typos_known;
    std::uint8_t distance = distances - 1;
    std::array<std::int64_t, distances> best = {};
    std::array<std::int64_t, distances> sum = {};
    const auto& sources = positions[p].sources;
    for (std::size_t s = 0; s < sources.size(); ++s) {
      if (const auto at = place_of(document, sources[s].postings)) {
        typos = std::min(typos, sources[s].alternative->typos);
        distance = std::min(distance, sources[s].alternative->distance());
        std::int64_t& kept = best[sources[s].alternative->distance()];
        kept = std::max(kept, impact(sources[s], segment, *at));
      }
      const bool ends_field =
          s + 1 == sources.size() || sources[s + 1].postings.field != sources[s].postings.field;
      if (!ends_field) continue;
      for (std::size_t far = 0; far < sum.size(); ++far) sum[far] += std::exchange(best[far], 0);
    }
    const Position& asked = reading.positions[p];
    if (asked.weight == 0 && distance == 1) continue;  // as in ReadingPoints::of()
    total.points += sum[distance];
    if (typos != no_typos_known) {
      total.typos = static_cast<std::uint8_t>(total.typos + typos);
      total.distance = std::max(total.distance, distance);
      total.weight += asked.weight;
    } else if (asked.weight > 0) {
      total.missing |= asked.words;
    }
  }
  return total;
}

DocumentScore Scorer::score(const SegmentView& view, std::uint32_t document) {
  if (!meets(basis_.plan.demands, *view.segment, document)) return unmatched_score;
  const std::span<const std::uint32_t> one(&document, 1);
  if (basis_.plan.browse()) return best_browsing(view, DocumentSet::borrow(one, nullptr), 1).front().score;
  const Segment& segment = *view.segment;
  const PlanPostings& plan = postings(view.segment);
  DocumentScore best = unmatched_score;
  const TextPoints first = text_points(basis_.plan.readings.front(), plan.front(), segment, document);
  for (std::size_t r = plan.size(); r-- > 0;) {
    const Reading& reading = basis_.plan.readings[r];
    TextPoints text = r == 0 ? first : text_points(reading, plan[r], segment, document);
    if (text.weight < reading.least_weight(basis_.plan.share) || !text.may_lift(first)) continue;
    if (r == 0) text.points = title(view.segment).points(document, segment.forward_length(document), text);
    if (text.score().score >= best.score) best = text.score();
  }
  if (best.score < 0 || basis_.effects == nullptr || !basis_.effects->changes_points()) return best;
  const std::int64_t tier = tier_of(best);
  best.score = tier + PointAdjustment(*basis_.effects, view, one).apply(0, best.score - tier);
  return best;
}

// The best alternative of each position and field, as text_points() counts them.
std::vector<ScorePart> Scorer::parts_of(const Reading& reading, const ReadingPostings& positions,
                                        const Segment& segment, std::uint32_t document) const {
  std::vector<ScorePart> parts;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    int field = -1;  // of the last part of this position
    const auto& sources = positions[p].sources;
    std::uint8_t nearest = distances;
    for (const auto& source : sources) {
      if (place_of(document, source.postings)) nearest = std::min(nearest, source.alternative->distance());
    }
    if (reading.positions[p].weight == 0 && nearest == 1) continue;
    for (const auto& source : sources) {
      const auto at = place_of(document, source.postings);
      if (!at || source.alternative->distance() > nearest) continue;
      ScorePart part{reading.positions[p].word, source.alternative->term,
                     basis_.context.schema->fields[source.postings.field].name,
                     std::string(kind_name(source.alternative->kind)), impact(source, segment, *at)};
      if (field != source.postings.field) {
        parts.push_back(std::move(part));
      } else if (std::pair(-part.points, part.term) < std::pair(-parts.back().points, parts.back().term)) {
        parts.back() = std::move(part);  // of equal ones the same, whatever the order of the segments
      }
      field = source.postings.field;
    }
  }
  return parts;
}

std::vector<ScorePart> Scorer::explain(const SegmentView& view, std::uint32_t document) {
  if (!meets(basis_.plan.demands, *view.segment, document)) return {};
  std::vector<ScorePart> parts = explain_text(view, document);
  const ShardEffects* effects = basis_.effects;
  if (effects == nullptr || !effects->changes_points()) return parts;
  if (basis_.plan.browse()) parts.push_back({"", "", "", "base", PointAdjustment::browse_points});
  if (parts.empty()) return parts;  // does not match
  std::int64_t points = 0;
  for (const ScorePart& part : parts) points += part.kind == "tier" ? 0 : part.points;
  PointAdjustment(*effects, view, std::span(&document, 1)).explain(0, points, parts);
  return parts;
}

std::vector<ScorePart> Scorer::explain_text(const SegmentView& view, std::uint32_t document) {
  std::vector<ScorePart> best;
  if (basis_.plan.browse()) return best;
  const Segment& segment = *view.segment;
  const PlanPostings& plan = postings(view.segment);
  std::int64_t best_score = -1;
  TextPoints first;
  for (std::size_t r = 0; r < plan.size(); ++r) {
    const Reading& reading = basis_.plan.readings[r];
    const TextPoints points = text_points(reading, plan[r], segment, document);
    if (r == 0) first = points;
    if (points.weight < reading.least_weight(basis_.plan.share) || !points.may_lift(first)) continue;
    std::vector<ScorePart> parts = parts_of(reading, plan[r], segment, document);
    if (r == 0) title(view.segment).explain(document, points, parts);
    std::int64_t sum = 0;
    for (const ScorePart& part : parts) sum += part.points;
    if (sum > points_max) parts.push_back({"", "", "", "limit", points_max - sum});
    const std::int64_t tier = tier_of(points.typos, points.missing);
    parts.insert(parts.begin(), {"", "", "", "tier", tier});
    const std::int64_t score = tier + std::min(sum, points_max);
    if (score <= best_score) continue;
    best_score = score;
    best = std::move(parts);
  }
  return best;
}

}  // namespace aisle
