#include "analyzers/analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/analyzer_invariants.h"

namespace aisle {
namespace {

using testing::HasSubstr;

const std::vector<std::string> curated_texts = {
    "",
    "Apple iPhone14 Pro-Max 256GB, women's 3.5mm C++ H&M 1,000.50 wi-fi",
    "2-Power AC Adapter 18-20v 120W inc. mains cable",
    "Kärcher Hochdruckreiniger K 5, 2.100 W – für Terrasse & Auto",
    "L'Oréal Crème d'été aujourd’hui 50 ml",
    "¿Zapatillas de niño? ¡Rebajas! 1ª calidad",
    "纯棉T恤男士短袖 华为笔记本电脑 12 个",
    "ワイヤレスイヤホン iPhone用ケース ﾜｲﾔﾚｽ か\u3099",
    "삼성전자 갤럭시 S23 울트라 17인치",
    "เสื้อยืดผู้ชาย รองเท้าวิ่ง รุ่น๑๒",
    "IŞIKLI İstanbul Çamaşır ılık",
    "Чайник электрический ёлка 1,7 л",
    "حذاء رياضي ٤٢ العَرَبِيَّة שָׁלוֹם हिन्दी",
    "½ ㎡ ㍿ ﷺ ① 1\uFE0F\u20E3 𝟏𝐀 ﬁ Ⅷ ™",
    "broken \xFF\xC3 bytes \xED\xA0\x80 \xF4",
};

TEST(Analyzer, InvariantsHoldInEveryLanguageOnRealTexts) {
  for (const std::string& language : Analyzer::languages()) {
    const auto analyzer = Analyzer::create(language);
    ASSERT_TRUE(analyzer) << analyzer.error().message;
    EXPECT_EQ((*analyzer)->language(), language);
    for (const std::string& text : curated_texts)
      EXPECT_EQ(broken_analyzer_invariant(**analyzer, text), "") << text;
  }
}

TEST(Analyzer, AnUnknownLanguageIsRefusedWithTheNearest) {
  const auto analyzer = Analyzer::create("non");
  ASSERT_FALSE(analyzer);
  EXPECT_EQ(analyzer.error().code, ErrorCode::InvalidArgument);
  EXPECT_THAT(analyzer.error().message, HasSubstr("language is \"non\", expected one of da, de, en"));
  EXPECT_THAT(analyzer.error().message, HasSubstr("did you mean \"no"));
  EXPECT_FALSE(Analyzer::create(""));
}

TEST(Analyzer, TextIsReadUpToTheLimit) {
  const auto analyzer = Analyzer::create("en").value();
  std::string text(Analyzer::text_bytes_max - 2, ' ');
  EXPECT_EQ(analyzer->query_tokens(text + "ab").size(), 1U);
  const auto cut = analyzer->query_tokens(text + "abc");
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut.front().text, "ab");
  EXPECT_EQ(cut.front().end, Analyzer::text_bytes_max);
}

// Each fragment, repeated up to the limit, makes some step of the analysis as expensive as it gets.
TEST(Analyzer, HostileTextsStaySmall) {
  const auto analyzer = Analyzer::create("ja").value();
  for (const char* const fragment :
       {"\u0301", "\u0651", "\u0344", "\u0651\u200D", "か\u3099", "手", "กิ", "1,", "1.", "a1", "a-", "a'",
        "+", "c++ ", "ﷺ", "½", "𝟏", "\u1100", "\xFF"}) {
    std::string text = "ب";
    while (text.size() < 2 * Analyzer::text_bytes_max) text += fragment;
    EXPECT_EQ(broken_analyzer_invariant(*analyzer, text), "") << fragment;
  }
}

TEST(Analyzer, AWordUnderAMountainOfMarksIsStillOneShortWord) {
  const auto analyzer = Analyzer::create("en").value();
  std::string text = "cafe";
  while (text.size() < Analyzer::text_bytes_max) text += "\u0301";
  const auto tokens = analyzer->index_tokens(text);
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(tokens.front().text, "cafe");
}

TEST(Analyzer, ManyThreadsShareOne) {
  const auto analyzer = Analyzer::create("en").value();
  const std::string text = "headphones 手机壳 รองเท้าวิ่ง Größe 17 inch wi-fi";
  const auto expected = analyzer->index_tokens(text);
  const auto stem = analyzer->stem("headphones");
  std::vector<int> differences(4);
  {
    std::vector<std::jthread> threads;
    for (int& different : differences) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          if (analyzer->index_tokens(text) != expected || analyzer->stem("headphones") != stem) ++different;
        }
      });
    }
  }
  EXPECT_THAT(differences, testing::Each(0));
}

}  // namespace
}  // namespace aisle
