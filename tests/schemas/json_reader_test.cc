#include "schemas/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The error that `read` leaves behind on the document, or "".
std::string error_of(const std::string& document, const std::function<void(const JsonReader&)>& read) {
  const nlohmann::json value = parse_json(document).value();
  JsonReader::ErrorSink sink;
  read(JsonReader(value, "", sink));
  return sink.error ? sink.error->message : "";
}

const std::vector<std::string> kinds = {"text", "keyword", "code"};

TEST(JsonReader, ReadsMembersAndFallsBackWhereTheyAreMissing) {
  const nlohmann::json value =
      parse_json(R"({"s": "x", "i": -3, "whole": 4.0, "n": 1.5, "b": true, "c": "code", "l": ["p", "q"]})")
          .value();
  JsonReader::ErrorSink sink;
  const JsonReader reader(value, "", sink);
  EXPECT_EQ(reader.require_string("s"), "x");
  EXPECT_EQ(reader.string_or("none", "y"), "y");
  EXPECT_EQ(reader.integer_or("i", 0, -3, 3), -3);
  EXPECT_EQ(reader.integer_or("whole", 0, 0, 10), 4);
  EXPECT_EQ(reader.integer_or("none", 7, 0, 3), 7);
  EXPECT_EQ(reader.number_or("n", 0, 0, 2), 1.5);
  EXPECT_EQ(reader.number_or("i", 0, -5, 5), -3.0);
  EXPECT_TRUE(reader.bool_or("b", false));
  EXPECT_TRUE(reader.bool_or("none", true));
  EXPECT_EQ(reader.choice_or("c", "text", kinds), "code");
  EXPECT_EQ(reader.choice_or("none", "text", kinds), "text");
  EXPECT_THAT(reader.strings_or_empty("l"), ElementsAre("p", "q"));
  EXPECT_THAT(reader.strings_or_empty("none"), IsEmpty());
  EXPECT_TRUE(reader.has("s"));
  EXPECT_FALSE(reader.has("none"));
  EXPECT_TRUE(reader.ok());
}

TEST(JsonReader, ErrorsNamePointerValueAndWhatWasExpected) {
  EXPECT_EQ(error_of("{}", [](auto& r) { r.require_string("index"); }), "/index is missing");
  EXPECT_EQ(error_of(R"({"a": 5})", [](auto& r) { r.require_string("a"); }), "/a is 5, expected a string");
  EXPECT_EQ(error_of(R"({"a": null})", [](auto& r) { r.string_or("a", ""); }),
            "/a is null, expected a string");
  EXPECT_EQ(error_of(R"({"a": 101})", [](auto& r) { r.integer_or("a", 1, 1, 100); }),
            "/a is 101, expected an integer from 1 to 100");
  EXPECT_EQ(error_of(R"({"a": 1.5})", [](auto& r) { r.integer_or("a", 1, 1, 100); }),
            "/a is 1.5, expected an integer from 1 to 100");
  EXPECT_EQ(error_of(R"({"a": 18446744073709551615})", [](auto& r) { r.integer_or("a", 0, 0, 9); }),
            "/a is 18446744073709551615, expected an integer from 0 to 9");
  EXPECT_EQ(error_of(R"({"a": "1"})", [](auto& r) { r.number_or("a", 0, 0, 1); }),
            "/a is \"1\", expected a number from 0 to 1");
  EXPECT_EQ(error_of(R"({"a": 2})", [](auto& r) { r.number_or("a", 0, 0, 1.5); }),
            "/a is 2, expected a number from 0 to 1.5");
  EXPECT_EQ(error_of(R"({"a": "yes"})", [](auto& r) { r.bool_or("a", false); }),
            "/a is \"yes\", expected true or false");
  EXPECT_EQ(error_of(R"({"a": {}})", [](auto& r) { r.strings_or_empty("a"); }),
            "/a is an object, expected an array of strings");
  EXPECT_EQ(error_of(R"({"a": ["x", [], 3]})", [](auto& r) { r.strings_or_empty("a"); }),
            "/a/1 is an array, expected a string");
  EXPECT_EQ(error_of("[]", [](auto& r) { r.members(); }), "document is an array, expected an object");
  EXPECT_EQ(error_of("7", [](auto& r) { r.elements(); }), "document is 7, expected an array");
  EXPECT_EQ(error_of("[]", [](auto& r) { r.member("a"); }), "document is an array, expected an object");
}

