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
  // Calls see(document) for each in [begin, end), ascending, until it returns false.
  template <class See>
  void each(std::uint32_t begin, std::uint32_t end, const See& see);

 private:
  struct Set {
    std::span<const std::uint32_t> list;  // empty when there are bits alone
    const Bitmap* bits = nullptr;
    std::size_t at = 0;  // in the list: nothing before it will be asked for
  };

  static bool has(Set& set, std::uint32_t document) {
    if (set.bits != nullptr) return set.bits->test(document);
    set.at = gallop(set.list, set.at, document);
    return set.at < set.list.size() && set.list[set.at] == document;
  }
  static Set read(const DocumentSet& set) {
    return {set.has_list() ? set.list() : std::span<const std::uint32_t>(), set.bits(), 0};
  }
  // When the set in front has it.
  bool is_common(std::uint32_t document) {
    for (std::size_t i = 1; i < count_; ++i) {
      if (!has(sets_[i], document)) return false;
    }
    return is_left(document);
  }
  bool is_left(std::uint32_t document) {
    for (std::size_t i = 0; i < left_out_; ++i) {
      if (has(others_[i], document)) return false;
    }
    return true;
  }
  // Whether words of bits are read sooner than the smallest list.
  bool by_bits() const {
    return all_bits_ && (sets_.front().list.empty() || least_ > sets_.front().bits->words().size());
  }
  template <class See>
  void each_bit(std::uint32_t begin, std::uint32_t end, const See& see);

  std::array<Set, sets_max> sets_;  // in front the smallest that has a list, if any has
  std::size_t count_ = 0;
  std::size_t least_ = 0;  // documents of the set in front
  bool all_bits_ = true;
  std::array<Set, others_max> others_;
  std::size_t left_out_ = 0;
};

template <class See>
void CommonDocuments::each(std::uint32_t begin, std::uint32_t end, const See& see) {
  Set& smallest = sets_.front();
  if (by_bits()) return each_bit(begin, end, see);
  const auto list = smallest.list;
  smallest.at = gallop(list, smallest.at, begin);
  for (; smallest.at < list.size() && list[smallest.at] < end; ++smallest.at) {
    if (is_common(list[smallest.at]) && !see(list[smallest.at])) return;
  }
}

template <class See>
void CommonDocuments::each_bit(std::uint32_t begin, std::uint32_t end, const See& see) {
  for (std::uint32_t i = begin / 64; i * 64 < end; ++i) {
    std::uint64_t word = ~std::uint64_t{0};
    if (i == begin / 64) word <<= begin % 64;
    if (end - i * 64 < 64) word &= (std::uint64_t{1} << (end % 64)) - 1;
    for (std::size_t set = 0; set < count_; ++set) word &= sets_[set].bits->words()[i];
    for (; word != 0; word &= word - 1) {
      const std::uint32_t document = i * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
      if (is_left(document) && !see(document)) return;
    }
  }
}

}  // namespace aisle
