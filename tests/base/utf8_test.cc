#include "base/utf8.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

TEST(Utf8, AcceptsShortestFormsAndRefusesTheRest) {
  EXPECT_TRUE(is_valid_utf8("plain é 手 😀"));
  EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(is_valid_utf8("\xE6\x89"));          // cut
}

TEST(Utf8, CutsBetweenCodePoints) {
  EXPECT_EQ(cut_utf8("a手b", 3), "a");
  EXPECT_EQ(cut_utf8("a手b", 4), "a手");
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("手", 0), "");
}

TEST(Utf8, ReplacesEachInvalidPartOnce) {
  EXPECT_EQ(replace_invalid_utf8("a\xFF"
                                 "b\xE6\x89"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Utf8, EscapesJsonStrings) {
  std::string out;
  append_json_string(out, "a\"\\\n\x01é");
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u0001é\"");
}

}  // namespace
}  // namespace aisle
