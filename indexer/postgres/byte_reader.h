// Big-endian numbers and zero-terminated strings from borrowed bytes; never reads out of bounds.
#pragma once
#include <cstdint>
#include <string_view>

namespace aisle {

// After the first read past the end ok() is false and every read returns zero or nothing.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  std::string_view bytes(std::size_t count) {
    if (count > bytes_.size()) return failed();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string_view zero_terminated() {
    const std::size_t end = bytes_.find('\0');
    if (end == std::string_view::npos) return failed();
    const std::string_view taken = bytes_.substr(0, end);
    bytes_.remove_prefix(end + 1);
    return taken;
  }

  std::string_view rest() { return bytes(bytes_.size()); }
  std::size_t left() const { return bytes_.size(); }
  bool ok() const { return ok_; }
  void refuse() { failed(); }

 private:
  std::string_view failed() {
    ok_ = false;
    bytes_ = {};
    return {};
  }

  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const char byte : bytes(width)) value = value << 8U | static_cast<std::uint8_t>(byte);
    return value;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace aisle
