// Small letters, accents kept: words as people are shown them.
#pragma once
#include <string>
#include <string_view>

namespace aisle {

// By the rules that hold in every language. Invalid UTF-8 becomes U+FFFD.
std::string lower_case(std::string_view text);

}  // namespace aisle
