// Rules, pins, boosts and signals against an oracle that looks at every product; and one shard against
// several.
#include <gtest/gtest.h>

#include "query/search.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/ranking_oracle.h"
#include "tests/support/split_search.h"

namespace aisle::test {
namespace {

std::string shown(const SearchRequest& request, const RandomRanking& ranking) {
  std::string text = "q=" + request.q + " filter=" + request.filter;
  for (const std::string& facet : request.facets) text += " facet=" + facet;
  for (const std::string& key : request.sort) text += " sort=" + key;
  return text + "\n" + ranking.document;
}

SearchResult answer(View view, const RandomRanking& ranking, const SearchRequest& request,
                    const QueryLimits& limits) {
  view.ranking = ranking.compiled;
  auto found = search(view, request, limits, Deadline::never());
  EXPECT_TRUE(found) << shown(request, ranking) << ": " << found.error().message;
  return found ? std::move(*found) : SearchResult();
}

// Rules are chosen here and travel as bytes to two groups of shards.
SearchResult answer_of_two_nodes(View view, const RandomRanking& ranking, const SearchRequest& request) {
  view.ranking = ranking.compiled;
  SplitSearch shards(view, {0, 1, 0, 1});
  auto found = search(view, request, {}, shards);
  EXPECT_TRUE(found) << shown(request, ranking) << ": " << found.error().message;
  return found ? std::move(*found) : SearchResult();
}

TEST(RankingOracle, EngineRanksAsTheOracleDoes) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(600);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(1 + random.below(60), 30);
    const View view = catalogue.grow(ops, 1 + static_cast<std::uint32_t>(random.below(4)), random);
    const QueryLimits limits = random_limits(random);
    const RankingOracle oracle(*catalogue.context(), documents_after(ops), limits);
    for (int i = 0; i < 4; ++i) {
      const RandomRanking ranking = random_ranking(catalogue, products, documents_after(ops), random);
      SearchRequest request = products.request(limits);
      request.clock = random.between(0, 2'000'000'000);
      std::optional<OracleFilter> filter;
      if (random.chance(40)) filter = products.filter(2);
      if (filter) request.filter = text_of(*filter, random);
      ASSERT_EQ(describe(answer(view, ranking, request, limits)),
                describe(oracle.search(request, filter, ranking)))
          << shown(request, ranking);
    }
  }
}

TEST(RankingOracle, AnyNumberOfShardsRanksTheSame) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(80);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(100), 60);
    const View one = catalogue.grow(ops, 1, random);
    const View four = catalogue.grow(ops, 4, random);
    for (int i = 0; i < 6; ++i) {
      const RandomRanking ranking = random_ranking(catalogue, products, documents_after(ops), random);
      SearchRequest request = products.request({});
      request.explain = true;
      request.clock = random.between(0, 2'000'000'000);
      const SearchResult expected = answer(one, ranking, request, {});
      ASSERT_EQ(describe_all(answer(four, ranking, request, {})), describe_all(expected))
          << shown(request, ranking);
      ASSERT_EQ(describe_all(answer_of_two_nodes(four, ranking, request)), describe_all(expected))
          << shown(request, ranking);
      for (const Hit& hit : expected.hits) {
        std::int64_t sum = 0;
        for (const ScorePart& part : hit.explain) sum += part.points;
        ASSERT_EQ(sum, hit.score) << hit.id << shown(request, ranking);
      }
    }
  }
}

TEST(RankingOracle, AnEmptyRankingChangesNothing) {
  const Catalogue catalogue(random_schema_text);
  const auto config = RankingConfig::parse(R"({"index": "random"})");
  RandomRanking empty;
  empty.compiled = *Ranking::compile(*config, catalogue.context(), 1);
  const Seeds all = seeds(60);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const View view = catalogue.grow(products.history(20 + random.below(100), 60), 2, random);
    for (int i = 0; i < 6; ++i) {
      SearchRequest request = products.request({});
      request.explain = random.chance(50);
      ASSERT_EQ(describe_all(answer(view, empty, request, {})), describe_all(answer(view, {}, request, {})))
          << request.q;
    }
  }
}

}  // namespace
}  // namespace aisle::test
