// Folded stems of folded words, by libstemmer.
#pragma once
#include <string>
#include <string_view>

namespace aisle {

// `algorithm` is a name of libstemmer that lives as long as the program. The word itself when it is shorter
// than three letters or holds anything but letters, or when libstemmer lacks the algorithm. Thread-safe: each
// thread has its own stemmers.
std::string stem_word(const char* algorithm, std::string_view word);

}  // namespace aisle
