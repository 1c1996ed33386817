#include "query/scorer.h"

#include <algorithm>
#include <optional>

#include "query/intersect.h"
#include "query/proximity.h"

namespace aisle {
namespace {

constexpr DocumentScore unmatched_score{-1, 0, 0};

constexpr std::uint8_t no_typos_known = 255;  // the position does not match

std::int64_t tier_of(int typos, std::uint32_t missing) {
  return missing != 0 ? 0 : std::max(3 - typos, 1) * tier_points;
}
std::int64_t tier_of(const DocumentScore& score) {
  return tier_of(score.typos, score.missing);
}

}  // namespace

// The best of a row of documents in ascending order: one that only draws level comes too late.
class Scorer::Best {
 public:
  explicit Best(std::size_t count) : count_(count) { heap_.reserve(count); }

  bool can_take(std::int64_t score) const { return heap_.size() < count_ || score > heap_.front().score.score; }
  void take(const ScoredDocument& some) {
    if (!can_take(some.score.score)) return;
    if (heap_.size() == count_) {
      std::ranges::pop_heap(heap_, before);
      heap_.pop_back();
    }
    heap_.push_back(some);
    std::ranges::push_heap(heap_, before);
  }
  std::vector<ScoredDocument> in_order() && {
    std::ranges::sort_heap(heap_, before);
    return std::move(heap_);
  }

 private:
  static bool before(const ScoredDocument& a, const ScoredDocument& b) {
    return a.score.score != b.score.score ? a.score.score > b.score.score : a.document < b.document;
  }

  std::size_t count_;
  std::vector<ScoredDocument> heap_;  // the last of them in front
};

// Documents of one segment and what adjusts them.
class Scorer::Batch {
 public:
  Batch(const SegmentView& view, std::span<const std::uint32_t> documents, const ShardEffects* effects)
      : view_(view), documents_(documents) {
    if (effects != nullptr && effects->changes_points()) adjustment_.emplace(*effects, view, documents);
  }

  const SegmentView& view() const { return view_; }
  const Segment& segment() const { return *view_.segment; }
  std::span<const std::uint32_t> documents() const { return documents_; }
  const std::optional<PointAdjustment>& adjustment() const { return adjustment_; }

  // Pays when many lists are met with the documents.
  void note_places() { places_.emplace(documents_, view_.segment->size); }
  // Calls meet(i, j) for each document i that is list[j].
  template <class Meet>
  void intersect(std::span<const std::uint32_t> list, Meet&& meet) const {
    if (places_) {
      places_->intersect(list, meet);
    } else {
      aisle::intersect(documents_, list, meet);
    }
  }
  // The score with the ranking's signals and boosts, which stay in its tier. More points never become fewer by it.
  std::int64_t adjusted(std::size_t i, const DocumentScore& score) const {
    if (!adjustment_ || score.score < 0) return score.score;
    const std::int64_t tier = tier_of(score);
    return tier + adjustment_->apply(i, score.score - tier);
  }

 private:
  const SegmentView& view_;
  std::span<const std::uint32_t> documents_;
  std::optional<PointAdjustment> adjustment_;
  std::optional<DocumentPlaces> places_;
};

// What the postings of one source are worth.
class Scorer::Impact {
 public:
  Impact(const PositionPostings::Source& source, std::int64_t factor, const Segment& segment,
         const Statistics& statistics)
      : postings_(source.postings),
        factor_(static_cast<std::uint64_t>(factor)),
        lengths_(segment.lengths[source.postings.field]),
        statistics_(statistics) {}

  std::int64_t operator[](std::size_t at) const {
    const std::uint32_t saturation = statistics_.saturation(postings_.field, postings_.frequencies[at],
                                                            lengths_[postings_.documents[at]]);
    return static_cast<std::int64_t>((factor_ * saturation) >> 12U);
  }

