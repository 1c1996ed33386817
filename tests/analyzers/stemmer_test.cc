#include "analyzers/stemmer.h"

#include <gtest/gtest.h>

#include "analyzers/analyzer.h"

namespace aisle {
namespace {

std::string stem(std::string_view language, std::string_view word) {
  return Analyzer::create(language).value()->stem(fold(word));
}

TEST(Stemmer, EnglishSingularAndPluralMeet) {
  EXPECT_EQ(stem("en", "headphones"), stem("en", "headphone"));
  EXPECT_EQ(stem("en", "laptops"), stem("en", "laptop"));
  EXPECT_EQ(stem("en", "batteries"), stem("en", "battery"));
  EXPECT_EQ(stem("en", "shoes"), stem("en", "shoe"));
  EXPECT_EQ(stem("en", "womens"), stem("en", "women"));
}

TEST(Stemmer, DifferentThingsStayDifferent) {
  EXPECT_NE(stem("en", "printer"), stem("en", "print"));
  EXPECT_NE(stem("en", "wireless"), stem("en", "wire"));
  EXPECT_NE(stem("en", "phone"), stem("en", "headphone"));
}

TEST(Stemmer, SingularAndPluralMeetInOtherLanguages) {
  EXPECT_EQ(stem("de", "Äpfel"), stem("de", "Apfel"));
  EXPECT_EQ(stem("de", "Waschmaschinen"), stem("de", "Waschmaschine"));
  EXPECT_EQ(stem("fr", "téléphones"), stem("fr", "téléphone"));
  EXPECT_EQ(stem("es", "portátiles"), stem("es", "portátil"));
  EXPECT_EQ(stem("it", "scarpe"), stem("it", "scarpa"));
  EXPECT_EQ(stem("nl", "schoenen"), stem("nl", "schoen"));
  EXPECT_EQ(stem("sv", "tröjor"), stem("sv", "tröja"));
  EXPECT_EQ(stem("pt", "sapatos"), stem("pt", "sapato"));
  EXPECT_EQ(stem("ru", "красный"), stem("ru", "красная"));
}

TEST(Stemmer, ShortWordsAndWordsWithOtherThanLettersAreTheirOwnStem) {
  for (const char* const word : {"is", "tv", "3ds", "501s", "3.5", "c++", "手机"})
    EXPECT_EQ(stem("en", word), word);
}

TEST(Stemmer, LanguagesWithoutStemmerReturnTheWord) {
  for (const char* const language : {"none", "zh", "ja", "ko", "th", "tr"}) {
    EXPECT_EQ(stem(language, "headphones"), "headphones");
  }
}

TEST(Stemmer, UnknownAlgorithmsAreTold) {
  EXPECT_TRUE(has_stemmer("english"));
  EXPECT_FALSE(has_stemmer("klingon"));
  EXPECT_EQ(stem_word("klingon", "headphones"), "headphones");
}

}  // namespace
}  // namespace aisle
