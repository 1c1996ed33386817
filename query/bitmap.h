// A set of local document numbers, one bit each.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace aisle {

class Bitmap {
 public:
  Bitmap() = default;
  explicit Bitmap(std::uint32_t size) : words_((size + 63U) / 64U) {}
  explicit Bitmap(std::vector<std::uint64_t> words) : words_(std::move(words)) {}

  void set(std::uint32_t i) { words_[i >> 6U] |= std::uint64_t{1} << (i & 63U); }
  bool test(std::uint32_t i) const { return ((words_[i >> 6U] >> (i & 63U)) & 1U) != 0; }
  std::uint32_t count() const;
  bool empty() const { return words_.empty(); }
  // `other` is of the same size.
  void keep(const Bitmap& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void add(const Bitmap& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void remove(const Bitmap& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }
  // Calls see(i) for each member, ascending.
  template <class See>
  void each(See&& see) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
        see(static_cast<std::uint32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
    }
  }
  const std::vector<std::uint64_t>& words() const { return words_; }
  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint64_t); }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace aisle
