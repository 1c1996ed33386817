#include "query/query_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/parsed_query.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

QueryPart plain(std::string text) {
  return {std::move(text)};
}
QueryPart phrase(std::string text) {
  return {std::move(text), true, false};
}
QueryPart without(std::string text, bool quoted = false) {
  return {std::move(text), quoted, true};
}

TEST(QueryText, QuotesAndDashesAmongPlainText) {
  EXPECT_THAT(parse_query_text(""), IsEmpty());
  EXPECT_THAT(parse_query_text(" \t "), IsEmpty());
  EXPECT_THAT(parse_query_text("  red pan "), ElementsAre(plain("red pan")));
  EXPECT_THAT(parse_query_text(R"("cast iron" pan -lid -"red hot")"),
              ElementsAre(phrase("cast iron"), plain("pan"), without("lid"), without("red hot", true)));
  EXPECT_THAT(parse_query_text("“cast iron„ „pan” ＂lid＂"),
              ElementsAre(phrase("cast iron"), phrase("pan"), phrase("lid")));
  EXPECT_THAT(parse_query_text(R"("pan""lid"-red)"),
              ElementsAre(phrase("pan"), phrase("lid"), without("red")));
  EXPECT_THAT(parse_query_text(R"("pan"lid)"), ElementsAre(phrase("pan"), plain("lid")));
  EXPECT_THAT(parse_query_text("-über -手机"), ElementsAre(without("über"), without("手机")));
}

TEST(QueryText, WhatIsNoSyntaxIsText) {
  for (const char* text : {"27\" monitor", "5' 10\"", "\"pan", "pan\"", "\"\" pan", "\" \" pan", "wi-fi",
                           "pan -", "- pan", "--pan", "pan - lid", "-40", "pan -40 lid", "rust -o oleum",
                           "-x", "-\"pan", "-'pan'", "c++ -", "pan-\"lid\""})
    EXPECT_THAT(parse_query_text(text), ElementsAre(plain(text))) << text;
}

TEST(QueryText, WordsOfPhrasesAreUnitsAndOneWordStaysWhole) {
  const auto analyzer = Analyzer::create("en").value();
  const ParsedQuery query = parse_query(R"(red "iPhone14 case" "iPhone14" -wi-fi -"Lid")", *analyzer, {});
  EXPECT_THAT(query.words, ElementsAre("red", "iphone", "14", "case", "iphone14"));
  ASSERT_EQ(query.phrases.size(), 2U);
  EXPECT_EQ(query.phrases[0].begin, 1U);
  EXPECT_EQ(query.phrases[0].words, 3U);
  EXPECT_EQ(phrase_at(query.phrases, 0), nullptr);
  EXPECT_EQ(phrase_at(query.phrases, 3), &query.phrases[0]);
  EXPECT_EQ(phrase_at(query.phrases, 4), &query.phrases[1]);
  ASSERT_EQ(query.excluded.size(), 2U);
  EXPECT_THAT(query.excluded[0].words, ElementsAre("wi", "fi"));
  EXPECT_FALSE(query.excluded[0].literal);
  EXPECT_TRUE(query.excluded[1].literal);
  EXPECT_FALSE(query.last_is_open);
  EXPECT_TRUE(parse_query("-lid pan", *analyzer, {}).last_is_open);
}

TEST(QueryText, LimitsCutPhrasesAndExclusions) {
  const auto analyzer = Analyzer::create("en").value();
  QueryLimits limits;
  limits.words_max = 3;
  const ParsedQuery cut = parse_query(R"(a "b c d e" -ff -gg -hh -ii)", *analyzer, limits);
  EXPECT_THAT(cut.words, ElementsAre("a", "b", "c"));
  EXPECT_EQ(cut.phrases.at(0).words, 2U);
  EXPECT_EQ(cut.excluded.size(), 3U);
  EXPECT_THAT(cut.ignored_words, ElementsAre("d", "e", "-ii"));
  const ParsedQuery full = parse_query(R"(a "b c")", *analyzer, limits);
  EXPECT_THAT(full.ignored_words, IsEmpty());
  EXPECT_THAT(parse_query(R"(a b c "d")", *analyzer, limits).phrases, IsEmpty());
  limits.query_bytes_max = 9;
  EXPECT_EQ(parse_query(R"("red pan")", *analyzer, limits).phrases.size(), 1U);
  EXPECT_TRUE(parse_query(R"("red pans")", *analyzer, limits).phrases.empty())
      << "the closing quote is cut away";
}

}  // namespace
}  // namespace aisle
