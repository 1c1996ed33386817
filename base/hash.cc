#include "base/hash.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>
#include <memory>

namespace aisle {

std::uint64_t hash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string hash_text(std::string_view bytes) {
  return fmt::format("{:016x}", hash64(bytes));
}

Hash128 chain_hash(const Hash128& before, std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, {before.low, before.high});
  static thread_local const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(
      XXH3_createState(), XXH3_freeState);
  XXH3_128bits_reset(state.get());
  XXH3_128bits_update(state.get(), canonical.digest, sizeof canonical.digest);
  XXH3_128bits_update(state.get(), bytes.data(), bytes.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return {hash.high64, hash.low64};
}

std::string format_hash(const Hash128& hash) {
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

Hash128 parse_hash(std::string_view text) {
  Hash128 hash;
  if (text.size() != 32) return {};
  const char* half = text.data() + 16;
  const auto high = std::from_chars(text.data(), half, hash.high, 16);
  const auto low = std::from_chars(half, half + 16, hash.low, 16);
  return high.ptr == half && low.ptr == half + 16 ? hash : Hash128{};
}

}  // namespace aisle
