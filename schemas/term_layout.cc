#include "schemas/term_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/utf8.h"

namespace aisle {
namespace {

constexpr std::size_t term_bytes_max = 240;  // Xapian allows 245
constexpr std::size_t kept_bytes_max = 200;  // of a longer term, before '#' and the hash
constexpr std::uint64_t sign_bit = 1ULL << 63U;

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// What the term takes in Xapian, where a zero byte is written as two.
std::size_t xapian_bytes(std::string_view term) {
  return term.size() + static_cast<std::size_t>(std::count(term.begin(), term.end(), '\0'));
}

std::string bounded(std::string term) {
  if (xapian_bytes(term) <= term_bytes_max) return term;
  std::string_view kept = cut_utf8(term, kept_bytes_max);
  if (xapian_bytes(kept) > kept_bytes_max) kept = cut_utf8(kept, kept_bytes_max / 2);
  return std::string(kept) + "#" + hash_text(term);
}

std::string field_term(char kind, std::string_view field_name, std::string_view value) {
  std::string term;
  term.reserve(field_name.size() + value.size() + 2);
  term += kind;
  for (const char c : field_name) term += upper(c);
  term += ':';
  term += value;
  return bounded(std::move(term));
}

}  // namespace

std::string id_term(std::string_view id) {
  return bounded("Q" + std::string(id));
}
std::string token_term(std::string_view field_name, std::string_view token) {
  return field_term('X', field_name, token);
}
std::string keyword_term(std::string_view field_name, std::string_view value) {
  return field_term('K', field_name, value);
}

std::string encode_number_value(std::int64_t number) {
  const std::uint64_t bits = static_cast<std::uint64_t>(number) ^ sign_bit;
  std::string bytes(8, '\0');
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<char>(bits >> (56U - 8U * i));
  return bytes;
}

Result<std::int64_t> decode_number_value(std::string_view bytes) {
  if (bytes.size() != 8) {
    return fail(ErrorCode::DataLoss, fmt::format("number value is {} bytes, expected 8", bytes.size()));
  }
  std::uint64_t bits = 0;
  for (const char c : bytes) bits = (bits << 8U) | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(bits ^ sign_bit);
}

}  // namespace aisle
