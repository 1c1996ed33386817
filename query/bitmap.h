// A set of local document numbers, one bit each.
#pragma once
#include <bit>
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
  std::uint32_t count() const {
    std::uint32_t total = 0;
    for (const std::uint64_t word : words_) total += static_cast<std::uint32_t>(std::popcount(word));
    return total;
  }
  bool empty() const { return words_.empty(); }
  const std::vector<std::uint64_t>& words() const { return words_; }
  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint64_t); }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace aisle
