// Synonyms of several words in a query: which runs of its words may be read as another phrase.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "query/plan.h"
#include "query/synonyms.h"

namespace aisle {

// A run of a reading's positions.
struct PhraseStep {
  std::size_t begin = 0;
  std::size_t words = 1;
  const SynonymTable::Phrase* phrase = nullptr;  // what it is read as; null: as it stands, one word
  std::uint8_t typos = 0;                        // by which its words are those of the phrase
};

// Every way to read the words with at least one phrase in them, as steps from left to right; the first
// `paths_max`. A word is part of a phrase as it stands, by its stem or misspelt, but not by being its
// beginning.
std::vector<std::vector<PhraseStep>> phrase_paths(const Reading& reading, const SynonymTable& synonyms,
                                                  std::size_t paths_max);

}  // namespace aisle
