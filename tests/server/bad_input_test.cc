// What the search routes answer to input that is wrong, too large or hostile: a 4xx that names field and
// limit, or the documented clamp; never a crash. The E numbers go on where the abuse catalogue of
// docs/http.md ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/file_shop.h"

namespace aisle {
namespace {

using test::search_path;
using test::url_encoded;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct Case {
  std::string name;
  std::string request;  // query string, or body
  int status = 400;
  std::vector<std::string> says;  // in the answer's message
};

std::string times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string in_list(int count) {
  std::string out = "brand IN (";
  for (int i = 0; i < count; ++i) out += std::string(i > 0 ? "," : "") + "b" + std::to_string(i);
  return out + ")";
}

class BadInputTest : public test::FileShopTest {
 protected:
  void SetUp() override {
    FileShopTest::SetUp();
    start();
  }
  void TearDown() override {
    if (!aisle_) return;
    EXPECT_EQ(total("kettle"), 2U) << "the server is not what it was";
  }

  void expect(const Case& one, const test::RawResponse& answer) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(answer.status, one.status) << answer.body.substr(0, 300);
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    ASSERT_TRUE(body.is_object()) << answer.body.substr(0, 300);
    if (one.status == 200) {
      for (const std::string& text : one.says) EXPECT_THAT(answer.body, HasSubstr(text));
      return;
    }
    ASSERT_TRUE(body.contains("error")) << body;
    EXPECT_EQ(body["error"].size(), 3U) << body;
    EXPECT_FALSE(body["error"]["request_id"].get<std::string>().empty());
    const auto message =
        body["error"]["code"].get<std::string>() + ": " + body["error"]["message"].get<std::string>();
    EXPECT_LE(message.size(), 600U);
    for (const std::string& text : one.says) EXPECT_THAT(message, HasSubstr(text));
  }
  void expect_get(const Case& one) { expect(one, aisle_->get(search_path + "?" + one.request)); }
  void expect_post(const Case& one) { expect(one, aisle_->post(search_path, one.request)); }
};

TEST_F(BadInputTest, ParametersOfTheAddress) {
  const std::vector<Case> cases = {
      {"unknown parameter", "filtre=x", 400, {"\"filtre\"", "did you mean \"filter\"?", "per_page"}},
      {"parameter twice", "q=a&q=b", 400, {"q is given twice"}},
      {"broken escape", "q=%zz", 400, {"%"}},
      {"E36 invalid UTF-8", "q=%ff%fe", 400, {"q is not valid UTF-8"}},
      {"E36 U+0000", "q=ket%00tle", 200, {}},
      {"page -1", "page=-1", 400, {"page is -1", "the least is 1"}},
      {"page 0", "page=0", 400, {"page is 0"}},
      {"page in words", "page=two", 400, {"page is \"two\"", "a whole number"}},
      {"E35 2^63", "per_page=9223372036854775808", 400, {"per_page", "a whole number"}},
      {"E35 2^63-1", "page=9223372036854775807&per_page=2", 400, {"page is 9223372036854775807", "1000"}},
      {"E35 1e999", "per_page=1e999", 400, {"per_page"}},
      {"E35 NaN", "per_page=NaN", 400, {"per_page"}},
      {"E35 -0", "per_page=-0", 200, {"\"per_page\":0"}},
      {"E46 past the window", "page=11&per_page=100", 400, {"page * per_page is 1100, the limit is 1000"}},
      {"E46 the window's end", "page=10&per_page=100", 200, {"\"hits\":[]", "\"total\":4"}},
      {"E46 per_page -1", "per_page=-1", 400, {"per_page is -1, the least is 0"}},
      {"E46 per_page 0", "per_page=0", 200, {"\"hits\":[]", "\"total\":4"}},
      {"E46 per_page 101", "per_page=101", 400, {"per_page is 101, the limit is 100"}},
      {"facet_values 101", "facet_values=101&facets=brand", 400, {"facet_values is 101, the limit is 100"}},
      {"E48 unknown facet", "facets=brnad", 400, {"facets", "\"brnad\"", "did you mean \"brand\"?"}},
      {"not a facet", "facets=title", 400, {"facets", "\"title\""}},
      {"E48 50 facets", "facets=" + times("brand,", 50), 400, {"facets has 50 fields, the limit is 20"}},
      {"unknown sort field", "sort=prise:asc", 400, {"sort", "\"prise\"", "did you mean \"price\"?"}},
      {"unknown direction", "sort=price:up", 400, {"sort", "up"}},
      {"not sortable", "sort=category:asc", 400, {"sort", "category"}},
      {"4 sort keys", "sort=price,brand,price,brand", 400, {"sort", "4", "the limit is 3"}},
      {"explain maybe", "explain=maybe", 400, {"explain is \"maybe\"", "true or false"}},
      {"E39 10,001 words", "q=" + times("ab+", 1300), 200, {"\"truncated\":true"}},
      {"E39 over 4 KiB", "q=" + times("a", 4096), 414, {"the limit is 4096"}},
  };
  for (const Case& one : cases) expect_get(one);
}

TEST_F(BadInputTest, Filters) {
  const std::vector<Case> cases = {
      {"unfinished", "brand =", 400, {"filter, byte", "value"}},
      {"no operator", "brand Nordal", 400, {"filter, byte"}},
      {"open parenthesis", "(brand = Nordal", 400, {"filter, byte", ")"}},
      {"open quote", "brand = \"Nordal", 400, {"filter, byte"}},
      {"trailing", "brand = Nordal brand", 400, {"filter, byte"}},
      {"E44 unknown field", "brnad = Nordal", 400, {"\"brnad\"", "did you mean \"brand\"?"}},
      {"E44 not filterable", "title = Kettle", 400, {"filter", "title"}},
      {"E44 type mismatch", "price < cheap", 400, {"filter", "price", "cheap"}},
      {"E44 operator mismatch", "brand < a", 400, {"filter", "brand"}},
      {"E44 empty range", "price > 10 AND price < 5", 200, {"\"total\":0"}},
      {"E45 operators in a value", "brand = \"') OR 1=1\"", 200, {"\"total\":0"}},
      {"E45 quotes in a value", R"(brand = "a\" OR brand = \"Nordal")", 200, {"\"total\":0"}},
      {"E42 depth 32", times("(", 32) + "brand = Nordal" + times(")", 32), 200, {"\"total\":2"}},
      {"E42 depth 33", times("(", 33) + "brand = Nordal" + times(")", 33), 400, {"filter", "32"}},
      {"E42 depth 32 by NOT", times("NOT ", 32) + "brand = Nordal", 200, {"\"total\":2"}},
      {"E42 depth 33 by NOT", times("NOT ", 33) + "brand = Nordal", 400, {"filter", "32"}},
      {"E43 IN of 256", in_list(256), 200, {"\"total\":0"}},
      {"E43 IN of 257", in_list(257), 400, {"filter", "256"}},
      {"64 clauses", times("price > 1 AND ", 63) + "price > 1", 200, {"\"total\":4"}},
      {"65 clauses", times("price > 1 AND ", 64) + "price > 1", 400, {"filter", "64"}},
      {"4,096 bytes", "brand = \"" + times("x", 4086) + "\"", 200, {"\"total\":0"}},
      {"4,097 bytes", "brand = \"" + times("x", 4087) + "\"", 400, {"filter is 4097", "the limit is 4096"}},
      {"E42 50,000 parentheses", times("(", 50'000), 400, {"filter is 50000", "the limit is 4096"}},
  };
  for (const Case& one : cases) {
    expect_post({one.name, nlohmann::json{{"filter", one.request}}.dump(), one.status, one.says});
    if (url_encoded(one.request).size() > 4'000) continue;
    expect_get({one.name + ", in a GET", "filter=" + url_encoded(one.request), one.status, one.says});
  }
}

TEST_F(BadInputTest, Bodies) {
  const std::string deep = times("[", 1'000'000);
  const std::vector<Case> cases = {
      {"E31 empty", "", 400, {"body", "JSON object"}},
      {"E31 blank", "   ", 400, {}},
      {"E31 null", "null", 400, {"object"}},
      {"E31 array", "[]", 400, {"object"}},
      {"E31 string", "\"x\"", 400, {"object"}},
      {"E31 number", "42", 400, {"object"}},
      {"E31 cut off", R"({"q": "ke)", 400, {"line 1"}},
      {"E32 depth 33",
       R"({"q": )" + times("[", 32) + times("]", 32) + "}",
       400,
       {"nesting", "the limit of 32"}},
      {"E32 depth 1,000,000", deep, 400, {"nesting", "the limit of 32"}},
      {"E33 1 MiB", R"({"q": ")" + times("x", (1 << 20) - 9) + "\"}", 200, {"\"truncated\":true"}},
      {"E33 1 MiB + 1", R"({"q": ")" + times("x", (1 << 20) - 8) + "\"}", 413, {"1048576"}},
      {"E34 duplicate key", R"({"q": "a", "q": "b"})", 400, {"\"q\""}},
      {"E34 unknown key", R"({"filtre": "a"})", 400, {"filtre", "did you mean \"filter\"?"}},
      {"E35 NaN", R"({"per_page": NaN})", 400, {"line 1"}},
      {"E35 1e999", R"({"per_page": 1e999})", 400, {}},
      {"E35 -0", R"({"per_page": -0})", 200, {"\"per_page\":0"}},
      {"E35 2^63", R"({"per_page": 9223372036854775808})", 400, {"/per_page"}},
      {"E35 2^64", R"({"per_page": 18446744073709551616})", 400, {"/per_page"}},
      {"E35 half a page", R"({"page": 1.5})", 400, {"/page is 1.5"}},
      {"wrong type of q", R"({"q": 7})", 400, {"/q is 7, expected a string"}},
      {"wrong type of facets", R"({"facets": {"brand": 1}})", 400, {"/facets"}},
      {"wrong type of a facet", R"({"facets": ["brand", 7]})", 400, {"/facets/1"}},
      {"E36 invalid UTF-8", "{\"q\": \"\xff\"}", 400, {"UTF-8"}},
      {"E36 overlong", "{\"q\": \"\xc0\xaf\"}", 400, {"UTF-8"}},
      {"E36 lone surrogate", R"({"q": "\ud800"})", 400, {}},
      {"E36 byte-order mark", "\xef\xbb\xbf{\"q\": \"kettle\"}", 400, {"byte-order mark"}},
      {"E36 U+0000", R"({"q": "ket\u0000tle"})", 200, {}},
      {"E39 query of 1 MB",
       nlohmann::json{{"q", times("kettle ", 140'000)}}.dump(),
       200,
       {"\"truncated\":true"}},
      {"E39 11 words",
       R"({"q": "a1 b1 c1 d1 e1 f1 g1 h1 i1 j1 kettle"})",
       200,
       {"\"ignored_words\":[\"kettle\"]"}},
      {"E37 combining marks",
       nlohmann::json{{"q", "a" + times("\xcc\x81", 80'000)}}.dump(),
       200,
       {"\"truncated\":true"}},
      {"E38 bidi and zero width", R"({"q": "\u202ekettle\u200b\ufeff"})", 200, {}},
      {"E38 emoji only", R"({"q": "\ud83d\ude00"})", 200, {}},
      {"E48 50 facets",
       nlohmann::json{{"facets", std::vector<std::string>(50, "brand")}}.dump(),
       400,
       {"facets has 50"}},
  };
  for (const Case& one : cases) expect_post(one);
}

TEST_F(BadInputTest, APostTakesNothingFromItsAddress) {
  expect({"both", "", 400, {"body"}}, aisle_->post(search_path + "?q=x", "{}"));
  const auto missing =
      test::RawHttp(aisle_->port()).ask("POST " + search_path + " HTTP/1.1\r\nHost: t\r\n\r\n");
  ASSERT_TRUE(missing);
  expect({"no body at all", "", 400, {"body is empty"}}, *missing);
}

TEST_F(BadInputTest, QueriesOfOperatorsAloneAreOrdinaryQueries) {
  for (const std::string q :
       {"a", "a*", "*", "**", "*a*", "\"", "\"\"", "-", "-kettle", "AND OR NOT", "(", "..."}) {
    expect_get({"E40 " + q, "q=" + url_encoded(q), 200, {"\"total\""}});
  }
}

TEST_F(BadInputTest, IdsOfProductsMayHoldAnything) {
  for (const std::string& id :
       {std::string("a/b/c"), std::string("%"), times("x", 2'000), std::string("\xff\xfe")}) {
    const auto answer = aisle_->get("/v1/indexes/products/products/" + url_encoded(id));
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << answer.status << answer.body.substr(0, 200);
    EXPECT_TRUE(nlohmann::json::accept(answer.body)) << answer.body.substr(0, 200);
  }
}

}  // namespace
}  // namespace aisle
