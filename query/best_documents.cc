#include "query/best_documents.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace aisle {
namespace {

// So many documents, and some more for each list of a term, are not parted into kinds, which takes longer.
constexpr std::size_t few_least = 128;
constexpr std::size_t few_a_list = 4;
constexpr std::size_t lengths = 33;  // the last stands for all longer ones, which score no more
constexpr std::int64_t most_points = std::numeric_limits<std::int64_t>::max();  // of which nothing is known

}  // namespace

// No document scores more.
struct BestDocuments::Bound {
  std::int64_t most = 0;
  std::int64_t most_else = 0;  // when it begins with another word than the query

  static Bound unknown() { return {most_points, most_points}; }
};

struct BestDocuments::Kind {
  std::int64_t tier = 0;
  int percent = 0;  // that they may gain
  bool outstanding = false;
  Repeating repeating = Never;
  CommonDocuments documents{};
  DocumentCursor repeats_other{};  // those of Twice that repeat another term than the noted one
  std::size_t length = 0;          // of the next ones
  Bound bound{};
  Bound bound_noted{};  // when they repeat no other

  bool is_over() const { return bound.most < 0; }
  const Bound& bound_of(std::uint32_t document) {
    return repeating != Twice || repeats_other.has(document) ? bound : bound_noted;
  }
};

struct BestDocuments::Candidate {
  std::uint32_t document = 0;
  std::uint8_t length = 0;  // of the forward field
  std::size_t i = 0;        // among those that are adjusted
  bool repeats = false;     // it may repeat words of the plan
  int percent = 0;          // of what it may gain at the most by head and values
  Bound bound{};
};

// Documents to look at in turn: what will be read of each comes into the cache while those before it are
// looked at.
class BestDocuments::Ahead {
 public:
  explicit Ahead(BestDocuments& best) : best_(best) {}

  void add(const Candidate& some) {
    if (end_ - begin_ == distance) best_.look_at(waiting_[begin_++ % distance]);
    if (some.repeats) best_.segment_.forms.prefetch_place(some.document);
    if (end_ - begin_ > half) {
      const Candidate& before = waiting_[(end_ - half) % distance];
      if (before.repeats) best_.segment_.forms.prefetch_repeats(before.document);
    }
    waiting_[end_++ % distance] = some;
    if (best_.segment_.forward_field >= 0) best_.segment_.prefetch_forward(some.document, some.length);
    best_.title_.prefetch(some.document, some.length);
  }
  void finish() {
    while (begin_ < end_) best_.look_at(waiting_[begin_++ % distance]);
  }

 private:
  static constexpr std::size_t distance = 8;
  static constexpr std::size_t half = distance / 2;

