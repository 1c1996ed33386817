// Rows of Han characters, which Chinese and Japanese write without spaces.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// Of valid UTF-8 that is not empty.
std::string_view first_character(std::string_view text);
std::string_view last_character(std::string_view text);

// Each two Han characters that stand next to each other, in order. Kana, which dictionaries part well, are in
// none.
std::vector<std::string> han_bigrams(std::string_view word);

}  // namespace aisle
