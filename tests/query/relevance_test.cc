#include "query/relevance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace aisle {
namespace {

using Ids = std::vector<std::string>;

TEST(Relevance, NdcgIsThatOfTheBook) {
  const JudgedQuery query{"tv", {{"a", 3}, {"b", 2}, {"c", 0}, {"d", 1}}};
  const double ideal = 7 / std::log2(2) + 3 / std::log2(3) + 1 / std::log2(4);
  EXPECT_NEAR(relevance_of(query, Ids{"a", "b", "d"}).ndcg_10, 1, 1e-12);
  EXPECT_NEAR(relevance_of(query, Ids{"x", "b", "c", "a"}).ndcg_10,
              (3 / std::log2(3) + 7 / std::log2(5)) / ideal, 1e-12);
  EXPECT_EQ(relevance_of(query, {}).ndcg_10, 0);
  EXPECT_FALSE(relevance_of(query, {}).found);
}

TEST(Relevance, OnlyTheFirstTenCountForPrecisionAndTheFirstHundredForRecall) {
  JudgedQuery query{"tv", {{"top", 3}, {"far", 2.67}, {"fits", 2}}};
  Ids answer = {"top", "fits"};
  for (int i = 0; i < 97; ++i) answer.push_back("x" + std::to_string(i));
  answer.push_back("far");
  EXPECT_NEAR(relevance_of(query, answer).precision_10, 0.2, 1e-12);
  EXPECT_EQ(relevance_of(query, answer).recall_100, 1) << "the hundredth";
  answer.insert(answer.begin(), "y");
  EXPECT_EQ(relevance_of(query, answer).recall_100, 0.5) << "the hundred and first";
}

TEST(Relevance, QueriesWithNothingToFindCountForZeroHitsOnly) {
  const std::vector<QueryRelevance> queries = {relevance_of({"a", {{"p", 3}}}, Ids{"p"}),
                                               relevance_of({"b", {{"p", 0}}}, Ids{}),
                                               relevance_of({"c", {{"p", 1}}}, Ids{"p"})};
  const Relevance summary = summarize(queries);
  EXPECT_EQ(summary.queries, 3U);
  EXPECT_EQ(summary.zero_hits, 1U);
  EXPECT_NEAR(summary.ndcg_10.mean, 1, 1e-12);
  EXPECT_NEAR(summary.recall_100.mean, 1, 1e-12);
}

TEST(Relevance, IntervalsAreTheSameEachTimeAndHoldTheMean) {
  std::vector<double> values;
  for (int i = 0; i < 50; ++i) values.push_back(i % 7 / 7.0);
  const Interval one = bootstrap_interval(values);
  const Interval two = bootstrap_interval(values);
  EXPECT_EQ(one.low, two.low);
  EXPECT_EQ(one.high, two.high);
  EXPECT_LT(one.low, one.mean);
  EXPECT_GT(one.high, one.mean);
  const double deviation = 2.0 / 7 / std::sqrt(50.0);  // of 0..6 sevenths, evenly: 2/7
  EXPECT_NEAR(one.high - one.low, 2 * 1.96 * deviation, 0.03) << "as the normal approximation has it";
  EXPECT_EQ(bootstrap_interval({}).mean, 0);
}

TEST(Relevance, PairedDifferencesAreNarrowerThanTheFiguresThemselves) {
  std::vector<QueryRelevance> before;
  std::vector<QueryRelevance> after;
  for (int i = 0; i < 40; ++i) {
    before.push_back({.ndcg_10 = i / 50.0, .has_gain = true});
    after.push_back({.ndcg_10 = i / 50.0 + 0.1, .has_gain = true});
  }
  const Interval difference = paired_difference(before, after);
  EXPECT_NEAR(difference.mean, 0.1, 1e-9);
  EXPECT_NEAR(difference.high - difference.low, 0, 1e-9);
}

TEST(Relevance, JudgmentsAreReadInAllShapes) {
  const auto csv =
      read_judgments("query,product_id,grade\r\n\"bag, \"\"12 inch\"\"\",100,3\r\ntv,7,2.67\r\ntv,8,0\r\n");
  ASSERT_TRUE(csv) << csv.error().message;
  ASSERT_EQ(csv->size(), 2U);
  EXPECT_EQ(csv->front().query, "bag, \"12 inch\"");
  EXPECT_EQ(csv->back().grades.at("7"), 2.67);
  const auto tsv = read_judgments("17\" screen\t1\t3\n17\" screen\t2\t1\n");
  ASSERT_TRUE(tsv) << tsv.error().message;
  EXPECT_EQ(tsv->front().query, "17\" screen");
  EXPECT_EQ(tsv->front().grades.size(), 2U);
}

TEST(Relevance, BrokenJudgmentsNameTheLine) {
  const auto refusal = [](const char* text) {
    const auto judgments = read_judgments(text);
    return judgments ? "" : judgments.error().message;
  };
  EXPECT_EQ(refusal("query,product,grade\ntv,1,good\n"),
            "line 2: the grade is \"good\", expected a number from 0 to 10");
  EXPECT_EQ(refusal("tv,1,-1\n"), "line 1: the grade is \"-1\", expected a number from 0 to 10");
  EXPECT_EQ(refusal("tv,1,3\n,1,3\n"), "line 2: query or product is empty");
  EXPECT_EQ(refusal("query,product,grade\n"), "there is no judgment in it");
  EXPECT_EQ(refusal(""), "there is no judgment in it");
}

}  // namespace
}  // namespace aisle
