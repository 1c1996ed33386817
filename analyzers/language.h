// The languages an analyzer may have, and what is particular to each.
#pragma once
#include <span>
#include <string_view>

namespace aisle {

struct Language {
  std::string_view code;                       // ISO 639-1, or "none"
  const char* stemmer;                         // libstemmer's name, "" without
  std::span<const std::string_view> elisions;  // folded words that an apostrophe parts from the next one
};

// In the order of their codes, "none" last.
std::span<const Language> all_languages();

}  // namespace aisle
