#include "analyzers/analyzer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/support/analyzer_invariants.h"

namespace aisle {
namespace {

std::shared_ptr<const Analyzer> analyzer_of(std::string_view language) {
  return Analyzer::create(language).value();
}

std::string index_of(std::string_view text, std::string_view language = "en") {
  return test::shown(analyzer_of(language)->index_tokens(text));
}

std::string query_of(std::string_view text, std::string_view language = "en") {
  return test::shown_words(analyzer_of(language)->query_tokens(text));
}

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

TEST(Analyzer, KnowsItsLanguages) {
  for (const std::string& language : Analyzer::languages()) {
    EXPECT_EQ(analyzer_of(language)->language(), language);
    EXPECT_TRUE(language.size() == 2 || language == "none") << language;
  }
  for (const char* language :
       {"en", "de", "fr", "es", "it", "nl", "sv", "pt", "zh", "ja", "ko", "th", "none"}) {
    EXPECT_TRUE(Analyzer::create(language).has_value()) << language;
  }
}

TEST(Analyzer, RefusesAnUnknownLanguageAndNamesTheNearest) {
  const auto refused = Analyzer::create("enn");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(refused.error().message, "unknown language \"enn\", did you mean \"en\"?");
  EXPECT_FALSE(Analyzer::create("").has_value());
  EXPECT_FALSE(Analyzer::create("EN").has_value());
}

TEST(Analyzer, SplitsWordsThatMixLettersAndDigits) {
  EXPECT_EQ(index_of("iPhone14"), "0:iphone14 0:iphone/p 1:14/p");
  EXPECT_EQ(index_of("black 128GB case"), "0:black 0:black128gb/j 1:128gb 1:128/p 2:gb/p 3:case");
  EXPECT_EQ(query_of("black 128GB case"), "black 128gb case");
}

TEST(Analyzer, JoinsNeighboursWithALetterDigitBoundaryBetweenThem) {
  EXPECT_EQ(index_of("17 inch"), "0:17 0:17inch/j 1:inch");
  EXPECT_EQ(index_of("iPhone 14 Pro"), "0:iphone 0:iphone14/j 1:14 1:14pro/j 2:pro");
  EXPECT_EQ(index_of("steel kettle"), "0:steel 1:kettle");
  EXPECT_EQ(index_of("12 24"), "0:12 1:24");
  EXPECT_EQ(index_of("17, inch 5  l"), "0:17 1:inch 1:inch5/j 2:5 3:l");
}

TEST(Analyzer, JoinsWhatAHyphenAnAmpersandOrAnApostropheConnects) {
  EXPECT_EQ(index_of("wi-fi"), "0:wi 0:wifi/j 1:fi");
  EXPECT_EQ(index_of("H&M"), "0:h 0:hm/j 1:m");
  EXPECT_EQ(index_of("l'eau", "fr"), "0:l 0:leau/j 1:eau");
  EXPECT_EQ(index_of("KDL-40W600B"), "0:kdl 0:kdl40w600b/j 1:40w600b 1:40/p 2:w/p 3:600/p 4:b/p");
  EXPECT_EQ(index_of("wi - fi"), "0:wi 1:fi");
  EXPECT_EQ(query_of("wi-fi H&M KDL-40W600B"), "wi fi h m kdl 40w600b");
}

TEST(Analyzer, PutsAMixedWordAndItsJoinAtThePositionOfTheirFirstUnit) {
  EXPECT_EQ(index_of("iPhone14 5 case"), "0:iphone14 0:iphone/p 1:14/p 2:5 2:5case/j 3:case");
  EXPECT_EQ(index_of("5 iPhone14"), "0:5 0:5iphone14/j 1:iphone14 1:iphone/p 2:14/p");
}

TEST(Analyzer, DropsApostrophesInsideWords) {
  EXPECT_EQ(query_of("women's men’s rock'n'roll 'quoted' dogs'"), "womens mens rocknroll quoted dogs");
}

TEST(Analyzer, PartsElidedArticlesWhereTheLanguageHasThem) {
  EXPECT_EQ(query_of("lait d’amande, aujourd'hui", "fr"), "lait d amande aujourdhui");
  EXPECT_EQ(query_of("olio dell'Etna", "it"), "olio dell etna");
  EXPECT_EQ(query_of("L'Oréal"), "loreal");
}

TEST(Analyzer, GivesNumbersOneSpelling) {
  EXPECT_EQ(query_of("3.5 3,5 1,000 1,000,000 1.999,00 0,750 v5.1.2 ７,５"),
            "3.5 3.5 1000 1000000 1999.00 0.750 v5.1.2 7.5");
  EXPECT_EQ(query_of("sizes 1,2,3"), "sizes 1 2 3");
  EXPECT_EQ(index_of("3.5mm"), "0:3.5mm 0:3.5/p 1:mm/p");
}

TEST(Analyzer, KeepsSignsThatBelongToTheWord) {
  EXPECT_EQ(query_of("C++ c# A+++ a+b disney+ #1 notepad++"), "c++ c# a+++ a b disney 1 notepad++");
}

TEST(Analyzer, TellsRangesOfTheGivenTextForEachToken) {
  const std::string text = "  Ｃafé—Ö1 x²";
  std::string seen;
  for (const Token& t : analyzer_of("en")->index_tokens(text)) {
    seen += t.text + "=" + text.substr(t.begin, t.end - t.begin) + " ";
  }
  EXPECT_EQ(seen, "cafe=Ｃafé o1=Ö1 o=Ö o1x2=Ö1 x² 1=1 x2=x² x=x 2=² ");
}

TEST(Analyzer, TakesInvalidBytesForSeparators) {
  EXPECT_EQ(index_of("red\xFFshoe \xC3"), "0:red 1:shoe");
  EXPECT_EQ(index_of("\xE6\x89"), "");
}

TEST(Analyzer, FindsTheWordsOfGermanShops) {
  EXPECT_EQ(query_of("Geschirrspüler 60 cm, A+++ für große Töpfe", "de"),
            "geschirrspuler 60 cm a+++ fur grosse topfe");
}

TEST(Analyzer, FindsTheWordsOfFrenchAndSpanishShops) {
  EXPECT_EQ(query_of("Cœur de bœuf – théière n° 2", "fr"), "coeur de boeuf theiere n 2");
  EXPECT_EQ(query_of("¡Zapatillas de niño! Edición 2ª", "es"), "zapatillas de nino edicion 2a");
}

TEST(Analyzer, FindsTheWordsOfTurkishShopsWithAndWithoutDots) {
  EXPECT_EQ(query_of("ÇELİK Çaydanlık IŞIKLI", "tr"), "celik caydanlik isikli");
  EXPECT_EQ(query_of("çelik caydanlık ışıklı", "tr"), query_of("ÇELİK ÇAYDANLIK IŞIKLI", "tr"));
}

TEST(Analyzer, FindsTheWordsOfChineseShops) {
  EXPECT_EQ(query_of("小米手机保护壳", "zh"), "小米 手机 保护 壳");
  EXPECT_EQ(index_of("黑色 iPhone14手机", "zh"), "0:黑色 1:iphone14 1:iphone/p 2:14/p 3:手机");
}

TEST(Analyzer, FindsTheWordsOfJapaneseShops) {
  EXPECT_EQ(query_of("半袖Tシャツ メンズ", "ja"), "半袖 t シャツ メンズ");
  EXPECT_EQ(query_of("ｺｰﾋｰ ｶﾞﾗｽ", "ja"), "コーヒー ガラス");
  EXPECT_NE(query_of("かき", "ja"), query_of("がき", "ja"));
}

TEST(Analyzer, FindsTheWordsOfKoreanShops) {
  EXPECT_EQ(query_of("삼성전자 갤럭시 S24 울트라", "ko"), "삼성전자 갤럭시 s24 울트라");
  EXPECT_EQ(query_of("각", "ko"), query_of("\u1100\u1161\u11A8", "ko"));  // decomposed
}

TEST(Analyzer, FindsTheWordsOfThaiShops) {
  EXPECT_EQ(query_of("กระเป๋าสะพาย รองเท้าวิ่ง", "th"), "กระเป๋า สะพาย รองเท้า วิ่ง");
}

TEST(Analyzer, CutsLongWordsAndLeavesLongJoinsOut) {
  const std::size_t max = Analyzer::token_bytes_max;
  const auto fits = analyzer_of("en")->index_tokens(std::string(max - 1, 'a') + " 5");
  ASSERT_EQ(fits.size(), 3U);
  EXPECT_EQ(fits[1].text.size(), max);
  const auto too_long = analyzer_of("en")->index_tokens(std::string(max, 'a') + " 5");
  EXPECT_EQ(too_long.size(), 2U);
  const auto cut = analyzer_of("en")->index_tokens(repeated("й", max + 2));
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut[0].text, repeated("й", max));
  EXPECT_EQ(cut[0].end, max + 2);
}

TEST(Analyzer, SplitsAtMostEightPartsOffAWord) {
  EXPECT_EQ(index_of("a1b2c3d4, x"), "0:a1b2c3d4 0:a/p 1:1/p 2:b/p 3:2/p 4:c/p 5:3/p 6:d/p 7:4/p 8:x");
  EXPECT_EQ(index_of("a1b2c3d4e5, x"), "0:a1b2c3d4e5 0:a/p 1:1/p 2:b/p 3:2/p 4:c/p 5:3/p 6:d/p 7:4/p 8:x");
}

TEST(Analyzer, ReadsNoFurtherThanItsLimit) {
  const std::size_t max = Analyzer::text_bytes_max;
  EXPECT_EQ(index_of(std::string(max - 1, ' ') + "a"), "0:a");
  EXPECT_EQ(index_of(std::string(max, ' ') + "a"), "");
  EXPECT_EQ(index_of(std::string(max - 1, ' ') + "é"), "");
}

TEST(Analyzer, BoundsWhatHostileTextsBecome) {
  const std::size_t max = Analyzer::text_bytes_max;
  for (const std::string_view piece :
       {"\u0301", "\u05B0", "a\u0301\u0327", "\uFDFA", "\u3099", "か\u3099", "手", "ก", "1,", "1.", "a1",
        "a-", "½", "'a", "\u00AD", "\u034F\u0301", "\xFF", "😀"}) {
    for (const char* language : {"none", "th"}) {
      const std::string text = "x" + repeated(piece, max);
      EXPECT_EQ(test::broken_promise(*analyzer_of(language), text), "") << piece;
      EXPECT_LE(analyzer_of(language)->index_tokens(text).size(), 2 * max) << piece;
    }
  }
  EXPECT_EQ(index_of("a" + repeated("\u0301", max)), "0:a");
}

TEST(Analyzer, StemsWordsButNotCodes) {
  const auto english = analyzer_of("en");
  EXPECT_EQ(english->stem("headphones"), english->stem("headphone"));
  EXPECT_EQ(english->stem("laptops"), english->stem("laptop"));
  EXPECT_EQ(english->stem("batteries"), english->stem("battery"));
  EXPECT_EQ(english->stem("shoes"), english->stem("shoe"));
  EXPECT_NE(english->stem("tablets"), english->stem("tables"));
  EXPECT_EQ(english->stem("m2s"), "m2s");
  EXPECT_EQ(english->stem("c++"), "c++");
  EXPECT_EQ(english->stem("as"), "as");
  EXPECT_EQ(english->stem(""), "");
}

TEST(Analyzer, StemsInTheLanguageItWasMadeFor) {
  EXPECT_EQ(analyzer_of("de")->stem("schuhe"), "schuh");
  EXPECT_EQ(analyzer_of("fr")->stem("chaussures"), analyzer_of("fr")->stem("chaussure"));
  EXPECT_EQ(analyzer_of("es")->stem("zapatos"), analyzer_of("es")->stem("zapato"));
  EXPECT_EQ(analyzer_of("ru")->stem("книги"), analyzer_of("ru")->stem("книга"));
  EXPECT_EQ(analyzer_of("none")->stem("shoes"), "shoes");
  EXPECT_EQ(analyzer_of("ja")->stem("メンズ"), "メンズ");
}

TEST(Analyzer, KnowsStopWordsOfItsLanguageAlone) {
  EXPECT_TRUE(analyzer_of("en")->is_stop_word("the"));
  EXPECT_FALSE(analyzer_of("en")->is_stop_word("without"));
  EXPECT_FALSE(analyzer_of("en")->is_stop_word("und"));
  EXPECT_TRUE(analyzer_of("de")->is_stop_word("fur"));
  EXPECT_FALSE(analyzer_of("none")->is_stop_word("the"));
  EXPECT_FALSE(analyzer_of("en")->is_stop_word(""));
}

TEST(Analyzer, ServesManyThreadsAtOnce) {
  const auto thai = analyzer_of("th");
  const auto english = analyzer_of("en");
  const std::string text = "Running shoes รองเท้าวิ่ง naïve 3.5mm";
  const auto expected = thai->index_tokens(text);
  const std::string stem = english->stem("running");
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          if (thai->index_tokens(text) != expected || english->stem("running") != stem) ++count;
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace aisle
