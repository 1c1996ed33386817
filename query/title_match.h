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
//   points = near + near * head percent, when the title's head is the query's (TitleHeads::Head)
//   points = near - near * accessory percent, when the product has all words and the query's head is a stranger
//            in the title (TitleHeads::Stranger)
//
// rounded down; without a forward field points are the text's.
class TitleMatch {
 public:
  TitleMatch(const ScoreBasis& basis, const ReadingPostings& positions,
             const std::shared_ptr<const Segment>& segment);

  // Of a document whose words have earned `text`.
  std::int64_t points(std::uint32_t document, const TextPoints& text) const;
  // No document with so many tokens in its title, and no more for its words, has more; unless `headed`, none
  // that is not in headed() either.
  std::int64_t most(std::size_t tokens, std::int64_t text, bool headed) const;
  // Documents that may gain by their heads; of the segment or its heads, so it lives no longer than this.
  DocumentSet headed() const;
  // The parts that lead from the points of `text` to points().
  void explain(std::uint32_t document, const TextPoints& text, std::vector<ScorePart>& parts) const;

 private:
  struct Title {
    Proximity::Parts near;
    std::uint8_t uses = TitleHeads::Nothing;  // all of the query's head
  };

  Title look_at(std::uint32_t document, bool bent) const;
  // What `near` gains or loses by the head.
  std::int64_t head_points(std::int64_t near, std::uint8_t uses, const TextPoints& text) const;

  const Segment& segment_;
  const std::string* field_ = nullptr;  // the forward field's name
  std::optional<Proximity> proximity_;
  int head_percent_ = 0;
  int accessory_percent_ = 0;
  std::string head_word_;
  std::uint32_t head_mask_ = 0;  // 0: there is no head, or it does not count
  std::vector<TermId> head_terms_;
  SegmentHeads::Heads heads_;
};

}  // namespace aisle
