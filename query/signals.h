// Signals of a ranking profile: what a column's value is worth, 0..65536 (1 = 65536). Whole numbers only, so
// every machine gives the same. With x the value as the column holds it (schemas/index_schema.h) and u the
// column's unit, 10^decimals:
//
//   boolean  x > 0
//   linear   (x - from) / (to - from), kept within 0..1; from above to turns it round
//   log      log2(1 + x/u) / log2(1 + to/u), kept within 0..1: "log1p" of function_score in Elasticsearch,
//   scaled decay    2^(-|x - origin| / half_life): the exponential decay of function_score with decay 0.5;
//   the origin "now"
//            is the clock of the request
//   bucket   the value of the last bucket that begins at or below x, 0 below the first
//
// log2 by repeated squaring (Clay Turner, A Fast Binary Logarithm Algorithm, 2010), 16 fractional bits; 2^-f
// as the product of 2^(-1/2), 2^(-1/4), ... for the bits of f.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "schemas/index_schema.h"
#include "schemas/ranking.h"

namespace aisle {

inline constexpr std::int64_t signal_one = 65536;

// Resolved against a schema; travels to other nodes of the same generation as it is.
struct Signal {
  struct Bucket {
    std::int64_t from = 0;
    std::int64_t value = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  std::uint16_t field = 0;  // number
  SignalKind kind = SignalKind::Linear;
  int weight = 0;  // percent
  std::int64_t missing = 0;
  std::int64_t from = 0;  // log: the unit of the column
  std::int64_t to = 0;
  std::int64_t origin = 0;
  bool from_clock = false;  // the origin is the clock
  std::int64_t half_life = 1;
  std::vector<Bucket> buckets;
  friend bool operator==(const Signal&, const Signal&) = default;
};

// InvalidArgument: `pointer` and what is wrong about the field or a value.
Result<Signal> compile_signal(const SignalConfig& config, const IndexSchema& schema,
                              const std::string& pointer);

// Pure. `clock` in seconds since 1970 UTC; `value` may be missing_number.
std::int64_t signal_value(const Signal& signal, std::int64_t value, std::int64_t clock);

// floor(log2(x) * 65536) for x >= 1.
std::int64_t log2_16(std::uint64_t x);

}  // namespace aisle
