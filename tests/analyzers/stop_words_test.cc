#include "analyzers/stop_words.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analyzers/analyzer.h"

namespace aisle {
namespace {

TEST(StopWords, ListsAreSortedUniqueAndFolded) {
  for (const std::string& language : Analyzer::languages()) {
    const auto words = stop_words(language);
    EXPECT_TRUE(std::is_sorted(words.begin(), words.end())) << language;
    EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end()) << language;
    for (const std::string_view word : words) EXPECT_EQ(fold(word), word) << language;
  }
}

TEST(StopWords, FunctionWordsAreKnownAndProductWordsAreNot) {
  const auto is_stop_word = [](std::string_view language, std::string_view word) {
    return Analyzer::create(language).value()->is_stop_word(fold(word));
  };
  for (const auto& [language, word] : {std::pair{"en", "the"},
                                       {"de", "für"},
                                       {"fr", "à"},
                                       {"es", "con"},
                                       {"it", "della"},
                                       {"nl", "voor"},
                                       {"sv", "och"},
                                       {"pt", "não"}}) {
    EXPECT_TRUE(is_stop_word(language, word)) << language;
    EXPECT_FALSE(is_stop_word(language, "laptop")) << language;
  }
  EXPECT_FALSE(is_stop_word("none", "the"));
  EXPECT_FALSE(is_stop_word("de", "the"));
}

}  // namespace
}  // namespace aisle
