// What differs between two ranking documents, one line each, for people.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace aisle {

// "- /rules/summer/priority: 3", "+ /rules/summer/priority: 5". Elements that carry an "id" are compared by
// it, so that a moved rule is no difference; other elements by their place.
std::vector<std::string> document_diff(const nlohmann::json& before, const nlohmann::json& after);

}  // namespace aisle
