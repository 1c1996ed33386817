// Words that say nothing about a product.
#pragma once
#include <string_view>

namespace aisle {

// Folded words separated by single spaces; "" for a language without a list.
std::string_view stop_words(std::string_view language);

}  // namespace aisle
