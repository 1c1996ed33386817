#include "query/scorer.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <optional>

#include "query/intersect.h"

namespace aisle {
namespace {

// Points of proximity, each times the weight of the forward field.
constexpr std::int64_t neighbour_points = 30;   // a word directly behind the one before it in the query
constexpr std::int64_t first_word_points = 10;  // the field begins with the query's first word
constexpr std::int64_t exact_points = 60;       // the field has the query's words and no other

constexpr DocumentScore unmatched_score{-1, 0};

constexpr std::size_t readings_words_max = 16;  // positions a proximity mask can hold

std::int64_t tier_of(int typos) {
  return (3 - std::min(typos, 3)) * tier_points;
}

}  // namespace

// Marks which positions of the first reading each term of a segment stands for, and reads the forward field.
class Scorer::Proximity {
 public:
  Proximity(const ReadingPostings& positions, const Segment& segment, int forward_field, std::int64_t weight)
      : segment_(segment), weight_(weight), positions_(std::min(positions.size(), readings_words_max)) {
    std::size_t terms = 0;
    for (const PositionPostings& position : positions) terms += position.sources.size();
    slots_.resize(std::bit_ceil(std::max<std::size_t>(8, terms * 2)));
    for (std::size_t p = 0; p < positions_; ++p) {
      for (const auto& source : positions[p].sources) {
        // a term that stands for the word in other fields only says nothing about this one
        if (source.postings.field == forward_field)
          slot(source.term).mask |= static_cast<std::uint16_t>(1U << p);
      }
    }
  }

  struct Parts {
    std::int64_t neighbours = 0;
    std::int64_t first = 0;
    std::int64_t exact = 0;
    std::int64_t sum() const { return neighbours + first + exact; }
  };

  Parts parts(std::uint32_t document) const {
    const auto tokens = segment_.forward_tokens(document);
    std::uint32_t before = 0;
    std::uint32_t seen = 0;
    std::size_t marked = 0;
    std::int64_t neighbours = 0;
    for (const TermId token : tokens) {
      const std::uint32_t mask = mask_of(token);
      if (((before << 1U) & mask) != 0) ++neighbours;
      marked += mask != 0 ? 1U : 0U;
      seen |= mask;
      before = mask;
    }
    Parts parts;
    const auto most = static_cast<std::int64_t>(positions_) - 1;
    parts.neighbours = std::min(neighbours, most) * neighbour_points * weight_;
    if (!tokens.empty() && (mask_of(tokens.front()) & 1U) != 0) parts.first = first_word_points * weight_;
    const std::uint32_t all = (1U << positions_) - 1U;
    if (seen == all && marked == tokens.size() && tokens.size() == positions_)
      parts.exact = exact_points * weight_;
    return parts;
  }

 private:
  struct Slot {
    TermId term = no_term;
    std::uint16_t mask = 0;
  };

  std::size_t place(TermId term) const { return (term * 0x9E3779B1U) & (slots_.size() - 1); }
  Slot& slot(TermId term) {
    std::size_t at = place(term);
    while (slots_[at].term != term && slots_[at].term != no_term) at = (at + 1) & (slots_.size() - 1);
    slots_[at].term = term;
    return slots_[at];
  }
  std::uint32_t mask_of(TermId term) const {
    std::size_t at = place(term);
    while (slots_[at].term != no_term) {
      if (slots_[at].term == term) return slots_[at].mask;
      at = (at + 1) & (slots_.size() - 1);
    }
    return 0;
  }

