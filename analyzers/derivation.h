// Words that one verb or thing gives: "nailer" of "nail", "lockable" of "lock". Nearer than synonyms by spelling, too
// far for stems.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// Words that `word`, folded, may be derived from or that may be derived from it, real or not: whoever asks
// knows which ones there are. English alone; none for other languages and short words.
std::vector<std::string> derived_words(std::string_view word, std::string_view language);

}  // namespace aisle
