// "unknown field \"brnad\", did you mean \"brand\"?"
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace aisle {

// The candidate with the fewest edits (swaps count one), or "" when none is within a third of the length, at
// least 2.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

// ", did you mean \"brand\"?" or "" when nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace aisle
