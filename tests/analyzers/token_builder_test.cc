#include "analyzers/token_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const Analyzer& analyzer() {
  static const auto made = Analyzer::create("none").value();
  return *made;
}

// "iphone/p@0": Part at position 0; words without a letter.
std::vector<std::string> indexed(std::string_view text) {
  std::vector<std::string> found;
  for (const Token& token : analyzer().index_tokens(text)) {
    const std::string kind = token.kind == TokenKind::Word ? "" : token.kind == TokenKind::Part ? "/p" : "/j";
    found.push_back(token.text + kind + "@" + std::to_string(token.position));
  }
  return found;
}

std::vector<std::string> joined(std::string_view text) {
  std::vector<std::string> found;
  for (const Token& token : analyzer().index_tokens(text)) {
    if (token.kind == TokenKind::Joined) found.push_back(token.text);
  }
  return found;
}

TEST(TokenBuilder, AMixedWordHasItsPartsAtConsecutivePositions) {
  EXPECT_THAT(indexed("iphone14 case"),
              ElementsAre("iphone14@0", "iphone/p@0", "iphone14case/j@0", "14/p@1", "case@2"));
  EXPECT_THAT(indexed("3.5mm"), ElementsAre("3.5mm@0", "3.5/p@0", "mm/p@1"));
  EXPECT_THAT(indexed("17인치"), ElementsAre("17인치@0", "17/p@0", "인치/p@1"));
}

TEST(TokenBuilder, LettersAndDigitsOverOneSpaceAreJoined) {
  EXPECT_THAT(indexed("17 inch tv"), ElementsAre("17@0", "17inch/j@0", "inch@1", "tv@2"));
  EXPECT_THAT(joined("17 pouces"), ElementsAre("17pouces"));  // no-break space
  EXPECT_THAT(joined("17  inch"), IsEmpty());
  EXPECT_THAT(joined("17/inch"), IsEmpty());
  EXPECT_THAT(joined("black tea"), IsEmpty());
  EXPECT_THAT(joined("10 000"), IsEmpty());
}

TEST(TokenBuilder, ASignBehindANumberIsItsUnit) {
  EXPECT_THAT(indexed("27\" tv"), ElementsAre("27@0", "27in/j@0", "tv@1"));
  EXPECT_THAT(joined("27\u201d 27\u2033 27''"), ElementsAre("27in", "27in", "27in"));
  EXPECT_THAT(indexed("6'3\""), ElementsAre("6@0", "6ft/j@0", "3@1", "3in/j@1"));
  EXPECT_THAT(joined("8' by 10'"), ElementsAre("8ft", "by10", "10ft"));
  EXPECT_THAT(indexed("x27\""), ElementsAre("x27@0", "x/p@0", "27/p@1", "27in/j@1"));
  EXPECT_THAT(joined("the 90's"), Not(Contains("90ft")));
  EXPECT_THAT(joined("the 90\u2019s"), Not(Contains("90ft")));
  EXPECT_THAT(joined("27 \" a\""), IsEmpty());
}

TEST(TokenBuilder, HanCharactersAreAlsoKnownByTwos) {
  EXPECT_THAT(joined("手机"), IsEmpty());
  const std::vector<std::string> pairs = joined("不锈钢水壶");
  for (const char* pair : {"不锈", "锈钢", "钢水"}) EXPECT_THAT(pairs, Contains(pair));
  EXPECT_THAT(joined("フライパン"), IsEmpty());
  EXPECT_THAT(joined("手机 壳"), Not(Contains("机壳"))) << "a space parts";
}

TEST(TokenBuilder, AHyphenJoinsAnyTwoWords) {
  EXPECT_THAT(indexed("Wi-Fi"), ElementsAre("wi@0", "wifi/j@0", "fi@1"));
  EXPECT_THAT(joined("kdl-40w600b"), ElementsAre("kdl40w600b"));
  EXPECT_THAT(joined("wi\u2011fi"), ElementsAre("wifi"));
  EXPECT_THAT(joined("wi--fi wi - fi"), IsEmpty());
}

TEST(TokenBuilder, AnAmpersandJoinsItsNeighbours) {
  EXPECT_THAT(indexed("H&M"), ElementsAre("h@0", "hm/j@0", "m@1"));
  EXPECT_THAT(joined("salt & pepper"), IsEmpty());
}

TEST(TokenBuilder, ARowOfGluedWordsIsJoinedAsAWholeUpToFour) {
  EXPECT_THAT(joined("all-in-one"), ElementsAre("allin", "allinone", "inone"));
  EXPECT_THAT(joined("a-b-c-d"), Contains("abcd"));
  EXPECT_THAT(joined("a-b-c-d-e"), ElementsAre("ab", "bc", "cd", "de"));
}

TEST(TokenBuilder, JoinsStandAtTheFirstUnitAndSpanBothWords) {
  const std::string text = "tv KDL-40w";
  for (const Token& token : analyzer().index_tokens(text)) {
    if (token.kind != TokenKind::Joined) continue;
    EXPECT_EQ(token.text, "kdl40w");
    EXPECT_EQ(token.position, 1U);
    EXPECT_EQ(text.substr(token.begin, token.end - token.begin), "KDL-40w");
  }
}

TEST(TokenBuilder, AWordHasAtMostEightParts) {
  const auto tokens = indexed("a1b2c3d4e5 next");
  EXPECT_THAT(tokens, Contains("a1b2c3d4e5@0"));
  EXPECT_THAT(tokens, Contains("4/p@7"));
  EXPECT_THAT(tokens, Not(Contains("e/p@8")));
  EXPECT_THAT(tokens, Contains("next@8"));
}

TEST(TokenBuilder, LongWordsAreCutAndLongJoinsLeftOut) {
  const std::string longest(Analyzer::token_bytes_max, 'a');
  EXPECT_THAT(indexed(longest + "a"), ElementsAre(longest + "@0"));
  EXPECT_THAT(joined(longest + "-b"), IsEmpty());
  EXPECT_THAT(joined(longest.substr(1) + "-b"), ElementsAre(longest.substr(1) + "b"));
  const std::string odd = "a" + [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "д";
    return text;
  }();
  EXPECT_EQ(analyzer().query_tokens(odd).front().text.size(),
            Analyzer::token_bytes_max - 1);  // between code points
  EXPECT_EQ(analyzer().query_tokens(odd).front().end, odd.size());
}

TEST(TokenBuilder, TheQuerySideHasOneWordAPosition) {
  const auto tokens = analyzer().query_tokens("iPhone14 wi-fi 17 inch");
  std::vector<std::string> texts;
  for (const Token& token : tokens) {
    EXPECT_EQ(token.position, texts.size());
    EXPECT_EQ(token.kind, TokenKind::Word);
    texts.push_back(token.text);
  }
  EXPECT_THAT(texts, ElementsAre("iphone14", "wi", "fi", "17", "inch"));
}

}  // namespace
}  // namespace aisle
