// Very common function words: a query may drop them when nothing matches.
#pragma once
#include <span>
#include <string_view>

namespace aisle {

// Folded, in byte order; empty for a language without a list.
std::span<const std::string_view> stop_words(std::string_view language);

}  // namespace aisle