  const Segment& segment_;
  std::int64_t weight_;
  std::size_t positions_;
  std::vector<Slot> slots_;
};

Scorer::Scorer(const Plan& plan, const IndexContext& context, const Statistics& statistics,
               const ShardEffects* effects)
    : plan_(plan), context_(context), effects_(effects), length_norms_(context.schema->fields.size()) {
  if (plan.browse()) return;
  for (const Field& field : context.schema->fields) {
    if (!field.search) continue;
    // 256 * (1 - b + b * length / mean) with b = 0.3
    for (std::uint32_t length = 0; length < 256; ++length) {
      length_norms_[field.number][length] = 179 + 77 * length * 256 / statistics.mean_length(field.number);
    }
  }
}

int Scorer::weight(std::size_t field) const {
  const Field& some = context_.schema->fields[field];
  return effects_ != nullptr ? effects_->weight(some) : some.weight;
}

std::int64_t Scorer::points_of(const PositionPostings::Source& source, const Segment& segment,
                               std::size_t at) const {
  const std::uint16_t field = source.postings.field;
  const std::uint32_t frequency = source.postings.frequencies[at];
  const std::uint32_t norm = length_norms_[field][segment.lengths[field][source.postings.documents[at]]];
  // 256 * tf * (k1 + 1) / (tf + k1 * norm) with k1 = 1.2
  const std::uint64_t saturated = 256ULL * 22 * frequency * 256 / (10ULL * frequency * 256 + 12ULL * norm);
  const auto weight_of_field = static_cast<std::uint64_t>(weight(field));
  return static_cast<std::int64_t>((source.alternative->points * weight_of_field * saturated) >> 12U);
}

Scorer::Points Scorer::score_reading(const ReadingPostings& positions, const Segment& segment,
                                     std::span<const std::uint32_t> documents) const {
  Points total{std::vector<std::int64_t>(documents.size()), std::vector<std::uint8_t>(documents.size()),
               std::vector<std::uint8_t>(documents.size())};
  std::vector<std::int64_t> best(documents.size());
  std::vector<std::uint8_t> typos(documents.size());
  constexpr std::uint8_t unmatched = 255;
  for (const PositionPostings& position : positions) {
    std::ranges::fill(typos, unmatched);
    for (std::size_t s = 0; s < position.sources.size(); ++s) {
      const auto& source = position.sources[s];
      intersect(documents, source.postings.documents, [&](std::size_t i, std::size_t j) {
        best[i] = std::max(best[i], points_of(source, segment, j));
        typos[i] = std::min(typos[i], source.alternative->typos);
      });
      const bool field_ends =
          s + 1 == position.sources.size() || position.sources[s + 1].postings.field != source.postings.field;
      if (!field_ends) continue;
      for (std::size_t i = 0; i < documents.size(); ++i) {
        total.points[i] += best[i];
        best[i] = 0;
      }
    }
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (typos[i] == unmatched) continue;
      total.typos[i] = static_cast<std::uint8_t>(total.typos[i] + typos[i]);
      ++total.matched[i];
    }
  }
  return total;
}

std::int64_t Scorer::proximity_max() const {
  if (context_.forward_field < 0) return 0;
  const auto positions = static_cast<std::int64_t>(plan_.readings.front().positions.size());
  return weight(static_cast<std::size_t>(context_.forward_field)) *
         ((positions - 1) * neighbour_points + first_word_points + exact_points);
}

std::vector<DocumentScore> Scorer::score_browsing(const Scored& scored) const {
  std::vector<DocumentScore> scores(scored.documents.size());
  if (scored.adjustment == nullptr) return scores;
  for (std::size_t i = 0; i < scores.size(); ++i)
    scores[i].score = scored.adjustment->apply(i, PointAdjustment::browse_points);
  return scores;
}

// The score with the ranking's signals and boosts, which stay in its tier.
std::int64_t Scorer::adjusted(const Scored& scored, std::size_t i, const DocumentScore& score) {
  if (scored.adjustment == nullptr || score.score < 0) return score.score;
  const std::int64_t tier = tier_of(score.typos);
  return tier + scored.adjustment->apply(i, score.score - tier);
}

std::vector<DocumentScore> Scorer::score(const SegmentView& view, std::span<const std::uint32_t> documents,
                                         std::size_t best) const {
  if (documents.empty()) return {};
  std::optional<PointAdjustment> adjustment;
  if (effects_ != nullptr && effects_->changes_points()) adjustment.emplace(*effects_, view, documents);
  const Scored scored{view, documents, adjustment ? &*adjustment : nullptr};
  if (plan_.browse()) return score_browsing(scored);
  const Segment& segment = *view.segment;
  std::vector<DocumentScore> scores(documents.size(), unmatched_score);
  std::vector<DocumentScore> first(documents.size(), unmatched_score);  // of the first reading
  for (std::size_t r = 0; r < plan_.readings.size(); ++r) {
    const Reading& reading = plan_.readings[r];
    const Points points = score_reading(resolve(reading, segment, context_), segment, documents);
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (points.matched[i] != reading.positions.size()) continue;
      const DocumentScore score{tier_of(points.typos[i]) + std::min(points.points[i], points_max),
                                points.typos[i]};
      DocumentScore& kept = r == 0 ? first[i] : scores[i];
      if (score.score > kept.score) kept = score;
    }
  }
  add_proximity(scored, best, first, scores);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i].score = adjusted(scored, i, scores[i]);
  return scores;
}

