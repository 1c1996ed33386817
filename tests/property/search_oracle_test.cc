// The engine against a search that looks at every product: small random catalogues and requests.
#include <gtest/gtest.h>

#include "query/search.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

std::string shown(const SearchRequest& request) {
  std::string text = "q=" + request.q + " filter=" + request.filter;
  for (const std::string& facet : request.facets) text += " facet=" + facet;
  for (const std::string& key : request.sort) text += " sort=" + key;
  return text + (request.typos ? "" : " typos=false");
}

// Random requests, a filter with half of them, answered by each view and by the oracle.
void expect_agreement(std::span<const View> views, const SearchOracle& oracle, RandomCatalogue& products,
                      const QueryLimits& limits, Random& random) {
  for (int i = 0; i < 4; ++i) {
    SearchRequest request = products.request(limits);
    std::optional<OracleFilter> filter;
    if (random.chance(50)) filter = products.filter(3);
    if (filter) request.filter = text_of(*filter, random);
    const std::string expected = describe(oracle.search(request, filter));
    for (const View& view : views) {
      const auto found = search(view, request, limits, Deadline::never());
      ASSERT_TRUE(found) << shown(request) << ": " << found.error().message;
      ASSERT_EQ(describe(*found), expected) << view.shards.size() << " shards, " << shown(request);
    }
  }
}

TEST(SearchOracle, EngineFindsCountsAndOrdersAsTheOracleDoes) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(1200);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops =
        random.chance(50) ? products.upserts(1 + random.below(40)) : products.history(random.below(80), 40);
    const View view = catalogue.grow(ops, 1 + static_cast<std::uint32_t>(random.below(4)), random);
    const QueryLimits limits = random_limits(random);
    const SearchOracle oracle(*catalogue.context(), documents_after(ops), limits);
    ASSERT_EQ(view.live(), oracle.documents().size());
    ASSERT_NO_FATAL_FAILURE(expect_agreement(std::span(&view, 1), oracle, products, limits, random));
  }
}

// Four queries a case: AISLE_CASES=2500 asks 10,000, each of four numbers of shards.
TEST(SearchOracle, OneTwoFourAndEightShardsAnswerAsTheOracleDoes) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(100);
  RecordProperty("queries", std::to_string(4 * all.count));
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(10 + random.below(150), 60);
    std::vector<View> views;
    for (const std::uint32_t shards : {1U, 2U, 4U, 8U}) views.push_back(catalogue.grow(ops, shards, random));
    const QueryLimits limits = random_limits(random);
    const SearchOracle oracle(*catalogue.context(), documents_after(ops), limits);
    ASSERT_NO_FATAL_FAILURE(expect_agreement(views, oracle, products, limits, random));
  }
}

}  // namespace
}  // namespace aisle::test
