// 64-bit XXH3: stable over machines and versions, so it may be stored.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

std::uint64_t hash64(std::string_view bytes);
// Sixteen lower-case hex digits.
std::string hash_text(std::string_view bytes);

}  // namespace aisle
