#include "query/bitmap.h"

#include <span>

namespace aisle {
namespace {

inline std::uint32_t count_each(std::span<const std::uint64_t> words) {
  std::uint32_t total = 0;
  for (const std::uint64_t word : words) total += static_cast<std::uint32_t>(std::popcount(word));
  return total;
}

#if defined(__x86_64__)
// The instruction that every processor of the last fifteen years has, but not the plain architecture.
__attribute__((target("popcnt"))) std::uint32_t count_by_instruction(std::span<const std::uint64_t> words) {
  std::uint32_t total = 0;
  for (const std::uint64_t word : words) total += static_cast<std::uint32_t>(__builtin_popcountll(word));
  return total;
}
#endif

}  // namespace

std::uint32_t Bitmap::count() const {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("popcnt") != 0;
  if (has_instruction) return count_by_instruction(words_);
#endif
  return count_each(words_);
}

}  // namespace aisle