// `scores` has the best of the other readings and takes the best of all. More points never become fewer by
// adjusting them, so that what cannot reach the threshold before cannot after.
void Scorer::add_proximity(const Scored& scored, std::size_t best, std::span<const DocumentScore> first,
                           std::span<DocumentScore> scores) const {
  const auto better = [&](const DocumentScore& one, std::size_t i) {
    if (one.score >= scores[i].score) scores[i] = one;
  };
  const std::int64_t most = proximity_max();
  if (most == 0) {
    for (std::size_t i = 0; i < first.size(); ++i) better(first[i], i);
    return;
  }
  std::int64_t threshold = best == 0 ? std::numeric_limits<std::int64_t>::max() : 0;
  if (best > 0 && first.size() > best) {
    std::vector<std::int64_t> order;
    order.reserve(first.size());
    for (std::size_t i = 0; i < first.size(); ++i)
      order.push_back(adjusted(scored, i, first[i].score > scores[i].score ? first[i] : scores[i]));
    const auto kth = order.begin() + static_cast<std::ptrdiff_t>(best - 1);
    std::nth_element(order.begin(), kth, order.end(), std::greater<>());
    threshold = *kth;
  }
  const Segment& segment = *scored.view.segment;
  const int field = context_.forward_field;
  const Proximity proximity(resolve(plan_.readings.front(), segment, context_), segment, field,
                            weight(static_cast<std::size_t>(field)));
  for (std::size_t i = 0; i < first.size(); ++i) {
    DocumentScore score = first[i];
    const std::int64_t tier = tier_of(score.typos);
    const DocumentScore highest{tier + std::min(score.score - tier + most, points_max), score.typos};
    if (score.score >= 0 && adjusted(scored, i, highest) >= threshold)
      score.score =
          tier + std::min(score.score - tier + proximity.parts(scored.documents[i]).sum(), points_max);
    better(score, i);
  }
}

// The best alternative of each position and field, as score_reading() counts them.
std::vector<ScorePart> Scorer::parts_of(const Reading& reading, const Segment& segment,
                                        std::span<const std::uint32_t> one) const {
  std::vector<ScorePart> parts;
  const ReadingPostings positions = resolve(reading, segment, context_);
  for (std::size_t p = 0; p < positions.size(); ++p) {
    int field = -1;  // of the last part of this position
    for (const auto& source : positions[p].sources) {
      intersect(one, source.postings.documents, [&](std::size_t, std::size_t at) {
        ScorePart part{reading.positions[p].word, source.alternative->term,
                       context_.schema->fields[source.postings.field].name,
                       std::string(kind_name(source.alternative->kind)), points_of(source, segment, at)};
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

std::vector<ScorePart> Scorer::explain(const SegmentView& view, std::uint32_t document) const {
  std::vector<ScorePart> parts = explain_text(view, document);
  if (effects_ == nullptr || !effects_->changes_points()) return parts;
  if (plan_.browse()) parts.push_back({"", "", "", "base", PointAdjustment::browse_points});
  if (parts.empty()) return parts;  // does not match
  std::int64_t points = 0;
  for (const ScorePart& part : parts) points += part.kind == "tier" ? 0 : part.points;
  PointAdjustment(*effects_, view, std::span(&document, 1)).explain(0, points, parts);
  return parts;
}

std::vector<ScorePart> Scorer::explain_text(const SegmentView& view, std::uint32_t document) const {
  std::vector<ScorePart> best;
  if (plan_.browse()) return best;
  const Segment& segment = *view.segment;
  const std::span<const std::uint32_t> one(&document, 1);
  std::int64_t best_score = -1;
  for (const Reading& reading : plan_.readings) {
    const ReadingPostings positions = resolve(reading, segment, context_);
    const Points points = score_reading(positions, segment, one);
    if (points.matched[0] != reading.positions.size()) continue;
    std::vector<ScorePart> parts = parts_of(reading, segment, one);
    if (&reading == &plan_.readings.front() && context_.forward_field >= 0) {
      const auto number = static_cast<std::size_t>(context_.forward_field);
      const std::string& field = context_.schema->fields[number].name;
      const auto near = Proximity(positions, segment, context_.forward_field, weight(number)).parts(document);
      if (near.neighbours + near.first > 0)
        parts.push_back({"", "", field, "proximity", near.neighbours + near.first});
      if (near.exact > 0) parts.push_back({"", "", field, "exact", near.exact});
    }
    std::int64_t sum = 0;
    for (const ScorePart& part : parts) sum += part.points;
    if (sum > points_max) parts.push_back({"", "", "", "limit", points_max - sum});
    parts.insert(parts.begin(), {"", "", "", "tier", tier_of(points.typos[0])});
    const std::int64_t score = tier_of(points.typos[0]) + std::min(sum, points_max);
    if (score <= best_score) continue;
    best_score = score;
    best = std::move(parts);
  }
  return best;
}

}  // namespace aisle
