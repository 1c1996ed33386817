#include "query/best_documents.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace aisle {
namespace {

constexpr std::size_t few = 256;     // documents that are all looked at
constexpr std::size_t lengths = 33;  // the last stands for all longer ones, which score no more
// Levels of a list, which is read once for them and once for all longer ones.
constexpr std::size_t short_levels = 3;
// Documents to look at in turn: what will be read of each comes into the cache while those before it are
// looked at.
template <class See>
class Ahead {
 public:
  Ahead(const Segment& segment, const TitleMatch& title, See see)
      : segment_(segment), title_(title), see_(std::move(see)) {}

  void add(std::uint32_t document) {
    if (end_ - begin_ == distance) see_(at(begin_++));
    at(end_++) = document;
    segment_.forms.prefetch_place(document);
    if (segment_.forward_field >= 0) segment_.prefetch_forward_place(document);
    if (end_ - placed_ > distance / 2) prefetch_next();
  }
  void finish() {
    while (placed_ < end_) prefetch_next();
    while (begin_ < end_) see_(at(begin_++));
  }

 private:
  static constexpr std::size_t distance = 8;

  std::uint32_t& at(std::size_t i) { return waiting_[i % distance]; }
  void prefetch_next() {
    const std::uint32_t document = at(placed_++);
    segment_.forms.prefetch_repeats(document);
    if (segment_.forward_field >= 0) segment_.prefetch_forward_tokens(document);
    title_.prefetch(document);
  }

  const Segment& segment_;
  const TitleMatch& title_;
  See see_;
  std::array<std::uint32_t, distance> waiting_{};
  std::size_t begin_ = 0;   // not yet looked at
  std::size_t placed_ = 0;  // not yet prefetched wholly
  std::size_t end_ = 0;
};

// Whether its bits are read sooner than its list.
bool is_dense(const DocumentSet& documents) {
  return documents.bits() != nullptr && documents.size() > documents.bits()->words().size() / 2;
}

}  // namespace

// The score that no document with such a length can exceed.
struct BestDocuments::Bounds {
  std::array<std::int64_t, lengths> by_length;
  const std::vector<std::uint8_t>* lengths_of = nullptr;  // by document; null: all alike

  std::size_t length(std::uint32_t document) const {
    return lengths_of != nullptr ? (*lengths_of)[document] : 0;
  }
  std::int64_t of(std::uint32_t document) const { return by_length[std::min(length(document), lengths - 1)]; }
};

struct BestDocuments::Kind {
  std::size_t gain = 0;  // of gains_, or one more: none
  int percent = 0;       // of that
  bool outstanding = false;
  Repeating repeating = Never;
  DocumentSet documents;  // and some of other kinds
  Bounds bounds;
};

BestDocuments::BestDocuments(const ScoreBasis& basis, const PlanPostings& postings, const SegmentView& view,
                             std::size_t count)
    : basis_(basis),
      postings_(postings),
      view_(view),
      segment_(*view.segment),
      count_(count),
      title_(basis, postings.front(), view.segment),
      best_(count) {
  const auto weight = [&](std::size_t field) { return basis.weight(field); };
  readings_.reserve(postings.size());
  for (std::size_t r = 0; r < postings.size(); ++r) {
    const Reading& reading = basis.plan.readings[r];
    readings_.emplace_back(reading, postings[r], segment_, basis.statistics, weight);
    least_.push_back(reading.least_weight(basis.plan.share));
  }
}

std::vector<ScoredDocument> BestDocuments::find(const DocumentSet& documents) && {
  if (basis_.effects != nullptr && basis_.effects->changes_points()) {
    find_adjusted(documents);
  } else {
    find_by_tier(documents);
  }
  return std::move(best_).in_order();
}

// What signals and boosts make of points is another thing for each document.
void BestDocuments::find_adjusted(const DocumentSet& documents) {
  const std::vector<std::uint32_t> list = documents.borrowed().to_list();
  adjustment_.emplace(*basis_.effects, view_, list);
  std::size_t i = 0;
  Ahead ahead(segment_, title_, [&](std::uint32_t document) {
    look_at(document, i++, segment_.forms.repeats(document), title_.most_percent());
  });
  for (const std::uint32_t document : list) ahead.add(document);
  ahead.finish();
  adjustment_.reset();  // it borrows the list
}

// A position that need not match and is matched by a misspelling costs a tier all the same.
bool BestDocuments::has_optional_typos() const {
  for (std::size_t r = 0; r < postings_.size(); ++r) {
    for (std::size_t p = 0; p < postings_[r].size(); ++p) {
      if (basis_.plan.readings[r].positions[p].weight > 0) continue;
      for (const auto& source : postings_[r][p].sources) {
        if (source.alternative->typos > 0) return true;
      }
    }
  }
  return false;
}

