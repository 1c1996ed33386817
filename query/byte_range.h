// Which of 64 bytes lie in a range?
#pragma once
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace aisle {

// The bytes first, first + 1, ... , first + count - 1.
struct ByteRange {
  std::uint8_t first = 0;
  std::uint8_t count = 0;

  bool has(std::uint8_t byte) const { return static_cast<std::uint8_t>(byte - first) < count; }
};

// Tells it of 64 bytes at a time.
class BytesWithin {
 public:
  explicit BytesWithin(ByteRange range) : range_(range) {
#if defined(__SSE2__)
    first_ = _mm_set1_epi8(static_cast<char>(range.first));
    last_ = _mm_set1_epi8(static_cast<char>(range.count - 1));
#endif
  }

  // Bit i is set when bytes[i] lies in the range.
  std::uint64_t bits(const std::uint8_t* bytes) const {
    if (range_.count == 0) return 0;
#if defined(__SSE2__)
    const auto part = [&](unsigned number) {
      const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + number);
      const __m128i above = _mm_sub_epi8(some, first_);
      const __m128i within = _mm_cmpeq_epi8(_mm_min_epu8(above, last_), above);
      return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(within))} << (16 * number);
    };
    return part(0) | part(1) | part(2) | part(3);
#else
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < 64; ++i) bits |= std::uint64_t{range_.has(bytes[i]) ? 1U : 0U} << i;
    return bits;
#endif
  }

 private:
  ByteRange range_;
#if defined(__SSE2__)
  __m128i first_;
  __m128i last_;
#endif
};

}  // namespace aisle
