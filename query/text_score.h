// What the words of a query give a document, and the order of documents by it. See query/scorer.h for the
// formula.
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "query/document_ids.h"

namespace aisle {

inline constexpr std::int64_t points_max = 999'999;
inline constexpr std::int64_t tier_points = 1'000'000;

struct DocumentScore {
  std::int64_t score = 0;
  std::uint8_t typos = 0;
  std::uint32_t missing = 0;  // words of the query it lacks, bits as in Position::words
};
inline constexpr DocumentScore unmatched_score{-1, 0, 0};

struct ScoredDocument {
  std::uint32_t document = 0;
  DocumentScore score;
};

inline std::int64_t tier_of(int typos, std::uint32_t missing) {
  return missing != 0 ? 0 : std::max(3 - typos, 1) * tier_points;
}
inline std::int64_t tier_of(const DocumentScore& score) {
  return tier_of(score.typos, score.missing);
}

// Of one reading, without proximity.
struct TextPoints {
  std::int64_t points = 0;
  std::uint8_t typos = 0;
  std::uint8_t distance = 0;  // of its farthest word: Alternative::distance()
  std::uint64_t weight = 0;   // of the positions matched
  std::uint32_t missing = 0;  // words of the positions not matched

  // Whether these, of another reading, count for a document with such points of the first. One that has all
  // words as typed, or in another form, earns nothing by what is farther away.
  bool may_lift(const TextPoints& first) const {
    return distance == 0 || first.distance > 0 || first.typos > 0 || first.missing != 0;
  }
  DocumentScore score() const {
    return {tier_of(typos, missing) + std::min(points, points_max), typos, missing};
  }
};

// The `count` best documents, whatever order they come in: by score, then by id. Borrows the ids.
class BestHeap {
 public:
  BestHeap(std::size_t count, const DocumentIds& ids) : count_(count), ids_(ids) { heap_.reserve(count); }

  bool can_take(std::int64_t score, std::uint32_t document) const {
    if (heap_.size() < count_) return true;
    const ScoredDocument& last = heap_.front();
    return score != last.score.score ? score > last.score.score
                                     : ids_.rank(document) < ids_.rank(last.document);
  }
  bool is_full() const { return heap_.size() == count_; }
  // Whether it takes some document with such a score, by its id perhaps.
  bool can_take_some(std::int64_t score) const {
    return heap_.size() < count_ || score >= heap_.front().score.score;
  }
  void take(const ScoredDocument& some) {
    if (!can_take(some.score.score, some.document)) return;
    if (heap_.size() == count_) {
      std::pop_heap(heap_.begin(), heap_.end(), before());
      heap_.pop_back();
    }
    heap_.push_back(some);
    std::push_heap(heap_.begin(), heap_.end(), before());
  }
  std::vector<ScoredDocument> in_order() && {
    std::sort_heap(heap_.begin(), heap_.end(), before());
    return std::move(heap_);
  }

 private:
  struct Before {
    const DocumentIds& ids;
    bool operator()(const ScoredDocument& a, const ScoredDocument& b) const {
      return a.score.score != b.score.score ? a.score.score > b.score.score
                                            : ids.rank(a.document) < ids.rank(b.document);
    }
  };
  Before before() const { return {ids_}; }

  std::size_t count_;
  const DocumentIds& ids_;
  std::vector<ScoredDocument> heap_;  // the last of them in front
};

}  // namespace aisle
