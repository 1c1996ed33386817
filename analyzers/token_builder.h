// From folded units to tokens.
#pragma once
#include <vector>

#include "analyzers/analyzer.h"
#include "analyzers/segmenter.h"

namespace aisle {

inline constexpr std::size_t parts_max =
    8;  // of one mixed word; what follows is found by the whole word only
inline constexpr std::size_t chain_words_max = 4;  // words glued in a row that are also joined as a whole

// Words, their parts and the joins, ordered by (position, kind, end).
std::vector<Token> index_tokens_of(const Segmentation& segmentation);
// One Word token a word, positions 0, 1, 2...
std::vector<Token> query_tokens_of(const Segmentation& segmentation);

}  // namespace aisle
