// Writing and reading of binary messages between nodes. Numbers are LEB128 varints, texts length and bytes,
// lists their count first. A reader never looks beyond its bytes and never makes room for more elements than
// there are bytes left.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace aisle {

class WireWriter {
 public:
  void byte(std::uint8_t value) { bytes_ += static_cast<char>(value); }
  void flag(bool value) { byte(value ? 1 : 0); }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) byte(static_cast<std::uint8_t>((value & 0x7FU) | 0x80U));
    byte(static_cast<std::uint8_t>(value));
  }
  void signed_number(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    number((bits << 1U) ^ (value < 0 ? ~0ULL : 0ULL));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_ += value;
  }
  template <class List, class One>
  void list(const List& all, One&& one) {
    number(all.size());
    for (const auto& some : all) one(some);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// After something does not fit every read returns nothing and ok() is false.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }
  void refuse() {
    ok_ = false;
    bytes_ = {};
  }

  std::uint8_t byte() {
    if (bytes_.empty()) {
      refuse();
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  // Refuses values above `highest`.
  std::uint8_t byte_up_to(std::uint8_t highest) {
    const std::uint8_t value = byte();
    if (value > highest) refuse();
    return ok_ ? value : std::uint8_t{0};
  }
  bool flag() { return byte_up_to(1) == 1; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7FU) << shift;
      if (next < 0x80) {
        if (shift == 63 && next > 1) refuse();  // beyond 64 bits
        if (shift > 0 && next == 0) refuse();   // not the shortest form
        return ok_ ? value : 0;
      }
    }
    refuse();
    return 0;
  }
  std::uint64_t number_up_to(std::uint64_t highest) {
    const std::uint64_t value = number();
    if (value > highest) refuse();
    return ok_ ? value : 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1U) ^ (0ULL - (bits & 1U)));
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > bytes_.size()) refuse();
    const std::string_view value = bytes_.substr(0, ok_ ? size : 0);
    bytes_.remove_prefix(value.size());
    return value;
  }
  // Calls `one` for each element, which must read at least a byte.
  template <class One>
  void list(One&& one) {
    const std::uint64_t count = number();
    if (count > bytes_.size()) refuse();
    for (std::uint64_t i = 0; i < count && ok_; ++i) one();
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace aisle