// What is in a better tier stands before all others; when that is enough, the others are not looked at.
void BestDocuments::find_by_tier(const DocumentSet& documents) {
  std::int64_t tier = 3 * tier_points;
  if (documents.size() > few && basis_.plan.typos_max > 0 && !has_optional_typos()) {
    if (sweep_better(false, documents, tier)) return;
    tier = 2 * tier_points;
  }
  if (documents.size() > few && basis_.plan.partial()) {
    if (sweep_better(true, documents, tier)) return;
    tier = 0;
  }
  sweep(documents, tier);
}

// Those with all words first, without typos or with some; true when they are enough.
bool BestDocuments::sweep_better(bool typos, const DocumentSet& documents, std::int64_t tier) {
  DocumentSet better = intersection_of(match_wholly(basis_.plan, postings_, view_, typos), documents);
  sweep(better, tier);
  const bool enough = better.size() >= count_;
  done_.push_back(std::move(better));
  return enough;
}

// Shorter fields first, since they may score higher, until what is left is too long for all.
void BestDocuments::sweep(const DocumentSet& documents, std::int64_t tier) {
  if (documents.size() <= few) {
    Ahead ahead(segment_, title_, [&](std::uint32_t document) {
      look_at(document, 0, segment_.forms.repeats(document), title_.most_percent());
    });
    documents.each([&](std::uint32_t document) {
      if (!is_done(document)) ahead.add(document);
    });
    ahead.finish();
    return;
  }
  note_kinds();
  const std::vector<Kind> kinds = kinds_of(documents, tier);
  const std::size_t ends = std::max<std::size_t>(segment_.forms.by_level().size(), 1);
  for (std::size_t level = 0; level < ends;) {
    const std::size_t shortest = PostingForms::shortest(level);
    const std::size_t end = is_dense(documents) ? level + 1
                            : level == 0        ? std::min(short_levels, ends)
                                                : ends;
    bool any = false;
    for (const Kind& kind : kinds) {
      if (!best_.can_take(kind.bounds.by_length[shortest], 0)) continue;
      any = true;
      sweep_lengths(kind, level, end);
    }
    if (!any) return;
    level = end;
  }
}

std::vector<BestDocuments::Kind> BestDocuments::kinds_of(const DocumentSet& documents,
                                                         std::int64_t tier) const {
  std::vector<Kind> kinds;
  const auto add = [&](std::size_t gain, bool outstanding, Repeating repeating, DocumentSet set) {
    if (set.empty()) return;
    if (!set.has_list() && !is_dense(set)) set = DocumentSet(std::move(set).to_list());
    const int frequency = repeating == Often ? segment_.forms.frequency_max() : repeating == Twice ? 2 : 1;
    const int percent = gain < gains_.size() ? gains_[gain].percent : 0;
    kinds.push_back({gain, percent, outstanding, repeating, std::move(set),
                     bounds(tier, static_cast<std::uint8_t>(frequency), outstanding, percent)});
  };
  const auto add_all = [&](std::size_t gain, DocumentSet some) {
    DocumentSet outstanding = intersection_of(outstanding_, some);
    for (const Repeating repeating : {Often, Twice}) {
      add(gain, true, repeating, intersection_of(repeating_[repeating], outstanding));
      add(gain, false, repeating, intersection_of(repeating_[repeating], some));
    }
    add(gain, true, Never, std::move(outstanding));
    add(gain, false, Never, std::move(some));
  };
  for (std::size_t gain = 0; gain < gains_.size(); ++gain)
    add_all(gain, intersection_of(gains_[gain].documents, documents));
  add_all(gains_.size(), documents.borrowed());
  return kinds;
}

// Documents with lengths of the levels [level, end). Bounds are looked at once more when a document's turn
// has come.
void BestDocuments::sweep_lengths(const Kind& kind, std::size_t level, std::size_t end) {
  const DocumentSet& documents = kind.documents;
  const Bounds& bounds = kind.bounds;
  Ahead ahead(segment_, title_, [&](std::uint32_t document) {
    if (!best_.can_take(bounds.of(document), document)) return;
    look_at(document, 0, kind.repeating == Never ? Repeats() : segment_.forms.repeats(document),
            kind.percent);
  });
  const auto see = [&](std::uint32_t document) {
    if (!best_.can_take(bounds.of(document), document)) return;
    if (is_of(document, kind) && !is_done(document)) ahead.add(document);
  };
  each_with_lengths(documents, bounds, level, end, see);
  ahead.finish();
}

