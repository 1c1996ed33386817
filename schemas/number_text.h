// A number column's integer as JSON: the way back from schemas/number_value.h.
#pragma once
#include <cstdint>
#include <string>

#include "schemas/index_schema.h"

namespace aisle {

__extension__ using Int128 = __int128;

//   int 12 · decimal 12.5 (no trailing zeros) · bool true · date "2026-01-31T12:30:00Z" · missing_number null
std::string number_json(const Field& field, std::int64_t value);

// `sum / count` of decimals and ints, rounded half away from zero to two digits more than the field has.
std::string mean_json(const Field& field, Int128 sum, std::uint64_t count);
// A sum that may pass 64 bits.
std::string sum_json(const Field& field, Int128 sum);

}  // namespace aisle
