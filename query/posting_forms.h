// What a segment keeps beside its lists so that few of their entries are looked at. Made from them, never
// written.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "query/bitmap.h"
#include "query/prefetch.h"

namespace aisle {

struct Segment;

// Immutable once made.
class PostingForms {
 public:
  // A document that holds a term more than once in a field. Everywhere else the frequency is one, so that the
  // length of the field alone tells what the term is worth.
  struct Repeat {
    std::uint32_t document = 0;
    std::uint32_t list = 0;
    std::uint8_t frequency = 0;
  };

  PostingForms() = default;
  explicit PostingForms(const Segment& segment);

  // The documents of a list as bits; null unless it is dense (DocumentSet::dense_share).
  const Bitmap* bits(std::uint32_t list) const;
  // Documents that hold the list's term twice or, with `often`, more than twice, ascending.
  std::span<const std::uint32_t> repeating(std::uint32_t list, bool often) const {
    const std::size_t at = std::size_t{list} * 2 + (often ? 1 : 0);
    return std::span(repeating_).subspan(repeat_begins_[at], repeat_begins_[at + 1] - repeat_begins_[at]);
  }
  std::uint8_t frequency_max() const { return frequency_max_; }  // of all lists
  bool repeats_some(std::uint32_t document) const { return repeaters_.test(document); }
  // What a document repeats, by list.
  std::span<const Repeat> repeats(std::uint32_t document) const {
    return repeats_some(document) ? find_repeats(document) : std::span<const Repeat>();
  }
  // Ahead of repeats(): first where they are, then, when that is there, themselves.
  void prefetch_place(std::uint32_t document) const { prefetch(&block_begins_[document / block]); }
  void prefetch_repeats(std::uint32_t document) const {
    prefetch(by_document_.data() + block_begins_[document / block]);
  }
  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t block = 8;  // documents that share a place in by_document_

  void add_lists(const Segment& segment);
  std::span<const Repeat> find_repeats(std::uint32_t document) const;

  std::vector<std::pair<std::uint32_t, Bitmap>> dense_;  // by list
  std::vector<std::uint32_t> repeat_begins_;             // by list and often, into the next
  std::vector<std::uint32_t> repeating_;
  std::uint8_t frequency_max_ = 1;
  std::vector<Repeat> by_document_;
  std::vector<std::uint32_t> block_begins_;
  Bitmap repeaters_;
};

}  // namespace aisle
