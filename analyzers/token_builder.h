// Tokens out of units: which units make a word, and what else a document gets for them.
#pragma once
#include <vector>

#include "analyzers/analyzer.h"
#include "analyzers/segmenter.h"

namespace aisle {

// As Analyzer::index_tokens() promises.
std::vector<Token> build_index_tokens(const Segmentation& segmentation);

// As Analyzer::query_tokens() promises.
std::vector<Token> build_query_tokens(const Segmentation& segmentation);

}  // namespace aisle