TEST(JsonReader, ChoicesAndNamesComeWithTheNearest) {
  EXPECT_EQ(error_of(R"({"a": "keywrd"})", [](auto& r) { r.require_choice("a", kinds); }),
            "/a is \"keywrd\", expected one of text, keyword, code, did you mean \"keyword\"?");
  EXPECT_EQ(error_of(R"({"a": 1})", [](auto& r) { r.choice_or("a", "text", kinds); }),
            "/a is 1, expected one of text, keyword, code");
  EXPECT_EQ(error_of("{}", [](auto& r) { r.require_choice("a", kinds); }), "/a is missing");
  EXPECT_EQ(error_of(R"({"filter": 1, "fliter": 1})", [](auto& r) { r.allow_only({"facet", "filter"}); }),
            "/fliter is not a known name, did you mean \"filter\"?");
  EXPECT_EQ(error_of(R"({"warehouse": 1})", [](auto& r) { r.allow_only({"facet", "filter"}); }),
            "/warehouse is not a known name, expected one of facet, filter");
  EXPECT_EQ(error_of(R"({"facet": 1})", [](auto& r) { r.allow_only({"facet", "filter"}); }), "");
}

TEST(JsonReader, PointersAreEscapedAndGoThroughObjectsAndArrays) {
  EXPECT_EQ(error_of(R"({"a/b~": [{"c": 1}]})",
                     [](auto& r) { r.member("a/b~").elements().front().require_string("c"); }),
            "/a~1b~0/0/c is 1, expected a string");
}

TEST(JsonReader, MembersComeInTheOrderOfTheirNames) {
  const nlohmann::json value = parse_json(R"({"b": 2, "a": 1, "C": 3})").value();
  JsonReader::ErrorSink sink;
  std::vector<std::string> names;
  for (const auto& [name, reader] : JsonReader(value, "/x", sink).members())
    names.push_back(name + reader.pointer());
  EXPECT_THAT(names, ElementsAre("C/x/C", "a/x/a", "b/x/b"));
}

TEST(JsonReader, KeepsTheFirstErrorAndReadsFallbacksAfterIt) {
  const nlohmann::json value = parse_json(R"({"a": 1, "s": "x", "l": ["y"], "o": {"p": 1}})").value();
  JsonReader::ErrorSink sink;
  const JsonReader reader(value, "", sink);
  reader.require_string("a");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.require_string("s"), "");
  EXPECT_EQ(reader.string_or("s", "fallback"), "fallback");
  EXPECT_THAT(reader.strings_or_empty("l"), IsEmpty());
  EXPECT_THAT(reader.member("o").members(), IsEmpty());
  reader.member("none");
  reader.fail("is bad");
  ASSERT_TRUE(sink.error);
  EXPECT_EQ(sink.error->message, "/a is 1, expected a string");
  EXPECT_EQ(sink.error->code, ErrorCode::InvalidArgument);
}

TEST(JsonReader, SentencesMayBeginWithAColon) {
  EXPECT_EQ(error_of(R"({"a": 1})", [](auto& r) { r.member("a").fail(": no, thanks"); }), "/a: no, thanks");
  EXPECT_EQ(error_of(R"({"a": 1})", [](auto& r) { r.fail("is empty"); }), "document is empty");
}

TEST(JsonReader, LongValuesAreCutInErrors) {
  const std::string document = R"({"a": ")" + std::string(100'000, 'x') + "\"}";
  EXPECT_LT(error_of(document, [](auto& r) { r.bool_or("a", false); }).size(), 150U);
}

}  // namespace
}  // namespace aisle
