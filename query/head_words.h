// What is this product? The word of its title that says so is the title's head: "lock" of "laptop lock",
// "laptop" of "gaming laptop 17 inch". Learnt from all titles of a catalogue, without a grammar: a head is a
// word that often ends a name, before a number, a brand or a link word ("for", "with"), and no word behind
// those. A title has one head, so its words compete for it.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/image.h"
#include "query/index_context.h"
#include "query/prefetch.h"
#include "query/segment.h"

namespace aisle {

// By term: how often it is the head of the titles that hold it, head_share_least..255; else that it ends
// names.
inline constexpr std::uint8_t head_break =
    0;  // never a head: numbers, units, colours, brands (they begin titles), rare words
inline constexpr std::uint8_t head_link = 1;
inline constexpr std::uint8_t head_share_least = 2;

// A title's tokens as what they weigh in the competition for its head.
class HeadWeights {
 public:
  static constexpr std::uint32_t behind_link_shift = 3;  // divides by 8

  // `head_first`: of the language (analyzers/title_words.h).
  explicit HeadWeights(bool head_first) : head_first_(head_first) {}
  // One weight a token; `marks` by term. The span lives until the next call.
  //   share * (64, or 16 where the name goes on) / (8 behind a link word)
  std::span<const std::uint32_t> of(std::span<const TermId> tokens, std::span<const std::uint8_t> marks);

 private:
  bool head_first_;
  std::vector<std::uint32_t> weights_;
};

// By term of `terms`: head_break or its share. A word is no head when fewer than 5 tokens of all titles are
// it, or more than two of five of these begin a title. Sums over the titles of all shards, so their number
// changes nothing.
std::vector<std::uint8_t> learn_heads(std::span<const std::shared_ptr<const Image>> shards,
                                      const TermDictionary& terms, const IndexContext& context);

// By term of the segment its number in `terms`; no_term for one that they lack.
std::vector<TermId> known_terms(const Segment& segment, const TermDictionary& terms);
// By term of the segment; `known` are its known_terms(), `shares` by their numbers.
std::vector<std::uint8_t> head_marks(const Segment& segment, std::span<const TermId> known,
                                     std::span<const std::uint8_t> shares);

// What the titles of a segment are about. Immutable.
class TitleHeads {
 public:
  // Of a word in a title, wherever it stands there.
  enum Use : std::uint8_t {
    Nothing = 0,   // it is never a head
    Head = 1,      // it has a twelfth of all weights at the least, and of a name what Own says
    Own = 2,       // less, but a fifth of those of a name, a row of words that may be heads
    Stranger = 4,  // the title's names are about other things: "laptop" of "laptop lock", and all that stands
                   // behind a link word, which takes eight times as much
  };

  // The segment has a forward field; `marks` are its head_marks().
  TitleHeads(const Segment& segment, std::span<const std::uint8_t> marks, bool head_first);
  // By token of the title; `length`: Segment::forward_length().
  std::span<const std::uint8_t> uses(std::uint32_t document, std::uint8_t length,
                                     const Segment& segment) const {
    return std::span(uses_).subspan(segment.forward.place(document, length),
                                    segment.forward.of(document, length).size());
  }
  // Ahead of uses() the same.
  void prefetch_uses(std::uint32_t document, std::uint8_t length, const Segment& segment) const {
    prefetch(uses_.data() + segment.forward.place(document, length));
  }
  // Documents with the term as Head, ascending.
  std::span<const std::uint32_t> documents(TermId term) const {
    return std::span(documents_).subspan(begins_[term], begins_[term + 1] - begins_[term]);
  }
  std::size_t bytes() const {
    return uses_.capacity() + (begins_.capacity() + documents_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  std::vector<std::uint8_t> uses_;     // as Segment::forward
  std::vector<std::uint32_t> begins_;  // by term, into the next
  std::vector<std::uint32_t> documents_;
};

}  // namespace aisle