 private:
  const Postings& postings_;
  std::uint64_t factor_;
  const std::vector<std::uint8_t>& lengths_;
  const Statistics& statistics_;
};

Scorer::Scorer(const Plan& plan, const IndexContext& context, const Statistics& statistics,
               const ShardEffects* effects)
    : plan_(plan), context_(context), statistics_(statistics), effects_(effects) {}

const PlanPostings& Scorer::postings(const Segment& segment) {
  const auto [at, added] = postings_.try_emplace(&segment);
  if (added) at->second = resolve(plan_, segment, context_);
  return at->second;
}

int Scorer::weight(std::size_t field) const {
  const Field& some = context_.schema->fields[field];
  return effects_ != nullptr ? effects_->weight(some) : some.weight;
}

std::int64_t Scorer::factor(const PositionPostings::Source& source) const {
  return std::int64_t{source.alternative->points} * weight(source.postings.field);
}

// Of each field the best source counts, and the fields add up.
void Scorer::add_position(const Position& asked, const PositionPostings& position, const Batch& batch,
                          Points& total) const {
  const std::size_t size = batch.documents().size();
  std::vector<std::int64_t> best(position.sources.size() > 1 ? size : 0);
  std::vector<std::uint8_t> typos(size, no_typos_known);
  for (std::size_t s = 0; s < position.sources.size(); ++s) {
    const auto& source = position.sources[s];
    const std::uint16_t field = source.postings.field;
    const bool begins = s == 0 || position.sources[s - 1].postings.field != field;
    const bool ends = s + 1 == position.sources.size() || position.sources[s + 1].postings.field != field;
    const Impact impact(source, factor(source), batch.segment(), statistics_);
    const std::uint8_t typos_of_source = source.alternative->typos;
    if (begins && ends) {
      batch.intersect(source.postings.documents, [&](std::size_t i, std::size_t j) {
        total.points[i] += impact[j];
        typos[i] = std::min(typos[i], typos_of_source);
      });
      continue;
    }
    batch.intersect(source.postings.documents, [&](std::size_t i, std::size_t j) {
      best[i] = std::max(best[i], impact[j]);
      typos[i] = std::min(typos[i], typos_of_source);
    });
    if (!ends) continue;
    for (std::size_t i = 0; i < size; ++i) total.points[i] += std::exchange(best[i], 0);
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (typos[i] != no_typos_known) {
      total.typos[i] = static_cast<std::uint8_t>(total.typos[i] + typos[i]);
      total.weights[i] += asked.weight;
    } else if (asked.weight > 0) {
      total.missing[i] |= asked.words;
    }
  }
}

Scorer::Points Scorer::score_reading(std::size_t reading, const ReadingPostings& positions,
                                     const Batch& batch) const {
  const std::size_t size = batch.documents().size();
  Points total{std::vector<std::int64_t>(size), std::vector<std::uint8_t>(size), std::vector<std::uint64_t>(size),
               std::vector<std::uint32_t>(size)};
  for (std::size_t p = 0; p < positions.size(); ++p)
    add_position(plan_.readings[reading].positions[p], positions[p], batch, total);
  return total;
}

std::vector<ScoredDocument> Scorer::best_browsing(const Batch& batch, std::size_t count) const {
  Best best(count);
  for (std::size_t i = 0; i < batch.documents().size(); ++i) {
    const std::int64_t score =
        batch.adjustment() ? batch.adjustment()->apply(i, PointAdjustment::browse_points) : 0;
    best.take({batch.documents()[i], {score, 0, 0}});
  }
  return std::move(best).in_order();
}

// Of all readings but the first; empty when there are none.
std::vector<DocumentScore> Scorer::best_of_other_readings(const PlanPostings& plan, const Batch& batch) const {
  std::vector<DocumentScore> scores(plan.size() > 1 ? batch.documents().size() : 0, unmatched_score);
  for (std::size_t r = 1; r < plan.size(); ++r) {
    const Points points = score_reading(r, plan[r], batch);
    const std::uint64_t least = plan_.readings[r].least_weight(plan_.share);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (points.weights[i] < least) continue;
      const std::int64_t score =
          tier_of(points.typos[i], points.missing[i]) + std::min(points.points[i], points_max);
      if (score > scores[i].score) scores[i] = {score, points.typos[i], points.missing[i]};
    }
  }
  return scores;
}

std::vector<ScoredDocument> Scorer::best_of(const Batch& batch, std::size_t count) {
  const Segment& segment = batch.segment();
  const PlanPostings& plan = postings(segment);
  const std::vector<DocumentScore> others = best_of_other_readings(plan, batch);
  const Points points = score_reading(0, plan.front(), batch);
  const std::uint64_t least = plan_.readings.front().least_weight(plan_.share);
  std::optional<Proximity> proximity;
  if (const int field = context_.forward_field; field >= 0)
    proximity.emplace(plan.front(), segment, weight(static_cast<std::size_t>(field)));
  Best best(count);
  for (std::size_t i = 0; i < batch.documents().size(); ++i) {
    const std::uint32_t document = batch.documents()[i];
    DocumentScore score = others.empty() ? unmatched_score : others[i];
    if (points.weights[i] >= least) {
      const std::int64_t tier = tier_of(points.typos[i], points.missing[i]);
      const std::int64_t text = std::min(points.points[i], points_max);
      DocumentScore first{tier + text, points.typos[i], points.missing[i]};
      if (proximity) {
        const std::int64_t most = proximity->most(segment.forward_tokens(document).size());
        const DocumentScore highest{tier + std::min(text + most, points_max), first.typos,
                                    first.missing};
        if (!best.can_take(batch.adjusted(i, highest.score > score.score ? highest : score))) continue;
        first.score = tier + std::min(text + proximity->parts(document).sum(), points_max);
      }
      if (first.score >= score.score) score = first;
    }
    best.take({document, {batch.adjusted(i, score), score.typos, score.missing}});
  }
  return std::move(best).in_order();
}

