// How well does a document match? Whole numbers only, so every shard, replica and machine gives the same.
//
//   score = tier * 1,000,000 + min(points, 999,999)
//   tier   = 3 - typos, at least 1, of documents that have all words; 0 of those that lack some
//   points = over positions and fields, the best alternative's
//              inverse frequency * kind factor * field weight * saturated frequency          (BM25, k1 = 1.2,
//              b = 0.3)
//          + what the title adds as a whole (query/title_match.h),
//            then the ranking's signals and boosts (query/shard_effects.h)
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "query/best_documents.h"
#include "query/matcher.h"
#include "query/search_result.h"
#include "query/shard_effects.h"
#include "query/statistics.h"
#include "query/text_score.h"
#include "query/title_match.h"

namespace aisle {

// Borrows plan, context, statistics and effects for its life. One thread.
class Scorer {
 public:
  // `effects` may be null: no ranking.
  Scorer(const Plan& plan, const IndexContext& context, const Statistics& statistics,
         const ShardEffects* effects = nullptr);

  // The plan in this segment; the same object whenever it is asked.
  PlanPostings& postings(const std::shared_ptr<const Segment>& segment);
  // The `count` best of documents that match, best first, then by id. match() must have seen the postings
  // of the segment before.
  std::vector<ScoredDocument> best(const SegmentView& view, const DocumentSet& documents, std::size_t count);
  // Of one document; -1 when it does not match.
  DocumentScore score(const SegmentView& view, std::uint32_t document);
  // The parts of one document's score; their sum is its score.
  std::vector<ScorePart> explain(const SegmentView& view, std::uint32_t document);

 private:
  std::vector<ScoredDocument> best_browsing(const SegmentView& view, const DocumentSet& documents,
                                            std::size_t count) const;
  TitleMatch& title(const std::shared_ptr<const Segment>& segment);
  TextPoints text_points(const Reading& reading, const ReadingPostings& positions, const Segment& segment,
                         std::uint32_t document) const;
  std::int64_t impact(const PositionPostings::Source& source, const Segment& segment, std::size_t at) const;
  std::vector<ScorePart> parts_of(const Reading& reading, const ReadingPostings& positions,
                                  const Segment& segment, std::uint32_t document) const;
  std::vector<ScorePart> explain_text(const SegmentView& view, std::uint32_t document);

  ScoreBasis basis_;
  std::unordered_map<const Segment*, PlanPostings> postings_;
  std::unordered_map<const Segment*, TitleMatch> titles_;
};

}  // namespace aisle
