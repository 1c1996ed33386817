#include "query/popular_queries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> found(const PopularQueries& queries, std::string_view words, std::size_t most = 10) {
  std::vector<std::string> texts;
  for (const PopularQueries::Query* query : queries.beginning_with(words, most)) texts.push_back(query->q);
  return texts;
}

TEST(PopularQueries, AreFoundByTheirBeginningTheMostFrequentFirst) {
  const auto analyzer = Analyzer::create("en").value();
  const std::vector<PopularQuery> asked = {
      {"Steel Kettle", 5},    {"steel  kettle", 9}, {"steel pan", 7},   {"pan", 50},
      {"\"steel\" bowl", 99}, {"?!", 80},           {"steel -pot", 70}, {"a b c d e f g h i j k", 60}};
  const PopularQueries queries(asked, *analyzer);
  EXPECT_THAT(found(queries, "ste"), ElementsAre("steel  kettle", "steel pan"));
  EXPECT_THAT(found(queries, "steel p"), ElementsAre("steel pan"));
  EXPECT_THAT(found(queries, "steel pan "), IsEmpty());
  EXPECT_THAT(found(queries, ""), ElementsAre("pan", "steel  kettle", "steel pan"));
  EXPECT_THAT(found(queries, "", 1), ElementsAre("pan"));
  EXPECT_THAT(found(PopularQueries(), ""), IsEmpty());
}

TEST(QueryLog, AddsUpLinesAndKeepsTheMostFrequent) {
  const auto log =
      read_query_log("kettle\t3\npan\nkettle\t4\r\n\n\xFF\t9\n" + std::string(129, 'x') + "\t9\nteapot\t5")
          .value();
  std::vector<std::pair<std::string, std::int64_t>> counts;
  for (const PopularQuery& query : log) counts.emplace_back(query.q, query.count);
  EXPECT_THAT(counts, ElementsAre(std::pair("kettle", 7), std::pair("teapot", 5), std::pair("pan", 1)));
  std::string many;
  for (std::size_t i = 0; i < RankingLimits::queries_max + 5; ++i) many += "q" + std::to_string(i) + "\n";
  EXPECT_EQ(read_query_log(many)->size(), RankingLimits::queries_max);
  EXPECT_THAT(read_query_log("").value(), IsEmpty());
}

TEST(QueryLog, NamesTheLineWhoseCountIsNone) {
  for (const std::string count : {"many", "0", "-1", "1.5", "3 ", "1000000000001"}) {
    const auto log = read_query_log("pan\t2\nkettle\t" + count);
    ASSERT_FALSE(log) << count;
    EXPECT_THAT(log.error().message,
                HasSubstr("line 2: the count is \"" + count + "\", expected a whole number from 1 to "));
  }
}

}  // namespace
}  // namespace aisle
