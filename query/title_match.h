// What the title as a whole adds to the points of a product's words: words beside each other, and whether its
// head, what it says that the product is, is the head of the query ("laptop" is asked for, not a lock for
// it).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/head_words.h"
#include "query/proximity.h"
#include "query/score_basis.h"
#include "query/search_result.h"
#include "query/text_score.h"

namespace aisle {

// The position of a reading that says what is asked for: the last, or in languages that name it first the
// first, that must match and is no number, of those before a link word. -1 when there is none.
int head_position(const Reading& reading, bool head_first);

// Of the first reading in one segment. Borrows all it is given. One thread.
//
//   near = text + proximity
//   points = near + near * head percent * min(1, share * 10 / 3)
//   points = near - near * accessory percent
//
// rounded down. `share`: of the title's head, what the query's head has. The second of an accessory: its title
// has the query's head only before a word that is rather its own ("laptop bag"), or behind a link word; when
// the product lacks words, points are near. Without a forward field points are the text's.
class TitleMatch {
 public:
  TitleMatch(const ScoreBasis& basis, const ReadingPostings& positions,
             const std::shared_ptr<const Segment>& segment);

  // Of a document whose words have earned `text`. Nothing as soon as it is clear that they are not worth
  // looking at: `may_matter` is asked for the most they can be.
  template <class MayMatter>
  std::optional<std::int64_t> points(std::uint32_t document, const TextPoints& text, MayMatter&& may_matter) {
    if (!proximity_) return text.points;
    const std::int64_t near = text.points + proximity_->parts(document, text.typos > 0).sum();
    if (!may_matter(with_head(near, head_whole))) return std::nullopt;
    return near + head_points(document, near, text);
  }
  // No document with so many tokens in its title, and no more for its words, has more.
  std::int64_t most(std::size_t tokens, std::int64_t text) const;
  // The parts that lead from the points of `text` to points().
  void explain(std::uint32_t document, const TextPoints& text, std::vector<ScorePart>& parts);

 private:
  static constexpr std::int64_t head_whole = 256;  // the head, as a share

  std::int64_t with_head(std::int64_t points, std::int64_t share) const {
    return points + points * head_percent_ * share / (100 * head_whole);
  }
  std::int64_t head_points(std::uint32_t document, std::int64_t near, const TextPoints& text);
  std::uint64_t most_of_names(std::span<const TermId> tokens, std::span<const std::uint32_t> weights,
                              bool bent) const;
  bool is_head(TermId term, bool bent) const { return (proximity_->mask_of(term, bent) & head_mask_) != 0; }

  const Segment& segment_;
  const std::string* field_ = nullptr;  // the forward field's name
  std::optional<Proximity> proximity_;
  int head_percent_ = 0;
  int accessory_percent_ = 0;
  std::string head_word_;
  std::uint32_t head_mask_ = 0;  // 0: there is no head, or it does not count
  HeadMarks::Marks marks_;
  HeadWeights weights_;
};

}  // namespace aisle
