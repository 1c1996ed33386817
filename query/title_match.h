// What a product as a whole adds to the points of its words: words beside each other in its title, whether the
// title's head, what it says that the product is, is the head of the query ("laptop" is asked for, not a lock
// for it), and values that the query names (query/named_values.h).
#pragma once
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "query/named_values.h"
#include "query/prepared_segment.h"
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
//                 - near * accessory percent, when the product has all words and the query's head is a stranger
//                   in the title (TitleHeads::Stranger)
//                 + what NamedValues says
//
// each rounded down; without a forward field there is neither proximity nor a head.
class TitleMatch {
 public:
  TitleMatch(const ScoreBasis& basis, const ReadingPostings& positions,
             const std::shared_ptr<const Segment>& segment);

  // Of a document whose words have earned `text`; `length`: Segment::forward_length().
  std::int64_t points(std::uint32_t document, std::uint8_t length, const TextPoints& text) const;
  // Documents that may gain so many percent of `near` by head and values, and no more.
  struct Gain {
    int percent = 0;
    DocumentSet documents;  // of the segment or what was made of it: lives no longer than this
  };
  // Most percent first. A document gains no more than the first says that has it; nothing when none has.
  std::vector<Gain> gains() const;
  int most_percent() const { return (head_terms_.empty() ? 0 : head_percent_) + named_.most_percent(); }
  // No document with so many tokens in its title, no more for its words, and so many percent to gain has more;
  // `begins`: unless may_begin() or begins() says no.
  std::int64_t most(std::size_t tokens, std::int64_t text, int percent, bool begins) const;
  // Whether the title may begin with the query's first word: one look at one byte.
  bool may_begin(std::uint32_t document) const {
    return !proximity_ || begin_marks_.test(segment_.forward.first_mark(document));
  }
  // Whether it does, or has no tokens: one look at one token.
  bool begins(std::uint32_t document, std::uint8_t length) const {
    if (!proximity_ || length == 0) return true;
    const TermId first = segment_.forward.of(document, length).front();
    return (proximity_->mask_of(first, distances - 1) & 1U) != 0;
  }
  // Ahead of points() of the same.
  void prefetch(std::uint32_t document, std::uint8_t length) const {
    if (head_mask_ != 0) prepared_->heads().prefetch_uses(document, length, segment_);
  }
  // The parts that lead from the points of `text` to points().
  void explain(std::uint32_t document, const TextPoints& text, std::vector<ScorePart>& parts) const;

 private:
  struct Title {
    Proximity::Parts near;
    std::uint8_t uses = TitleHeads::Nothing;  // all of the query's head
  };

  Title look_at(std::uint32_t document, std::uint8_t length, std::uint8_t distance) const;
  DocumentSet headed() const;  // may gain by their heads
  // What `near` gains or loses by the head.
  std::int64_t head_points(std::int64_t near, std::uint8_t uses, const TextPoints& text) const;

  const Segment& segment_;
  const NamedValues named_;
  const std::string* field_ = nullptr;  // the forward field's name
  std::optional<Proximity> proximity_;
  std::bitset<256> begin_marks_;  // ForwardTokens::mark_of() of all that the query's first word stands for
  int head_percent_ = 0;
  int accessory_percent_ = 0;
  std::string head_word_;
  std::uint32_t head_mask_ = 0;  // 0: there is no head, or it does not count
  std::vector<TermId> head_terms_;
  std::shared_ptr<const PreparedSegment> prepared_;
};

}  // namespace aisle
