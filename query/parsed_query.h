// The words of a query, after its syntax and the analyzer.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "query/limits.h"

namespace aisle {

// A quoted part. Its words are the units of its text, as titles have them in a row; one word stays whole.
struct Phrase {
  std::size_t begin = 0;  // in ParsedQuery::words
  std::size_t words = 1;
  std::string text;  // as typed
  bool holds(std::size_t word) const { return word >= begin && word < begin + words; }
};

// The one that the word is in; null: none.
inline const Phrase* phrase_at(std::span<const Phrase> phrases, std::size_t word) {
  const auto at = std::ranges::find_if(phrases, [&](const Phrase& phrase) { return phrase.holds(word); });
  return at == phrases.end() ? nullptr : &*at;
}

// A part that products must not hold.
struct Exclusion {
  std::vector<std::string> words;  // like those of a phrase
  bool literal = false;            // quoted: no other forms of the word
  std::string text;                // as typed
};

struct ParsedQuery {
  std::vector<std::string> words;  // that products must hold, those of phrases among them
  std::vector<Phrase> phrases;     // ordered
  std::vector<Exclusion> excluded;
  bool last_is_open = true;                // the last word may go on: nothing stands behind it
  std::vector<std::string> ignored_words;  // beyond QueryLimits::words_max, which bounds words and exclusions
  bool truncated = false;                  // cut at QueryLimits::query_bytes_max
};

ParsedQuery parse_query(std::string_view q, const Analyzer& analyzer, const QueryLimits& limits);

}  // namespace aisle
