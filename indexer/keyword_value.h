// A record's value for a keyword, code or hierarchy field as the texts its column holds.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "schemas/index_schema.h"

namespace aisle {

inline constexpr std::size_t keyword_bytes_max = 256;     // longer values are cut between code points
inline constexpr std::size_t keyword_values_max = 1'000;  // of one field of one product
inline constexpr std::size_t hierarchy_levels_max = 32;   // of one path

// All three are pure and keep the record's order; null and empty texts are left out.
//   InvalidArgument  a value of the wrong kind; names field and value
//   TooLarge         more than keyword_values_max values or hierarchy_levels_max levels

// A string, number or bool, or an array of them.
Result<std::vector<std::string>> keyword_values(const Field& field, const nlohmann::json& value);

// A string or number, or an array of them, each normalised: "KDL-40 W600/B" gives "kdl40w600b".
Result<std::vector<std::string>> code_values(const Field& field, const nlohmann::json& value);

// "A > B", the levels ["A", "B"], paths ["A > B", "C > D"], or paths by levels [["A", "B"], ["C", "D"]]. An
// array of texts without a separator is one path. Gives whole paths, each spelled with the field's separator
// and single spaces around levels removed.
Result<std::vector<std::string>> hierarchy_paths(const Field& field, const nlohmann::json& value);

// "A > B > C" gives "A", "A > B", "A > B > C". Ends before a level that passes keyword_bytes_max.
std::vector<std::string> ancestors(const Field& field, const std::string& path);

}  // namespace aisle
