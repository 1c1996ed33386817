// Snowball's stemmers, for folded words.
#pragma once
#include <string>
#include <string_view>

namespace aisle {

// `algorithm` is a name that libstemmer knows in UTF-8, with static storage duration; "" has no stemmer.
bool has_stemmer(const char* algorithm);

// The stem, or the word itself when it holds anything but letters, is shorter than three letters, or the stem
// would be empty. Thread-safe: each thread keeps its own stemmers.
std::string stem_word(const char* algorithm, std::string_view word);

}  // namespace aisle
