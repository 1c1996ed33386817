// What differs between the languages.
#pragma once
#include <span>
#include <string_view>

namespace aisle {

struct Language {
  std::string_view code;                         // ISO 639-1, or "none"
  const char* stemmer;                           // of libstemmer, or null
  std::span<const std::string_view> elisions{};  // folded words that an apostrophe parts from the next one
};

// Lives as long as the program.
std::span<const Language> all_languages();

}  // namespace aisle
