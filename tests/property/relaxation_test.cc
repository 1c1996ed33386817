// What is added for lack of matches stays below what matches, whatever the catalogue.
#include <gtest/gtest.h>

#include "query/ranking.h"
#include "query/search.h"
#include "tests/support/random_catalogue.h"

namespace aisle::test {
namespace {

std::vector<Hit> hits_of(const View& view, const SearchRequest& request, const QueryLimits& limits) {
  auto found = search(view, request, limits, Deadline::never());
  EXPECT_TRUE(found) << request.q;
  return found ? std::move(found->hits) : std::vector<Hit>();
}

std::shared_ptr<const Ranking> without_relaxation(const Catalogue& catalogue) {
  const auto config = RankingConfig::parse(R"({"index": "random", "profile": {"relaxation": "none"}})");
  return Ranking::compile(config.value(), catalogue.context(), 1).value();
}

TEST(Relaxation, NeitherRemovesNorReordersWhatHasAllWords) {
  const Catalogue catalogue(random_schema_text);
  const auto strict = without_relaxation(catalogue);
  std::size_t added = 0;
  const Seeds all = seeds(300);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const QueryLimits limits;
    View view = catalogue.grow(products.upserts(40), 2, random);
    SearchRequest request = products.request(limits);
    request.sort.clear();
    request.typos = random.chance(50);
    request.page = 1;
    request.per_page = 100;
    const std::vector<Hit> relaxed = hits_of(view, request, limits);
    view.ranking = strict;
    const std::vector<Hit> whole = hits_of(view, request, limits);
    ASSERT_GE(relaxed.size(), whole.size()) << request.q;
    for (std::size_t i = 0; i < relaxed.size(); ++i) {
      ASSERT_EQ(relaxed[i].missing.empty(), i < whole.size()) << request.q << " " << relaxed[i].id;
      if (i >= whole.size()) continue;
      ASSERT_EQ(relaxed[i].id, whole[i].id) << request.q;
      ASSERT_EQ(relaxed[i].score, whole[i].score) << request.q;
    }
    added += relaxed.size() - whole.size();
  }
  EXPECT_GT(added, all.count / 10) << "nothing was relaxed";
}

TEST(Misspellings, NeitherRemoveNorReorderWhatMatchesLiterally) {
  const Catalogue catalogue(random_schema_text);
  const auto strict = without_relaxation(catalogue);
  std::size_t added = 0;
  const Seeds all = seeds(600);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const QueryLimits limits;
    View view = catalogue.grow(products.upserts(40), 2, random);
    view.ranking = strict;
    SearchRequest request = products.request(limits);
    request.sort.clear();
    request.page = 1;
    request.per_page = 100;
    request.typos = false;
    const std::vector<Hit> literal = hits_of(view, request, limits);
    request.typos = true;
    const std::vector<Hit> bent = hits_of(view, request, limits);
    ASSERT_GE(bent.size(), literal.size()) << request.q;
    for (std::size_t i = 0; i < bent.size(); ++i) {
      ASSERT_EQ(bent[i].typos == 0, i < literal.size()) << request.q << " " << bent[i].id;
      if (i >= literal.size()) continue;
      ASSERT_EQ(bent[i].id, literal[i].id) << request.q;
      ASSERT_EQ(bent[i].score, literal[i].score) << request.q;
    }
    added += bent.size() - literal.size();
  }
  EXPECT_GT(added, all.count / 10) << "nothing was bent";
}

}  // namespace
}  // namespace aisle::test
