// Every limit of a search, just below and just above.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SearchLimits : public test::Kitchen {
 protected:
  void SetUp() override { fill({R"({"id": "1", "title": "pan"})", R"({"id": "2", "title": "lid"})"}); }
};

TEST_F(SearchLimits, PerPageEndsAt100AndMayBeZero) {
  EXPECT_TRUE(ask({.per_page = 100}));
  EXPECT_EQ(refusal({.per_page = 101}), "per_page is 101, the limit is 100");
  EXPECT_EQ(refusal({.per_page = -1}), "per_page is -1, the least is 0");
  const SearchResult counts = answer({.facets = {"brand"}, .per_page = 0});
  EXPECT_EQ(counts.total, 2U);
  EXPECT_THAT(counts.hits, IsEmpty());
}

TEST_F(SearchLimits, PagesBeginAtOneAndTheWindowEndsAt1000) {
  EXPECT_EQ(refusal({.page = 0}), "page is 0, the least is 1");
  EXPECT_EQ(refusal({.page = -1}), "page is -1, the least is 1");
  EXPECT_TRUE(ask({.page = 10, .per_page = 100}));
  EXPECT_TRUE(ask({.page = 1000, .per_page = 1}));
  EXPECT_EQ(refusal({.page = 1001, .per_page = 1}), "page is 1001, the limit is 1000");
  EXPECT_EQ(refusal({.page = 11, .per_page = 91}), "page * per_page is 1001, the limit is 1000");
  EXPECT_EQ(refusal({.page = std::numeric_limits<std::int64_t>::max(), .per_page = 100}),
            "page is 9223372036854775807, the limit is 1000");
  EXPECT_THAT(answer({.page = 2}).hits, IsEmpty());
}

TEST_F(SearchLimits, FacetsEndAt20AndTheirValuesAt100) {
  EXPECT_EQ(answer({.facets = std::vector<std::string>(20, "brand")}).facets.size(), 20U);
  EXPECT_EQ(refusal({.facets = std::vector<std::string>(21, "brand")}),
            "facets has 21 fields, the limit is 20");
  EXPECT_TRUE(ask({.facet_values = 100}));
  EXPECT_EQ(refusal({.facet_values = 101}), "facet_values is 101, the limit is 100");
  EXPECT_EQ(refusal({.facet_values = 0}), "facet_values is 0, the least is 1");
}

TEST_F(SearchLimits, SortKeysEndAtThree) {
  EXPECT_TRUE(ask({.sort = {"price", "size", "brand"}}));
  EXPECT_EQ(refusal({.sort = {"price", "size", "brand", "released"}}), "sort has 4 keys, the limit is 3");
}

TEST_F(SearchLimits, TheEleventhWordIsIgnoredAndTold) {
  const std::string ten = "pan pan pan pan pan pan pan pan pan pan";
  EXPECT_THAT(answer({.q = ten}).ignored_words, IsEmpty());
  const SearchResult more = answer({.q = ten + " lid x"});
  EXPECT_THAT(more.ignored_words, ElementsAre("lid", "x"));
  EXPECT_THAT(ids(more), ElementsAre("1"));
}

TEST_F(SearchLimits, AQueryIsCutAt512BytesBetweenLetters) {
  const std::string padding(509, ' ');
  EXPECT_FALSE(answer({.q = padding + "pan"}).truncated_query);
  const SearchResult cut = answer({.q = padding + "panx"});
  EXPECT_TRUE(cut.truncated_query);
  EXPECT_THAT(ids(cut), ElementsAre("1"));
  const SearchResult wide = answer({.q = padding + "paü"});
  EXPECT_TRUE(wide.truncated_query);
  EXPECT_THAT(ids(wide), ElementsAre("1")) << "\"pa\" is left of it";
}

TEST_F(SearchLimits, PrefixesAndTyposTakeTheirMostFrequentWords) {
  std::vector<std::string> records;
  for (const char* word : {"panama", "panda", "panda", "panel", "panel", "panel"}) {
    records.push_back(R"({"id": ")" + std::to_string(records.size()) + R"(", "title": ")" + word + "\"}");
  }
  fill(records);
  limits_.prefix_expansions_max = 1;
  EXPECT_EQ(answer({.q = "pan", .typos = false}).total, 3U);
  limits_.prefix_expansions_max = 2;
  EXPECT_EQ(answer({.q = "pan", .typos = false}).total, 5U);
  limits_.typo_candidates_max = 1;
  EXPECT_EQ(answer({.q = "panxa"}).total, 2U) << "panda is one edit away, panama two";
}

TEST_F(SearchLimits, AnExpiredDeadlineEndsTheSearch) {
  const auto result = search(view_, {.q = "pan"}, limits_, Deadline::after(std::chrono::seconds(-1)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::DeadlineExceeded);
}

TEST_F(SearchLimits, UnknownFacetsNameTheNearest) {
  EXPECT_EQ(refusal({.facets = {"brnad"}}), "facets: unknown field \"brnad\", did you mean \"brand\"?");
  EXPECT_EQ(refusal({.facets = {"title"}}), "facets: field \"title\" has no \"facet\": true in the schema");
}

}  // namespace
}  // namespace aisle
