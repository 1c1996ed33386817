#include "analyzers/segmenter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzers/analyzer.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

// What shoppers of a language see as the words of a text.
std::vector<std::string> words(std::string_view language, std::string_view text) {
  std::vector<std::string> found;
  for (const Token& token : Analyzer::create(language).value()->query_tokens(text))
    found.push_back(token.text);
  return found;
}

TEST(Segmenter, EnglishTitles) {
  EXPECT_THAT(words("en", "Women's Levi’s 501® Jeans, Size 28\"x32\""),
              ElementsAre("womens", "levis", "501", "jeans", "size", "28", "x32"));
  EXPECT_THAT(words("en", "Rock'n'Roll 90's T-Shirt (2-Pack)"),
              ElementsAre("rocknroll", "90s", "t", "shirt", "2", "pack"));
  EXPECT_THAT(words("en", "'quoted' boys' 5'10"), ElementsAre("quoted", "boys", "5", "10"));
}

TEST(Segmenter, PlusAndSharpBelongToShortNames) {
  EXPECT_THAT(words("en", "C++ and C# books"), ElementsAre("c++", "and", "c#", "books"));
  EXPECT_THAT(words("en", "notepad++ A+++ a+"), ElementsAre("notepad++", "a+++", "a+"));
  EXPECT_THAT(words("en", "Disney+ item# dvd+r s10+ a++++ #1"),
              ElementsAre("disney", "item", "dvd", "r", "s10", "a", "1"));
}

TEST(Segmenter, GermanTitles) {
  EXPECT_THAT(words("de", "Staubsauger für Großräume, 2,5 l – 1.200 W"),
              ElementsAre("staubsauger", "fur", "grossraume", "2.5", "l", "1.200", "w"));
}

TEST(Segmenter, FrenchAndItalianElisionsArePartedAndOthersNot) {
  EXPECT_THAT(words("fr", "Eau de toilette L'Oréal d’été aujourd'hui"),
              ElementsAre("eau", "de", "toilette", "l", "oreal", "d", "ete", "aujourdhui"));
  EXPECT_THAT(words("it", "profumo dell'acqua"), ElementsAre("profumo", "dell", "acqua"));
  EXPECT_THAT(words("en", "L'Oreal"), ElementsAre("loreal"));
}

TEST(Segmenter, SpanishAndTurkishTitles) {
  EXPECT_THAT(words("es", "¿Zapatillas de niño? ¡Rebajas!"),
              ElementsAre("zapatillas", "de", "nino", "rebajas"));
  EXPECT_THAT(words("tr", "IŞIKLI Çamaşır Sepeti 60'lık"),
              ElementsAre("isikli", "camasir", "sepeti", "60lik"));
}

TEST(Segmenter, ChineseTitles) {
  EXPECT_THAT(words("zh", "苹果手机壳"), ElementsAre("苹果", "手机", "壳"));
  EXPECT_THAT(words("zh", "无线蓝牙耳机"), ElementsAre("无线", "蓝牙", "耳机"));
}

TEST(Segmenter, JapaneseTitles) {
  EXPECT_THAT(words("ja", "iPhone用ケース"), ElementsAre("iphone", "用", "ケース"));
  EXPECT_THAT(words("ja", "充電器 ﾜｲﾔﾚｽ 12個セット"),
              ElementsAre("充電器", "ワイヤレス", "12", "個", "セット"));
}

TEST(Segmenter, HalfWidthKatakanaIsCutAsTheFullWidthIs) {
  EXPECT_THAT(words("ja", "ﾋﾞﾃﾞｵｹﾞｰﾑ"), ElementsAreArray(words("ja", "ビデオゲーム")));
  EXPECT_THAT(words("ja", "充電器 ﾊﾞｯﾃﾘｰ12個"), ElementsAre("充電器", "バッテリー", "12", "個"));
  EXPECT_THAT(words("ja", "カﾞラス USBﾎﾟｰﾄ"), ElementsAre("ガラス", "usb", "ポート"));
  EXPECT_THAT(words("ja", "ﾞ aﾞ"), ElementsAre("a"));
}

TEST(Segmenter, KoreanTitles) {
  EXPECT_THAT(words("ko", "삼성전자 갤럭시 S23 울트라"), ElementsAre("삼성전자", "갤럭시", "s23", "울트라"));
}

TEST(Segmenter, ThaiTitles) {
  EXPECT_THAT(words("th", "รองเท้าวิ่งผู้ชาย"), ElementsAre("รองเท้า", "วิ่ง", "ผู้ชาย"));
}

TEST(Segmenter, CharactersThatStandForSeveralAreRead) {
  EXPECT_THAT(words("en", "1½ cup"), ElementsAre("1", "1", "2", "cup"));
  EXPECT_THAT(words("en", "5㎏ 10m² Ⅷ ①"), ElementsAre("5kg", "10m2", "viii", "1"));
  EXPECT_THAT(words("en", "soft\u00ADhyphen"), ElementsAre("softhyphen"));
}

TEST(Segmenter, SignsAloneGiveNothing) {
  EXPECT_THAT(words("en", ""), IsEmpty());
  EXPECT_THAT(words("en", " -- & ' ™ 😀 \u0301 \u00AD ..., "), IsEmpty());
}

TEST(Segmenter, InvalidUtf8Separates) {
  EXPECT_THAT(words("en", "steel\xFFpan\xE6\x89"), ElementsAre("steel", "pan"));
}

TEST(Segmenter, OffsetsPointIntoTheGivenText) {
  const std::string text = "Größe ½ 手机壳 Wi-Fi C++";
  std::vector<std::string> pieces;
  for (const Token& token : Analyzer::create("de").value()->query_tokens(text)) {
    pieces.push_back(text.substr(token.begin, token.end - token.begin));
  }
  EXPECT_THAT(pieces, ElementsAre("Größe", "½", "½", "手机", "壳", "Wi", "Fi", "C++"));
}

TEST(Segmenter, OffsetsOfHalfWidthKatakanaPointIntoTheGivenText) {
  const std::string text = "新品ﾊﾞｯﾃﾘｰ";
  std::vector<std::string> pieces;
  for (const Token& token : Analyzer::create("ja").value()->query_tokens(text)) {
    pieces.push_back(text.substr(token.begin, token.end - token.begin));
  }
  EXPECT_THAT(pieces, ElementsAre("新品", "ﾊﾞｯﾃﾘｰ"));
}

TEST(Segmenter, GapsTellWhatStandsBetween) {
  Segmentation result;
  segment("a1 b-c  d", {}, result);
  std::vector<Gap> gaps;
  for (const Unit& unit : result.units) gaps.push_back(unit.gap);
  EXPECT_THAT(gaps, ElementsAre(Gap::Far, Gap::Same, Gap::Space, Gap::Glued, Gap::Far));
  EXPECT_EQ(result.folded, "a1bcd");
}

}  // namespace
}  // namespace aisle
