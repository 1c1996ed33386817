// What every analyzer owes every text, whatever the language.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"

namespace aisle::test {

// The first promise of analyzers/analyzer.h that `analyzer` breaks on `text`, in words; "" when it keeps them
// all: ranges lie inside the text and do not go back, texts are folded UTF-8 of bounded length, positions
// have no holes, the same text has the same tokens, and the words of a query are the words of a document.
std::string broken_promise(const Analyzer& analyzer, std::string_view text);

// "0:iphone14 0:iphone/p 0:iphone14pro/j 1:14/p": position, text, and the kind unless it is Word.
std::string shown(const std::vector<Token>& tokens);

// "iphone14 pro": texts alone.
std::string shown_words(const std::vector<Token>& tokens);

}  // namespace aisle::test
