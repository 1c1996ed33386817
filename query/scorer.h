// How well does a document match? Whole numbers only, so every shard, replica and machine gives the same.
//
//   score = (3 - typos, at least 0) * 1,000,000 + min(points, 999,999)
//   points = over positions and fields, the best alternative's
//              inverse frequency * kind factor * field weight * saturated frequency          (BM25, k1 = 1.2,
//              b = 0.3)
//          + proximity of neighbouring words, first word and whole-field match in the forward field,
//            then the ranking's signals and boosts (query/shard_effects.h)
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
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
};

// Borrows plan, context, statistics and effects for its life. One thread.
class Scorer {
 public:
  // `effects` may be null: no ranking.
  Scorer(const Plan& plan, const IndexContext& context, const Statistics& statistics,
         const ShardEffects* effects = nullptr);

  // Scores of the given documents (ascending), in their order; -1 where one does not match. Only those that
  // can be among the `best` highest get their proximity points; the others are too low to be there whatever
  // they would get.
  std::vector<DocumentScore> score(const SegmentView& view, std::span<const std::uint32_t> documents,
                                   std::size_t best) const;
  // The parts of one document's score; their sum is its score.
  std::vector<ScorePart> explain(const SegmentView& view, std::uint32_t document) const;

 private:
  struct Points {
    std::vector<std::int64_t> points;
    std::vector<std::uint8_t> typos;
    std::vector<std::uint8_t> matched;  // positions matched
  };
  class Proximity;
  struct Scored {  // documents of one segment and what adjusts them
    const SegmentView& view;
    std::span<const std::uint32_t> documents;
    const PointAdjustment* adjustment;  // null: nothing
  };

  std::vector<DocumentScore> score_browsing(const Scored& scored) const;
  static std::int64_t adjusted(const Scored& scored, std::size_t i, const DocumentScore& score);
  std::int64_t points_of(const PositionPostings::Source& source, const Segment& segment,
                         std::size_t at) const;
  Points score_reading(const ReadingPostings& positions, const Segment& segment,
                       std::span<const std::uint32_t> documents) const;
  void add_proximity(const Scored& scored, std::size_t best, std::span<const DocumentScore> first,
                     std::span<DocumentScore> scores) const;
  std::vector<ScorePart> explain_text(const SegmentView& view, std::uint32_t document) const;
  std::vector<ScorePart> parts_of(const Reading& reading, const Segment& segment,
                                  std::span<const std::uint32_t> one) const;
  std::int64_t proximity_max() const;
  int weight(std::size_t field) const;

  const Plan& plan_;
  const IndexContext& context_;
  const ShardEffects* effects_;
  std::vector<std::array<std::uint32_t, 256>> length_norms_;  // by field number, by tokens in the field
};

}  // namespace aisle