// Calls see(document) for those with lengths of the levels [level, end).
template <class See>
void BestDocuments::each_with_lengths(const DocumentSet& documents, const Bounds& bounds, std::size_t level,
                                      std::size_t end, const See& see) const {
  const auto levels = segment_.forms.by_level();
  if (levels.empty()) {
    documents.each(see);
    return;
  }
  if (!is_dense(documents)) {
    const std::size_t least = PostingForms::shortest(level);
    const std::size_t most = PostingForms::levels[end - 1];
    documents.each([&](std::uint32_t document) {
      const std::size_t length = bounds.length(document);
      if (length >= least && length <= most) see(document);
    });
    return;
  }
  const auto& words = documents.bits()->words();
  for (; level < end; ++level) {
    const auto& of_level = levels[level].words();
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::uint64_t word = words[i] & of_level[i]; word != 0; word &= word - 1)
        see(static_cast<std::uint32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
    }
  }
}

void BestDocuments::note_kinds() {
  if (kinds_noted_) return;
  kinds_noted_ = true;
  std::vector<DocumentSet> worth_more;
  for (const ReadingPoints& reading : readings_) reading.add_outstanding(worth_more);
  outstanding_ = union_of(std::move(worth_more), segment_.size);
  gains_ = title_.gains();
  for (const Repeating kind : {Often, Twice}) {
    std::vector<DocumentSet> sets;
    for (const ReadingPoints& reading : readings_) reading.add_repeating(kind == Often, sets);
    repeating_[kind] = union_of(std::move(sets), segment_.size);
  }
}

BestDocuments::Bounds BestDocuments::bounds(std::int64_t tier, std::uint8_t frequency, bool outstanding,
                                            int percent) const {
  Bounds bounds;
  if (const int field = basis_.context.forward_field; field >= 0)
    bounds.lengths_of = &segment_.lengths[static_cast<std::size_t>(field)];
  for (std::size_t length = 0; length < lengths; ++length) {
    std::int64_t most = 0;
    for (std::size_t r = 0; r < readings_.size(); ++r) {
      const std::int64_t text = readings_[r].most(static_cast<std::uint8_t>(length), frequency, outstanding);
      most = std::max(most, r == 0 ? title_.most(length, text, percent) : text);
    }
    bounds.by_length[length] = tier + std::min(most, points_max);
  }
  return bounds;
}

// Whether it is of no kind with higher bounds.
bool BestDocuments::is_of(std::uint32_t document, const Kind& kind) const {
  for (std::size_t gain = 0; gain < kind.gain; ++gain) {
    if (gains_[gain].documents.contains(document)) return false;
  }
  if (!kind.outstanding && outstanding_.contains(document)) return false;
  if (kind.repeating != Often && repeating_[Often].contains(document)) return false;
  return kind.repeating != Never || !repeating_[Twice].contains(document);
}

bool BestDocuments::is_done(std::uint32_t document) const {
  return std::ranges::any_of(done_, [&](const DocumentSet& some) { return some.contains(document); });
}

// The score with the ranking's signals and boosts, which stay in its tier. More points never become fewer by
// it.
std::int64_t BestDocuments::adjusted(std::size_t i, const DocumentScore& score) const {
  if (!adjustment_ || score.score < 0) return score.score;
  const std::int64_t tier = tier_of(score);
  return tier + adjustment_->apply(i, score.score - tier);
}

// Of all readings but the first.
DocumentScore BestDocuments::best_of_other_readings(std::uint32_t document, Repeats repeats,
                                                    const TextPoints& first) {
  DocumentScore best = unmatched_score;
  for (std::size_t r = 1; r < readings_.size(); ++r) {
    const TextPoints text = readings_[r].of(document, repeats);
    if (text.weight >= least_[r] && text.may_lift(first) && text.score().score > best.score)
      best = text.score();
  }
  return best;
}

// `i`: its place among those adjusted. `percent`: what it may gain at the most by head and values.
void BestDocuments::look_at(std::uint32_t document, std::size_t i, Repeats repeats, int percent) {
  const TextPoints text = readings_.front().of(document, repeats);
  DocumentScore score = best_of_other_readings(document, repeats, text);
  if (text.weight >= least_.front()) {
    DocumentScore first = text.score();
    const std::int64_t tier = tier_of(first);
    const std::size_t tokens = segment_.forward_field < 0 ? 0 : segment_.forward_tokens(document).size();
    first.score = tier + std::min(title_.most(tokens, text.points, percent), points_max);
    if (!best_.can_take(adjusted(i, first.score > score.score ? first : score), document)) return;
    first.score = tier + std::min(title_.points(document, text), points_max);
    if (first.score >= score.score) score = first;
  }
  best_.take({document, {adjusted(i, score), score.typos, score.missing}});
}

}  // namespace aisle
