// Languages that write compounds in one word: German, Dutch, Swedish, Danish, Norwegian.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/statistics.h"

namespace aisle {

// Letters that may stand between the parts of a compound ("s" of "arbeitsplatte"), "" the first; none for a
// language that writes no compounds.
std::span<const std::string_view> compound_links(std::string_view language);

// The words that `word` consists of: two, else three, of four letters and more, each of which the catalogue
// has. Of several ways the one whose rarest word is the most common, then the one with the longest first
// word. Empty: none.
std::vector<std::string> compound_parts(const std::string& word, std::string_view language,
                                        const Statistics& statistics);

}  // namespace aisle
