// Numbers with a unit as words: the term of "16 gb" for a field of gigabytes that holds 16.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "schemas/index_schema.h"

namespace aisle {

// As shoppers' quantities are looked up, "16gb", "0.5l" (analyzers/units.h). `field` has a unit. Nothing for
// missing_number, what is below zero, and numbers of more than seven digits, three of them decimals.
std::optional<std::string> quantity_term(const Field& field, std::int64_t value);

}  // namespace aisle
