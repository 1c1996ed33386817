// Words that mean the same, analysed: "tv" = "television", "flat screen" -> "television". One step is
// followed, never a chain, so nothing can run in circles.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzers/analyzer.h"
#include "base/error.h"
#include "schemas/ranking.h"

namespace aisle {

// Immutable once built.
struct SynonymTable {
  static constexpr std::size_t phrase_words_max = 5;

  struct Phrase {
    std::vector<std::string> from;  // words of a query
    std::vector<std::string> to;    // may stand for them; one of the two has several words
  };
  std::unordered_map<std::string, std::vector<std::string>>
      words;                                                     // single words by the word, without itself
  std::unordered_map<std::string, std::vector<Phrase>> phrases;  // by the first word of `from`
  bool derives = false;  // words derived from each other (analyzers/derivation.h) are synonyms, too
};

// InvalidArgument, with the JSON pointer below `pointer`: an entry without a word or with too long a phrase,
// one that leads to itself, one-way entries that lead back to where they began, a word that leads to more
// than RankingLimits::synonym_words_max others.
Result<SynonymTable> compile_synonyms(std::span<const SynonymConfig> synonyms, const Analyzer& analyzer,
                                      const std::string& pointer);

}  // namespace aisle
