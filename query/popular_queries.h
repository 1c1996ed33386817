// What shoppers ask often, found by its beginning.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "base/error.h"
#include "schemas/ranking.h"

namespace aisle {

// Immutable once built.
class PopularQueries {
 public:
  struct Query {
    std::string q;      // as shoppers write it
    std::string words;  // analysed, separated by spaces
    std::int64_t count = 0;
  };

  PopularQueries() = default;
  // Of queries of the same words the most frequent counts for all; those without words, with quotes or
  // exclusions, or longer than a query may be, are left out.
  PopularQueries(std::span<const PopularQuery> queries, const Analyzer& analyzer);

  bool empty() const { return queries_.empty(); }
  // At the most `count_max` whose words begin with this text, "" all; the most frequent first, then by words.
  std::vector<const Query*> beginning_with(std::string_view words, std::size_t count_max) const;

 private:
  std::vector<Query> queries_;  // by words
};

// A log: lines of a query and, behind a tab, how often it was asked; once without. Lines of the same text add
// up; the RankingLimits::queries_max most frequent stay, in this order. Queries that are too long, empty or no
// UTF-8 are passed over. InvalidArgument names the line whose count is none.
Result<std::vector<PopularQuery>> read_query_log(std::string_view text);

}  // namespace aisle
