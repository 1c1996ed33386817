#include "analyzers/stop_words.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "analyzers/analyzer.h"

namespace aisle {
namespace {

TEST(StopWords, AreFoldedWordsWithoutRepetition) {
  for (const std::string& language : Analyzer::languages()) {
    const auto analyzer = Analyzer::create(language).value();
    std::istringstream list{std::string(stop_words(language))};
    std::set<std::string> seen;
    for (std::string word; list >> word;) {
      EXPECT_TRUE(seen.insert(word).second) << language << ": " << word;
      EXPECT_EQ(fold(word), word) << language;
      EXPECT_TRUE(analyzer->is_stop_word(word)) << language << ": " << word;
      EXPECT_EQ(analyzer->query_tokens(word).size(), 1U) << language << ": " << word;
    }
  }
}

TEST(StopWords, AreListedForTheLanguagesOfMostShops) {
  for (const char* language : {"en", "de", "fr", "es", "it", "nl", "sv", "pt"}) {
    EXPECT_GT(stop_words(language).size(), 100U) << language;
  }
  EXPECT_EQ(stop_words("none"), "");
}

TEST(StopWords, SpareWordsThatChangeWhatIsAskedFor) {
  EXPECT_FALSE(Analyzer::create("en").value()->is_stop_word("no"));
  EXPECT_FALSE(Analyzer::create("de").value()->is_stop_word("ohne"));
  EXPECT_FALSE(Analyzer::create("fr").value()->is_stop_word("sans"));
}

}  // namespace
}  // namespace aisle
