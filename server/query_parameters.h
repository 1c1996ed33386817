// Parameters in an address as a JSON object, so that they are read like a body.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

enum class ParameterType : std::uint8_t { Text, List, Number, Share, Switch };

struct Parameter {
  std::string_view name;
  ParameterType type;
};

// "brand,category" without empty parts.
std::vector<std::string> split_list(std::string_view text);

// InvalidArgument: an unknown name with the nearest, a name given twice, a value of another type, bad UTF-8;
// TooLarge as parse_query().
Result<nlohmann::json> read_parameters(std::string_view query_string, std::span<const Parameter> known);

}  // namespace aisle
