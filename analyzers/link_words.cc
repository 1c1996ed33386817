#include "analyzers/link_words.h"

#include <algorithm>
#include <array>

namespace aisle {
namespace {

constexpr auto links = std::to_array<std::string_view>({
    "aus",  "av",   "avec", "by",   "com",  "compatible", "con",  "da",   "dal",  "dalla", "de",       "del",
    "della", "des",  "di",   "do",   "du",   "fit",        "fits", "for",  "from", "fran",  "fur",      "geeignet",
    "in",   "kompatibel", "med", "met",  "mit",  "of",    "on",   "para", "passend", "per", "pour",  "replace",
    "replaces", "sans", "sem", "sin",  "to",   "van",  "voor", "vom",  "von",  "with", "without", "zu", "zum", "zur",
});

constexpr auto head_first = std::to_array<std::string_view>({"es", "fr", "it", "pt", "th"});

}  // namespace

bool is_link_word(std::string_view word) {
  static const auto sorted = [] {
    auto words = links;
    std::ranges::sort(words);
    return words;
  }();
  return std::ranges::binary_search(sorted, word);
}

bool names_head_first(std::string_view language) {
  return std::ranges::find(head_first, language) != head_first.end();
}

}  // namespace aisle
