// A record's value for a number field (int, decimal, bool, date) as the integer its column holds.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.h"
#include "schemas/index_schema.h"

namespace aisle {

// Pure. `field` is one of the number types. missing_number for null and for "".
//   int      a whole number; "12", "12.0" and 12.0 count as 12
//   decimal  a number or "12.50", "-3", "1.25e2"; scaled exactly and rounded half away from zero
//   bool     true and false, 0 and 1, and as text also t, f, yes, no in any case
//   date     seconds since 1970 UTC (as text: 9 digits or more), or ISO 8601: "2026-01-31",
//            "2026-01-31T12:30:00Z", with an offset or fractions of a second too; no offset means UTC
// InvalidArgument names field, value and what was expected: price is "12,50", expected a number such as 12.50
Result<std::int64_t> number_value(const Field& field, const nlohmann::json& value);

// The value as error messages show it: JSON text, cut at 64 bytes.
std::string shown_value(const nlohmann::json& value);

}  // namespace aisle