std::vector<ScoredDocument> Scorer::best(const SegmentView& view, std::span<const std::uint32_t> documents,
                                         std::size_t count) {
  if (documents.empty() || count == 0) return {};
  Batch batch(view, documents, effects_);
  if (plan_.browse()) return best_browsing(batch, count);
  std::size_t met = 0;  // postings of positions with many lists
  for (const ReadingPostings& reading : postings(*view.segment)) {
    for (const PositionPostings& position : reading) met += position.sources.size() > 1 ? position.total : 0;
  }
  if (met > documents.size() / 4) batch.note_places();
  return best_of(batch, count);
}

DocumentScore Scorer::score(const SegmentView& view, std::uint32_t document) {
  const Batch batch(view, std::span(&document, 1), effects_);
  return (plan_.browse() ? best_browsing(batch, 1) : best_of(batch, 1)).front().score;
}

// The best alternative of each position and field, as score_reading() counts them; the batch is one document.
std::vector<ScorePart> Scorer::parts_of(std::size_t reading, const ReadingPostings& positions,
                                        const Batch& batch) const {
  std::vector<ScorePart> parts;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    int field = -1;  // of the last part of this position
    for (const auto& source : positions[p].sources) {
      const Impact impact(source, factor(source), batch.segment(), statistics_);
      batch.intersect(source.postings.documents, [&](std::size_t, std::size_t at) {
        ScorePart part{plan_.readings[reading].positions[p].word, source.alternative->term,
                       context_.schema->fields[source.postings.field].name,
                       std::string(kind_name(source.alternative->kind)), impact[at]};
        if (field != source.postings.field) {
          parts.push_back(std::move(part));
        } else if (std::pair(-part.points, part.term) < std::pair(-parts.back().points, parts.back().term)) {
          parts.back() = std::move(part);  // of equal ones the same, whatever the order of the segments
        }
        field = source.postings.field;
      });
    }
  }
  return parts;
}

std::vector<ScorePart> Scorer::explain(const SegmentView& view, std::uint32_t document) {
  std::vector<ScorePart> parts = explain_text(view, document);
  if (effects_ == nullptr || !effects_->changes_points()) return parts;
  if (plan_.browse()) parts.push_back({"", "", "", "base", PointAdjustment::browse_points});
  if (parts.empty()) return parts;  // does not match
  std::int64_t points = 0;
  for (const ScorePart& part : parts) points += part.kind == "tier" ? 0 : part.points;
  PointAdjustment(*effects_, view, std::span(&document, 1)).explain(0, points, parts);
  return parts;
}

std::vector<ScorePart> Scorer::explain_text(const SegmentView& view, std::uint32_t document) {
  std::vector<ScorePart> best;
  if (plan_.browse()) return best;
  const Segment& segment = *view.segment;
  const Batch batch(view, std::span(&document, 1), nullptr);
  const PlanPostings& plan = postings(segment);
  std::int64_t best_score = -1;
  for (std::size_t r = 0; r < plan.size(); ++r) {
    const Points points = score_reading(r, plan[r], batch);
    if (points.weights[0] < plan_.readings[r].least_weight(plan_.share)) continue;
    std::vector<ScorePart> parts = parts_of(r, plan[r], batch);
    if (r == 0 && context_.forward_field >= 0) {
      const auto number = static_cast<std::size_t>(context_.forward_field);
      const std::string& field = context_.schema->fields[number].name;
      const auto near = Proximity(plan[r], segment, weight(number)).parts(document);
      if (near.neighbours + near.first > 0)
        parts.push_back({"", "", field, "proximity", near.neighbours + near.first});
      if (near.exact > 0) parts.push_back({"", "", field, "exact", near.exact});
    }
    std::int64_t sum = 0;
    for (const ScorePart& part : parts) sum += part.points;
    if (sum > points_max) parts.push_back({"", "", "", "limit", points_max - sum});
    const std::int64_t tier = tier_of(points.typos[0], points.missing[0]);
    parts.insert(parts.begin(), {"", "", "", "tier", tier});
    const std::int64_t score = tier + std::min(sum, points_max);
    if (score <= best_score) continue;
    best_score = score;
    best = std::move(parts);
  }
  return best;
}

}  // namespace aisle
