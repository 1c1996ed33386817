// XXH3 in 64 and 128 bits: stable over machines and versions, so it may be stored.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

std::uint64_t hash64(std::string_view bytes);
// Sixteen lower-case hex digits.
std::string hash_text(std::string_view bytes);

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

// A chain: of the sixteen bytes of `before` (high, low; big-endian) and then `bytes`.
Hash128 chain_hash(const Hash128& before, std::string_view bytes);

// Thirty-two lower-case hex digits; parse gives all zero for anything else.
std::string format_hash(const Hash128& hash);
Hash128 parse_hash(std::string_view text);

}  // namespace aisle
