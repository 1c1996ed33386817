// parse_json() and dump_json() of schemas/json_reader.h.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

std::string refused(std::string_view text, JsonLimits limits = {}) {
  const auto parsed = parse_json(text, limits);
  return parsed ? "accepted" : parsed.error().message;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonParser, ReadsEveryKindOfValueAndComments) {
  const auto parsed = parse_json(R"(// a catalogue
    {"text": "é\u00e9\n", "list": [1, -2, 1.5, true, false, null, [], {}], /* inside */ "big": 18446744073709551615})");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ((*parsed)["text"], "éé\n");
  EXPECT_EQ((*parsed)["list"], nlohmann::json::parse("[1, -2, 1.5, true, false, null, [], {}]"));
  EXPECT_EQ((*parsed)["big"].get<std::uint64_t>(), 18446744073709551615ULL);
  EXPECT_EQ(parse_json(" 7 ").value(), 7);
}

TEST(JsonParser, NamesLineAndColumnInCodePoints) {
  EXPECT_TRUE(refused("{\"a\": 1,\n  \"é\": tru}").starts_with("line 2, column 11: "))
      << refused("{\"a\": 1,\n  \"é\": tru}");
  EXPECT_TRUE(refused("").starts_with("line 1, column 1: "));
  EXPECT_TRUE(refused("{} x").starts_with("line 1, column 4: "));
}

TEST(JsonParser, RefusesTheSameKeyTwiceInOneObjectOnly) {
  EXPECT_EQ(refused("{\"brand\": 1,\n \"brand\": 2}"), "line 2, column 8: key \"brand\" occurs twice");
  EXPECT_EQ(refused(R"({"a": {"b": 1}, "b": {"a": 2}})"), "accepted");
  EXPECT_EQ(refused(R"([{"a": 1}, {"a": 2}])"), "accepted");
  EXPECT_NE(refused(R"({"a": 1, "\u0061": 2})"), "accepted");
}

TEST(JsonParser, AllowsTheDepthOfTheLimitAndNoMore) {
  EXPECT_EQ(refused(nested(32)), "accepted");
  EXPECT_EQ(refused(nested(33)), "line 1, column 33: nesting is deeper than the limit of 32");
  EXPECT_EQ(refused(R"({"a": {"b": 1}})", {.depth_max = 2}), "accepted");
  EXPECT_EQ(refused(R"({"a": {"b": []}})", {.depth_max = 2}),
            "line 1, column 13: nesting is deeper than the limit of 2");
  EXPECT_NE(refused(std::string(1'000'000, '[')), "accepted");
}

TEST(JsonParser, AllowsTheBytesOfTheLimitAndNoMore) {
  EXPECT_EQ(refused("[1234]", {.bytes_max = 6}), "accepted");
  const auto parsed = parse_json("[12345]", {.bytes_max = 6});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(parsed.error().message, "document is 7 bytes, the limit is 6");
}

TEST(JsonParser, RefusesByteOrderMarkAndInvalidUtf8EvenInComments) {
  EXPECT_EQ(refused("\xEF\xBB\xBF{}"), "line 1, column 1: a byte-order mark is not allowed");
  EXPECT_EQ(refused("{\n \"a\xFF\": 1}"), "line 2, column 4: invalid UTF-8");
  EXPECT_EQ(refused("é\xE6\x89"), "line 1, column 2: invalid UTF-8");
  EXPECT_EQ(refused("// \xC0\xAF\n{}"), "line 1, column 4: invalid UTF-8");
}

TEST(JsonParser, RefusesWhatIsNoJson) {
  for (const char* text :
       {"nul", "[1,]", "{a: 1}", "{\"a\" 1}", "'a'", "NaN", "1e999", "01", "\"\\ud800\"", "\"\n\"", "[1]]"}) {
    EXPECT_NE(refused(text), "accepted") << text;
  }
}

TEST(JsonParser, QuotesLittleOfALongText) {
  EXPECT_LT(refused("\"" + std::string(100'000, 'x') + "\n\"").size(), 300U);
}

// Appends a random value, with spaces and comments between its parts.
void append_value(std::string& out, int depth) {
  const auto pick = [](const std::vector<std::string>& texts) { return *rc::gen::elementOf(texts); };
  static const std::vector<std::string> gaps = {"", " ", "\n", "/* é */", "// x\n"};
  static const std::vector<std::string> keys = {"\"a\"", "\"b\"", "\"é\"", "\"\\u0061\"", "\"\""};
  static const std::vector<std::string> leaves = {"null",     "true", "-7", "1.5e3", "18446744073709551616",
                                                  "\"\\n手\""};
  const int kind = depth == 0 ? 0 : *rc::gen::inRange(0, 3);
  out += pick(gaps);
  if (kind == 0) {
    out += pick(leaves);
  } else {
    out += kind == 1 ? '[' : '{';
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) {
      if (i > 0) out += ',';
      if (kind == 2) out += pick(gaps) + pick(keys) + pick(gaps) + ':';
      append_value(out, depth - 1);
    }
    out += kind == 1 ? ']' : '}';
  }
  out += pick(gaps);
}

// The library's own parser is the oracle: the same texts are JSON, but for what we refuse besides.
RC_GTEST_PROP(JsonParser, ReadsWhatTheLibraryReads, ()) {
  std::string text;
  append_value(text, 4);
  if (*rc::gen::arbitrary<bool>()) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] =
        *rc::gen::oneOf(rc::gen::elementOf(std::string("{}[],:\"\\/* 1a")), rc::gen::arbitrary<char>());
  }
  const auto parsed = parse_json(text, {.depth_max = 1000});
  const auto expected = nlohmann::json::parse(text, nullptr, false, true);
  if (parsed) {
    RC_ASSERT(*parsed == expected);
    RC_ASSERT(parse_json(dump_json(*parsed)).value() == expected);
  } else {
    const std::string& message = parsed.error().message;
    RC_ASSERT(expected.is_discarded() || message.ends_with(" occurs twice") ||
              message.ends_with("invalid UTF-8"));
    RC_ASSERT(message.starts_with("line "));
  }
}

TEST(JsonParser, DumpReplacesInvalidUtf8InsteadOfThrowing) {
  EXPECT_EQ(dump_json(nlohmann::json("a\xFF")), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(dump_json(parse_json(R"({"b": [1, "é"], "a": 19.99})").value()), R"({"a":19.99,"b":[1,"é"]})");
}

}  // namespace
}  // namespace aisle
