// How well does a document match? Whole numbers only, so every shard, replica and machine gives the same.
//
//   score = tier * 1,000,000 + min(points, 999,999)
//   tier   = 3 - typos, at least 1, of documents that have all words; 0 of those that lack some
//   points = over positions and fields, the best alternative's
//              inverse frequency * kind factor * field weight * saturated frequency          (BM25, k1 = 1.2,
//              b = 0.3)
//          + proximity of neighbouring words, first word and whole-field match in the forward field,
//            then the ranking's signals and boosts (query/shard_effects.h)
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "query/matcher.h"
#include "query/search_result.h"
#include "query/shard_effects.h"
#include "query/statistics.h"

namespace aisle {

inline constexpr std::int64_t points_max = 999'999;
inline constexpr std::int64_t tier_points = 1'000'000;

struct DocumentScore {
  std::int64_t score = 0;
  std::uint8_t typos = 0;
  std::uint32_t missing = 0;  // words of the query it lacks, bits as in Position::words
};

struct ScoredDocument {
  std::uint32_t document = 0;
  DocumentScore score;
};

// Borrows plan, context, statistics and effects for its life. One thread.
class Scorer {
 public:
  // `effects` may be null: no ranking.
  Scorer(const Plan& plan, const IndexContext& context, const Statistics& statistics,
         const ShardEffects* effects = nullptr);

  // The plan in this segment; the same object whenever it is asked.
  const PlanPostings& postings(const Segment& segment);
  // The `count` best of documents that match (ascending), best first, then by number. Points of proximity are
  // looked up only where they can bring a document among the best of those before it.
  std::vector<ScoredDocument> best(const SegmentView& view, std::span<const std::uint32_t> documents,
                                   std::size_t count);
  // Of one document; -1 when it does not match.
  DocumentScore score(const SegmentView& view, std::uint32_t document);
  // The parts of one document's score; their sum is its score.
  std::vector<ScorePart> explain(const SegmentView& view, std::uint32_t document);

 private:
  struct Points {
    std::vector<std::int64_t> points;
    std::vector<std::uint8_t> typos;
    std::vector<std::uint64_t> weights;  // of the positions matched
    std::vector<std::uint32_t> missing;  // words of the positions not matched
  };
  class Best;
  class Batch;
  class Impact;

  std::vector<ScoredDocument> best_of(const Batch& batch, std::size_t count);
  std::vector<ScoredDocument> best_browsing(const Batch& batch, std::size_t count) const;
  Points score_reading(std::size_t reading, const ReadingPostings& positions, const Batch& batch) const;
  void add_position(const Position& asked, const PositionPostings& position, const Batch& batch,
                    Points& total) const;
  std::vector<DocumentScore> best_of_other_readings(const PlanPostings& plan, const Batch& batch) const;
  std::int64_t factor(const PositionPostings::Source& source) const;
  std::vector<ScorePart> explain_text(const SegmentView& view, std::uint32_t document);
  std::vector<ScorePart> parts_of(std::size_t reading, const ReadingPostings& positions, const Batch& batch) const;
  int weight(std::size_t field) const;

  const Plan& plan_;
  const IndexContext& context_;
  const Statistics& statistics_;
  const ShardEffects* effects_;
  std::unordered_map<const Segment*, PlanPostings> postings_;
};

}  // namespace aisle
