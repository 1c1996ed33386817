// The best of the documents of a segment that match, most of which are never looked at: their number is
// known, and what their length allows them is less than what the best have already.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "query/common_documents.h"
#include "query/document_set.h"
#include "query/matcher.h"
#include "query/reading_points.h"
#include "query/score_basis.h"
#include "query/shard_effects.h"
#include "query/text_score.h"
#include "query/title_match.h"

namespace aisle {

// For one segment and one call of find(). Borrows everything. One thread.
class BestDocuments {
 public:
  // `postings` have their documents (match()); the plan has a reading.
  BestDocuments(const ScoreBasis& basis, const PlanPostings& postings, const SegmentView& view,
                std::size_t count);

  // The `count` best of documents that match, best first, then by id.
  std::vector<ScoredDocument> find(const DocumentSet& documents) &&;

 private:
  using Repeats = ReadingPoints::Repeats;
  struct Candidate;  // for the best
  class Ahead;
  struct Bound;
  struct Kind;                                            // of documents, that share bounds
  enum Repeating : std::uint8_t { Often, Twice, Never };  // the most that a document does

  void find_adjusted(const DocumentSet& documents);
  void find_by_tier(const DocumentSet& documents);
  bool sweep_better(bool typos, const DocumentSet& documents, std::int64_t tier);
  void sweep(const DocumentSet& documents, std::int64_t tier);
  void sweep_few(const DocumentSet& documents, std::int64_t tier);
  void sweep_many(const DocumentSet& documents, std::int64_t tier);
  void add_next(Kind& kind, Ahead& ahead);
  void find_length(Kind& kind, std::size_t length) const;
  void look_at(const Candidate& some);
  DocumentScore best_of_other_readings(const Candidate& some, Repeats repeats, const TextPoints& first);
  std::int64_t adjusted(std::size_t i, const DocumentScore& score) const;
  void note_kinds();
  void note_repeating();
  std::vector<Kind> kinds_of(const DocumentSet& documents, std::int64_t tier) const;
  Bound bound(const Kind& kind, std::size_t length, ReadingPoints::Frequencies frequencies) const;
  bool may_be_taken(const Bound& bound, std::uint32_t document) const;
  std::uint32_t begin_of(std::size_t length) const;
  bool is_done(std::uint32_t document) const;
  bool has_optional_typos() const;

  const ScoreBasis& basis_;
  const PlanPostings& postings_;
  const SegmentView& view_;
  const Segment& segment_;
  const std::size_t count_;
  std::size_t few_;  // documents that are looked at as they come
  std::vector<ReadingPoints> readings_;
  std::vector<std::uint64_t> least_;  // weight, by reading
  TitleMatch title_;                  // of the first reading; the others are not as typed
  std::optional<PointAdjustment> adjustment_;
  bool kinds_noted_ = false;
  std::vector<TitleMatch::Gain> gains_;       // TitleMatch::gains()
  DocumentSet outstanding_;                   // ReadingPoints::add_outstanding()
  std::array<DocumentSet, Never> repeating_;  // documents that repeat some term of the plan
  DocumentSet repeating_other_;               // twice, of another term than the one noted
  std::vector<DocumentSet> done_;             // better tiers
  BestHeap best_;
};

}  // namespace aisle
