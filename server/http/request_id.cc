#include "server/http/request_id.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <random>

namespace aisle {
namespace {

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

std::uint64_t random_bits() {
  thread_local std::mt19937_64 generator{[] {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
  }()};
  return generator();
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 15U];
  }
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= request_id_bytes_max && std::ranges::all_of(text, is_id_character);
}

std::string make_request_id() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  const std::uint64_t high = random_bits();
  const std::uint64_t low = random_bits();
  std::string id;
  id.reserve(36);
  append_hex(id, ms >> 16U, 8);
  id += '-';
  append_hex(id, ms & 0xffffU, 4);
  id += "-7";
  append_hex(id, high & 0xfffU, 3);
  id += '-';
  append_hex(id, 0x8000U | (low >> 50U), 4);
  id += '-';
  append_hex(id, low & 0xffffffffffffU, 12);
  return id;
}

std::string request_id_of(const HttpHeaders& headers) {
  for (const std::string_view wanted : {"x-request-id", "request-id", "x-algolia-request-id"}) {
    for (const auto& [name, value] : headers) {
      if (name == wanted && is_request_id(value)) return value;
    }
  }
  return make_request_id();
}

}  // namespace aisle
