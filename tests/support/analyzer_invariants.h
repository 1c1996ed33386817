// What holds for the tokens of every text in every language.
#pragma once
#include <string>
#include <string_view>

#include "analyzers/analyzer.h"

namespace aisle {

// "" when all hold, else a sentence naming the broken one, the language and the token.
std::string broken_analyzer_invariant(const Analyzer& analyzer, std::string_view text);

}  // namespace aisle
