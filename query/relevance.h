// How good are answers to judged queries? Pure; whole lists in, figures out.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

struct JudgedQuery {
  std::string query;
  std::map<std::string, double> grades;  // by product; others count as 0
};

// Rows "query, product, grade": CSV with quotes as in RFC 4180, or TSV when the first line holds a tab. A
// first line whose third cell is no number is a header. Grades from 0; queries keep their order.
// InvalidArgument names line and what is wrong; also without a single row.
Result<std::vector<JudgedQuery>> read_judgments(std::string_view text);

// Figures of one query, each 0..1.
struct QueryRelevance {
  static constexpr double relevant_grade = 2;  // counts for precision
  static constexpr double top_grade = 2.67;    // counts for recall

  double ndcg_10 = 0;       // gain 2^grade - 1, discount log2(rank + 1), against the best order of the judged
  double precision_10 = 0;  // of the first ten places, those with relevant_grade and better
  double recall_100 = 0;    // of the products with top_grade, those among the first hundred
  bool has_gain = false;    // some product is graded above 0: counts for nDCG and precision
  bool has_top = false;     // some product has top_grade: counts for recall
  bool found = false;       // the answer is not empty
};
// `answer`: product ids, best first, the first hundred at least.
QueryRelevance relevance_of(const JudgedQuery& query, std::span<const std::string> answer);

struct Interval {
  double mean = 0;
  double low = 0;  // 95 % of resampled means lie between
  double high = 0;
};
// Bootstrap over the values: 2,000 resamples from a fixed seed, so the same values give the same interval.
// All 0 without a value.
Interval bootstrap_interval(std::span<const double> values);

struct Relevance {
  std::size_t queries = 0;
  std::size_t zero_hits = 0;
  Interval ndcg_10;
  Interval precision_10;
  Interval recall_100;
};
Relevance summarize(std::span<const QueryRelevance> queries);

// The differences in nDCG@10, query by query; `after` and `before` are of the same queries.
Interval paired_difference(std::span<const QueryRelevance> before, std::span<const QueryRelevance> after);

}  // namespace aisle
