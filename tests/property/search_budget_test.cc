// Searches whose time is over at every point at which they look: what is missing is named, what is not named
// is whole.
#include <gtest/gtest.h>

#include <algorithm>

#include "query/search.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/search_oracle.h"
#include "tests/support/split_search.h"

namespace aisle::test {
namespace {

constexpr int looks_highest = 10'000;

bool names(const SearchResult& result, const std::string& part) {
  return std::ranges::find(result.degraded, part) != result.degraded.end();
}

SearchResult without_facets(SearchResult result) {
  result.facets.clear();
  result.did_you_mean.reset();
  result.degraded.clear();
  return result;
}

// Of one field alone, as text.
std::string facet_of(const SearchResult& result, const std::string& field) {
  SearchResult one;
  std::ranges::copy_if(result.facets, std::back_inserter(one.facets),
                       [&](const FacetResult& facet) { return facet.field == field; });
  return describe(one);
}

void expect_whole_but_for_what_it_names(const SearchResult& some, const SearchResult& whole,
                                        const SearchRequest& request) {
  if (some.is_exact()) {
    ASSERT_EQ(describe(without_facets(some)), describe(without_facets(whole)));
    for (const std::string& field : request.facets) {
      if (names(some, "facets." + field)) continue;
      ASSERT_EQ(facet_of(some, field), facet_of(whole, field)) << field;
    }
  } else {  // what has all words as typed, and nothing else
    ASSERT_LE(some.total, whole.total);
    for (const Hit& hit : some.hits) ASSERT_TRUE(hit.typos == 0 || !names(some, "typos")) << hit.id;
    for (const Hit& hit : some.hits) ASSERT_TRUE(hit.missing.empty() || !names(some, "relaxation")) << hit.id;
  }
  for (const std::string& field : request.facets)
    ASSERT_EQ(facet_of(some, field) == facet_of({}, field), names(some, "facets." + field)) << field;
  if (!names(some, "did_you_mean")) {
    ASSERT_EQ(some.did_you_mean.has_value(), whole.did_you_mean.has_value());
  }
}

struct Shop {
  Shop(const Catalogue& catalogue, Random& random)
      : products(catalogue, random),
        view(catalogue.grow(products.history(20 + random.below(100), 60),
                            static_cast<std::uint32_t>(2 + random.below(3)), random)) {
    for (std::size_t i = 0; i < view.shards.size(); ++i) node_of.push_back(i % 2);
  }
  SearchRequest request() {
    SearchRequest some = products.request({});
    some.facets = {"brand", "price"};
    return some;
  }

  RandomCatalogue products;
  View view;
  std::vector<std::size_t> node_of;
};

TEST(SearchBudget, TheSoftTimeLeavesOutOnlyWhatTheAnswerNames) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(25);
  std::map<std::string, int> left_out;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    Shop shop(catalogue, random);
    for (int i = 0; i < 4; ++i) {
      const SearchRequest request = shop.request();
      SCOPED_TRACE(request.q);
      const SearchResult whole = search(shop.view, request, {}, Deadline::never()).value();
      ASSERT_TRUE(whole.degraded.empty());
      for (int looks = 0; looks < looks_highest; ++looks) {
        SCOPED_TRACE(looks);
        std::atomic<int> left = looks;
        LocalShardSearch here(shop.view, Deadline::never());
        const auto some = search(shop.view, request, {}, here, Deadline::after_looks(left));
        ASSERT_TRUE(some) << some.error().message;
        expect_whole_but_for_what_it_names(*some, whole, request);
        ASSERT_EQ(left >= 0, some->degraded.empty()) << "it is told when the time was over, and only then";
        for (const std::string& part : some->degraded) ++left_out[part];
        if (left >= 0) break;
      }
      SplitSearch nodes(shop.view, shop.node_of);
      const auto least = search(shop.view, request, {}, nodes, Deadline::after(std::chrono::seconds(-1)));
      ASSERT_TRUE(least) << least.error().message;
      expect_whole_but_for_what_it_names(*least, whole, request);
      ASSERT_TRUE(names(*least, "facets.brand") && names(*least, "facets.price"));
    }
  }
  for (const char* part : {"typos", "relaxation", "did_you_mean", "facets.brand", "facets.price"})
    EXPECT_GT(left_out[part], 0) << part << " was never left out";
}

// What the answer can do without ends at it, too, and is named when nothing else is left to do.
TEST(SearchBudget, TheHardTimeEndsASearchWithAnErrorOrAnAnswerThatSaysWhatItLacks) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(25);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    Shop shop(catalogue, random);
    const SearchRequest request = shop.request();
    const SearchResult whole = search(shop.view, request, {}, Deadline::never()).value();
    bool ended = false;
    for (int looks = 0; looks < looks_highest && !ended; ++looks) {
      SCOPED_TRACE(looks);
      std::atomic<int> left = looks;
      const auto some = search(shop.view, request, {}, Deadline::after_looks(left));
      ended = left >= 0;
      if (some) {
        ASSERT_EQ(some->degraded.empty(), ended);
        expect_whole_but_for_what_it_names(*some, whole, request);
      } else {
        ASSERT_EQ(some.error().code, ErrorCode::DeadlineExceeded);
        ASSERT_FALSE(ended);
      }
    }
    ASSERT_TRUE(ended);
  }
}

}  // namespace
}  // namespace aisle::test
