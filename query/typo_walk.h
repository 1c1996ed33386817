// Misspellings: the terms of a dictionary within a few edits of a word.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "query/term_dictionary.h"
#include "query/typo_lengths.h"

namespace aisle {

// Edits allowed for a word by its code points: none when it holds a digit.
int typos_allowed(std::string_view word, const TypoLengths& lengths = {});

// Calls `found(term, typos)` for each term of `dictionary`, in its order, with 1 <= typos <= typos_max. A
// typo is an inserted, missing, wrong or swapped pair of letters (code points); an edit of the first letter
// counts two. Terms that hold a digit are never found. With `prefix` the word may also be the misspelt
// beginning of the term. Walks the Levenshtein automaton over the sorted terms, skipping whole subtrees that
// cannot match.
void walk_typos(const TermDictionary& dictionary, std::string_view word, int typos_max, bool prefix,
                const std::function<void(TermId term, int typos)>& found);

// The same measure for two single words, digits or not; > typos_max when farther apart. Words of more than 48
// code points are bent by neither.
int typo_distance(std::string_view word, std::string_view term, int typos_max, bool prefix);

}  // namespace aisle
