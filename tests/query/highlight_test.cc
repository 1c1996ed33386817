#include "query/highlight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "tests/query/kitchen.h"

namespace aisle {
namespace {

class Highlight : public test::Kitchen {
 protected:
  // The marked text of a field of the first hit, "-" when the field is not there.
  std::string marked(const std::string& q, const std::string& name = "title") const {
    const SearchResult result = answer({.q = q});
    EXPECT_FALSE(result.hits.empty()) << q;
    if (result.hits.empty()) return "";
    for (const auto& [field, text] : result.hits.front().highlight) {
      if (field == name) return text;
    }
    return "-";
  }
};

TEST_F(Highlight, MarksWordsAsTheProductWritesThem) {
  fill({R"({"id": "1", "title": "Steel Kettles, 1.7 l", "brand": "Nordal"})"});
  EXPECT_EQ(marked("steel"), "<em>Steel</em> Kettles, 1.7 l");
  EXPECT_EQ(marked("kettle"), "Steel <em>Kettles</em>, 1.7 l") << "a plural counts as a whole";
  EXPECT_EQ(marked("kettle steel"), "<em>Steel</em> <em>Kettles</em>, 1.7 l") << "the plural of a whole word";
  EXPECT_EQ(marked("ketlte"), "Steel <em>Kettles</em>, 1.7 l");
  EXPECT_EQ(marked("nordal", "brand"), "<em>Nordal</em>");
  EXPECT_EQ(marked("steel", "brand"), "-") << "nothing to mark";
  EXPECT_EQ(marked("nordal"), "Steel Kettles, 1.7 l") << "the title is always there";
}

TEST_F(Highlight, MarksOnlyWhatIsTypedOfTheLastWord) {
  fill({R"({"id": "1", "title": "iPhone 14 Caféteria"})"});
  EXPECT_EQ(marked("ipho"), "<em>iPho</em>ne 14 Caféteria");
  EXPECT_EQ(marked("caf"), "iPhone 14 <em>Caféteria</em>") << "the whole word where letters and bytes differ";
}

TEST_F(Highlight, JoinsMarksThatOverlap) {
  fill({R"({"id": "1", "title": "Case for iPhone14 and wi-fi"})"});
  EXPECT_EQ(marked("iphone 14"), "Case for <em>iPhone14</em> and wi-fi");
  EXPECT_EQ(marked("iphone14"), "Case for <em>iPhone14</em> and wi-fi");
  EXPECT_EQ(marked("wifi"), "Case for iPhone14 and <em>wi-fi</em>");
}

TEST_F(Highlight, MarksCodesAsAWhole) {
  fill({R"({"id": "1", "title": "TV", "ean": "KDL-40 W600/B"})"});
  EXPECT_EQ(marked("kdl 40w600b", "ean"), "<em>KDL-40 W600/B</em>");
}

TEST_F(Highlight, EscapesHtmlButNotTheMarks) {
  fill({R"({"id": "1", "title": "<b>Pan</b> & \"lid\" 'x' <script>pan</script>"})"});
  EXPECT_EQ(marked("pan"),
            "&lt;b&gt;<em>Pan</em>&lt;/b&gt; &amp; &quot;lid&quot; &#39;x&#39; "
            "&lt;script&gt;<em>pan</em>&lt;/script&gt;");
}

TEST_F(Highlight, TakesTheMarksThatTheRequestNames) {
  fill({R"({"id": "1", "title": "red pan"})"});
  SearchRequest request{.q = "pan"};
  request.highlight_pre = "[";
  request.highlight_post = "]";
  EXPECT_EQ(answer(request).hits[0].highlight[0].second, "red [pan]");
  request.highlight = false;
  EXPECT_TRUE(answer(request).hits[0].highlight.empty());
}

TEST_F(Highlight, ListsOfWordsAreShownTogether) {
  fill({R"({"id": "1", "title": ["red pan", "blue lid", null]})"});
  EXPECT_EQ(marked("lid"), "red pan, blue <em>lid</em>");
}

TEST_F(Highlight, LongTextsAreCutAroundTheFirstMarkBetweenLetters) {
  std::string before;
  std::string behind;
  for (int i = 0; i < 100; ++i) before += "größe ";
  for (int i = 0; i < 100; ++i) behind += " süß";
  for (int shift = 0; shift < 4; ++shift) {
    fill({R"({"id": "1", "title": ")" + std::string(static_cast<std::size_t>(shift), 'x') + before + "pan" +
          behind + "\"}"});
    const std::string text = marked("pan");
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_TRUE(text.starts_with("…") && text.ends_with("…")) << text;
    EXPECT_NE(text.find("<em>pan</em>"), std::string::npos) << text;
    EXPECT_LE(text.size(), Highlighter::snippet_bytes + 20);
    EXPECT_TRUE(is_valid_utf8(marked("xxx größe")));
  }
}

TEST_F(Highlight, ShortTextsAreNeverCut) {
  const std::string title(Highlighter::snippet_bytes - 4, 'x');
  fill({R"({"id": "1", "title": ")" + title + " pan\"}"});
  EXPECT_EQ(marked("pan"), title + " <em>pan</em>");
  fill({R"({"id": "1", "title": ")" + title + "x pan\"}"});
  EXPECT_TRUE(marked("pan").starts_with("…"));
}

TEST_F(Highlight, WordsOfOtherFieldsAreMarkedInTheirOwnField) {
  fill({R"({"id": "1", "title": "pan", "notes": "a pan of steel", "extra": "steel"})"});
  EXPECT_EQ(marked("steel", "notes"), "a pan of <em>steel</em>");
  EXPECT_EQ(marked("steel", "extra"), "-") << "not a field of the schema";
}

}  // namespace
}  // namespace aisle
