// What stands in the texts of a product, as it was written.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "query/index_context.h"

namespace aisle {

// The strings at a field's path, several joined by a comma, or the number; "" when there is none.
std::string text_at(const nlohmann::json& product, const Field& field);

// How the product (JSON object text) writes the terms, in small letters: "größe" of "grosse". Terms that it
// does not hold, and those of codes, are not among them.
std::map<std::string, std::string> spellings_of(const std::vector<std::string>& terms,
                                                std::string_view product, const IndexContext& context);

}  // namespace aisle