  BestDocuments& best_;
  std::array<Candidate, distance> waiting_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

BestDocuments::BestDocuments(const ScoreBasis& basis, const PlanPostings& postings, const SegmentView& view,
                             std::size_t count)
    : basis_(basis),
      postings_(postings),
      view_(view),
      segment_(*view.segment),
      count_(count),
      few_(few_least),
      title_(basis, postings.front(), view.segment),
      best_(count, view.segment->ids) {
  readings_.reserve(postings.size());
  for (std::size_t r = 0; r < postings.size(); ++r) {
    readings_.emplace_back(basis, postings, r, segment_);
    least_.push_back(basis.plan.readings[r].least_weight(basis.plan.share));
    for (const PositionPostings& position : postings[r]) few_ += few_a_list * position.sources.size();
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
  Ahead ahead(*this);
  for (const std::uint32_t document : list)
    ahead.add(
        {document, segment_.forward_length(document), i++, true, title_.most_percent(), Bound::unknown()});
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
  if (documents.size() > few_ && basis_.plan.typos_max > 0 && !has_optional_typos()) {
    if (sweep_better(false, documents, tier)) return;
    tier = 2 * tier_points;
  }
  if (documents.size() > few_ && basis_.plan.partial()) {
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

void BestDocuments::sweep(const DocumentSet& documents, std::int64_t tier) {
  if (documents.size() <= few_) {
    sweep_few(documents, tier);
  } else {
    sweep_many(documents, tier);
  }
}

void BestDocuments::sweep_few(const DocumentSet& documents, std::int64_t tier) {
  const int percent = title_.most_percent();
  const std::uint8_t often = segment_.forms.frequency_max();
  const Kind kind{tier, percent, true, Never};
  std::optional<std::uint8_t> length;  // of those before
  std::array<Bound, 2> most{};         // of that length; of what repeats words
  Ahead ahead(*this);
  documents.each([&](std::uint32_t document) {
    if (is_done(document)) return;
    const bool repeats = segment_.forms.repeats_some(document);
    const std::uint8_t now = segment_.forward_length(document);
    Bound some = Bound::unknown();
    if (best_.is_full()) {
      if (length != now) {
        length = now;
        most[0] = bound(kind, now, {1, 1});
        most[1] = bound(kind, now, {often, often});
      }
      some = most[repeats ? 1 : 0];
      if (!may_be_taken(some, document)) return;
    }
    ahead.add({document, now, 0, repeats, percent, some});
  });
  ahead.finish();
}

// Of all kinds the one whose next documents, those of one length, may score highest, until none may bring
// one among the best.
void BestDocuments::sweep_many(const DocumentSet& documents, std::int64_t tier) {
  note_kinds();
  std::vector<Kind> kinds = kinds_of(documents, tier);
  Ahead ahead(*this);
  while (!kinds.empty()) {
    Kind& next = *std::ranges::max_element(kinds, {}, [](const Kind& kind) { return kind.bound.most; });
    if (!best_.can_take_some(next.bound.most)) break;
    add_next(next, ahead);
    if (!next.is_over()) continue;
    std::swap(next, kinds.back());
    kinds.pop_back();
  }
  ahead.finish();
}

void BestDocuments::add_next(Kind& kind, Ahead& ahead) {
  const bool one_length = kind.length + 1 < lengths;
  const auto wanted = [&](std::uint32_t document) {
    using Wanted = CommonDocuments::Wanted;
    if (may_be_taken(kind.bound, document)) return Wanted::Yes;
    return best_.can_take_some(kind.bound.most) ? Wanted::No : Wanted::NoMore;
  };
  kind.documents.each(begin_of(kind.length), begin_of(kind.length + 1), wanted, [&](std::uint32_t document) {
    const Bound& bound = kind.bound_of(document);
    if (!may_be_taken(bound, document)) return;
    const std::uint8_t length =
        one_length ? static_cast<std::uint8_t>(kind.length) : segment_.forward_length(document);
    ahead.add({document, length, 0, kind.repeating != Never, kind.percent, bound});
  });
  find_length(kind, kind.length + 1);
}

// The next from `length` on that documents of the kind may have.
void BestDocuments::find_length(Kind& kind, std::size_t length) const {
  const std::uint32_t next =
      begin_of(length) < segment_.size ? kind.documents.next(begin_of(length)) : no_document;
  if (next >= segment_.size) {
    kind.bound.most = unmatched_score.score;
    return;
  }
  kind.length = std::min<std::size_t>(segment_.forward_length(next), lengths - 1);
  const std::uint8_t most = kind.repeating == Often   ? segment_.forms.frequency_max()
                            : kind.repeating == Twice ? 2
                                                      : 1;
  kind.bound = bound(kind, kind.length, {most, most});
  if (kind.repeating == Twice) kind.bound_noted = bound(kind, kind.length, {most, 1});
}

// The first document whose forward field has so many tokens or more.
std::uint32_t BestDocuments::begin_of(std::size_t length) const {
  if (length == 0) return 0;
  return segment_.forward_field < 0 || length >= lengths ? segment_.size : segment_.forward.first_of(length);
}

std::vector<BestDocuments::Kind> BestDocuments::kinds_of(const DocumentSet& documents,
                                                         std::int64_t tier) const {
  std::vector<Kind> kinds;
  const auto add = [&](std::size_t gain, bool outstanding, Repeating repeating) {
    const int percent = gain < gains_.size() ? gains_[gain].percent : 0;
    Kind& kind = kinds.emplace_back(Kind{tier, percent, outstanding, repeating});
    kind.documents.add(documents);
    if (gain < gains_.size()) kind.documents.add(gains_[gain].documents);
    if (outstanding) kind.documents.add(outstanding_);
    if (repeating != Never) kind.documents.add(repeating_[repeating]);
    for (const DocumentSet& some : done_) kind.documents.leave_out(some);
    for (std::size_t better = 0; better < gain; ++better) kind.documents.leave_out(gains_[better].documents);
    if (!outstanding) kind.documents.leave_out(outstanding_);
    if (repeating != Often) kind.documents.leave_out(repeating_[Often]);
    if (repeating == Never) kind.documents.leave_out(repeating_[Twice]);
    if (repeating == Twice) kind.repeats_other = DocumentCursor(repeating_other_);
    find_length(kind, 0);
    if (kind.is_over()) kinds.pop_back();
  };
  for (std::size_t gain = 0; gain <= gains_.size(); ++gain) {
    for (const Repeating repeating : {Often, Twice, Never}) {
      if (repeating != Never && repeating_[repeating].empty()) continue;
      if (!outstanding_.empty()) add(gain, true, repeating);
      add(gain, false, repeating);
    }
  }
  return kinds;
}

void BestDocuments::note_kinds() {
  if (kinds_noted_) return;
  kinds_noted_ = true;
  std::vector<DocumentSet> worth_more;
  for (const ReadingPoints& reading : readings_) reading.add_outstanding(worth_more);
  outstanding_ = union_of(std::move(worth_more), segment_.size);
  gains_ = title_.gains();
  note_repeating();
}

// Of the term that most hold twice it is told apart whether they do so of another, too: the other words would
// else be thought to be worth as much more.
void BestDocuments::note_repeating() {
  struct List {
    std::uint32_t number = 0;
    std::span<const std::uint32_t> documents;
  };
  std::vector<List> twice;
  std::vector<DocumentSet> often;
  for (const ReadingPoints& reading : readings_) {
    reading.each_repeating(true, [&](std::uint32_t, std::span<const std::uint32_t> documents) {
      often.push_back(DocumentSet::borrow(documents, nullptr));
    });
    reading.each_repeating(false, [&](std::uint32_t list, std::span<const std::uint32_t> documents) {
      twice.push_back({list, documents});
    });
  }
  const auto union_but = [&](std::optional<std::uint32_t> left_out) {
    std::vector<DocumentSet> sets;
    for (const List& list : twice) {
      if (list.number != left_out) sets.push_back(DocumentSet::borrow(list.documents, nullptr));
    }
    return union_of(std::move(sets), segment_.size);
  };
  repeating_[Often] = union_of(std::move(often), segment_.size);
  repeating_[Twice] = union_but(std::nullopt);
  if (twice.empty() || basis_.plan.readings.front().positions.size() == 1) {
    repeating_other_ = repeating_[Twice].borrowed();
    return;
  }
  const auto size = [](const List& list) { return list.documents.size(); };
  const std::uint32_t noted = std::ranges::max_element(twice, {}, size)->number;
  for (ReadingPoints& reading : readings_) reading.note(noted);
  repeating_other_ = union_but(noted);
}

// Of the documents of the kind with such a length.
BestDocuments::Bound BestDocuments::bound(const Kind& kind, std::size_t length,
                                          ReadingPoints::Frequencies frequencies) const {
  Bound bound;
  const auto add = [](std::int64_t& most, std::int64_t points) { most = std::max(most, points); };
  for (std::size_t r = 0; r < readings_.size(); ++r) {
    const std::int64_t text =
        readings_[r].most(static_cast<std::uint8_t>(length), frequencies, kind.outstanding);
    add(bound.most, r == 0 ? title_.most(length, text, kind.percent, true) : text);
    add(bound.most_else, r == 0 ? title_.most(length, text, kind.percent, false) : text);
  }
  return {kind.tier + std::min(bound.most, points_max), kind.tier + std::min(bound.most_else, points_max)};
}

bool BestDocuments::may_be_taken(const Bound& bound, std::uint32_t document) const {
  if (!best_.can_take(bound.most, document)) return false;
  return best_.can_take(bound.most_else, document) || title_.may_begin(document);
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
DocumentScore BestDocuments::best_of_other_readings(const Candidate& some, Repeats repeats,
                                                    const TextPoints& first) {
  DocumentScore best = unmatched_score;
  for (std::size_t r = 1; r < readings_.size(); ++r) {
    const TextPoints text = readings_[r].of(some.document, some.length, repeats);
    if (text.weight >= least_[r] && text.may_lift(first) && text.score().score > best.score)
      best = text.score();
  }
  return best;
}

// Its bound is looked at once more, now that its turn has come.
void BestDocuments::look_at(const Candidate& some) {
  const std::uint32_t document = some.document;
  if (!may_be_taken(some.bound, document)) return;
  if (!best_.can_take(some.bound.most_else, document) && !title_.begins(document, some.length)) return;
  const Repeats repeats = some.repeats ? segment_.forms.repeats(document) : Repeats();
  const TextPoints text = readings_.front().of(document, some.length, repeats);
  DocumentScore score = best_of_other_readings(some, repeats, text);
  if (text.weight >= least_.front()) {
    DocumentScore first = text.score();
    const std::int64_t tier = tier_of(first);
    const auto takes = [&](bool begins) {
      first.score = tier + std::min(title_.most(some.length, text.points, some.percent, begins), points_max);
      return best_.can_take(adjusted(some.i, first.score > score.score ? first : score), document);
    };
    if (!takes(true)) return;
    if (!takes(false) && !title_.begins(document, some.length)) return;
    first.score = tier + std::min(title_.points(document, some.length, text), points_max);
    if (first.score >= score.score) score = first;
  }
  best_.take({document, {adjusted(some.i, score), score.typos, score.missing}});
}

}  // namespace aisle
