// The documents that several sets have in common and others lack, looked for range by range: of most ranges
// nobody asks.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "query/document_set.h"
#include "query/intersect.h"

namespace aisle {

// A set that is asked for ascending documents. Borrows it.
class DocumentCursor {
 public:
  DocumentCursor() = default;  // of an empty set
  explicit DocumentCursor(const DocumentSet& set)
      : list_(set.has_list() ? set.list() : std::span<const std::uint32_t>()), bits_(set.bits()) {}

  bool has(std::uint32_t document) {
    if (bits_ != nullptr) return bits_->test(document);
    at_ = gallop(list_, at_, document);
    return at_ < list_.size() && list_[at_] == document;
  }

 private:
  friend class CommonDocuments;

  std::span<const std::uint32_t> list_;  // empty when there are bits alone
  const Bitmap* bits_ = nullptr;
  std::size_t at_ = 0;  // in the list: nothing before it will be asked for
};

// Borrows the sets. One thread.
class CommonDocuments {
 public:
  static constexpr std::size_t sets_max = 4;
  static constexpr std::size_t others_max = 8;

  void add(const DocumentSet& set);  // one at the least, before anything is asked
  void leave_out(const DocumentSet& set);
  // Ranges and `begin` never go back: lists are only read onwards.
  //
  // No common document lies in [begin, next(begin)); no_document when there is none behind `begin`.
  std::uint32_t next(std::uint32_t begin);
  enum class Wanted : std::uint8_t { Yes, No, NoMore };
  // Calls see(document) for each in [begin, end), ascending, that is wanted(document), until that says NoMore. It is
  // asked before it is known whether the document is in all sets.
  template <class Ask, class See>
  void each(std::uint32_t begin, std::uint32_t end, const Ask& wanted, const See& see);

 private:
  // When the set in front has it.
  bool is_common(std::uint32_t document) {
    for (std::size_t i = 1; i < count_; ++i) {
      if (!sets_[i].has(document)) return false;
    }
    return is_left(document);
  }
  bool is_left(std::uint32_t document) {
    for (std::size_t i = 0; i < left_out_; ++i) {
      if (others_[i].has(document)) return false;
    }
    return true;
  }
  // Whether words of bits are read sooner than the smallest list.
  bool by_bits() const {
    return all_bits_ && (sets_.front().list_.empty() || least_ > sets_.front().bits_->words().size());
  }
  template <class Ask, class See>
  void each_bit(std::uint32_t begin, std::uint32_t end, const Ask& wanted, const See& see);

  std::array<DocumentCursor, sets_max> sets_;  // in front the smallest that has a list, if any has
  std::size_t count_ = 0;
  std::size_t least_ = 0;  // documents of the set in front
  bool all_bits_ = true;
  std::array<DocumentCursor, others_max> others_;
  std::size_t left_out_ = 0;
};

template <class Ask, class See>
void CommonDocuments::each(std::uint32_t begin, std::uint32_t end, const Ask& wanted, const See& see) {
  DocumentCursor& smallest = sets_.front();
  if (by_bits()) return each_bit(begin, end, wanted, see);
  const auto list = smallest.list_;
  smallest.at_ = gallop(list, smallest.at_, begin);
  for (; smallest.at_ < list.size() && list[smallest.at_] < end; ++smallest.at_) {
    const std::uint32_t document = list[smallest.at_];
    const Wanted asked = wanted(document);
    if (asked == Wanted::NoMore) return;
    if (asked == Wanted::Yes && is_common(document)) see(document);
  }
}

template <class Ask, class See>
void CommonDocuments::each_bit(std::uint32_t begin, std::uint32_t end, const Ask& wanted, const See& see) {
  for (std::uint32_t i = begin / 64; i * 64 < end; ++i) {
    std::uint64_t word = ~std::uint64_t{0};
    if (i == begin / 64) word <<= begin % 64;
    if (end - i * 64 < 64) word &= (std::uint64_t{1} << (end % 64)) - 1;
    for (std::size_t set = 0; set < count_; ++set) word &= sets_[set].bits_->words()[i];
    for (; word != 0; word &= word - 1) {
      const std::uint32_t document = i * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
      const Wanted asked = wanted(document);
      if (asked == Wanted::NoMore) return;
      if (asked == Wanted::Yes && is_left(document)) see(document);
    }
  }
}

}  // namespace aisle
