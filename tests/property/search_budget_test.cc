// Searches whose time is over at every point at which they look: what is missing is named, what is not named
// is whole.
#include <gtest/gtest.h>

#include <algorithm>

#include "query/search.h"
#include "query/suggest.h"
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

std::shared_ptr<const Ranking> ranking_of_typos(const Catalogue& catalogue, int most) {
  Ranking ranking =
      *Ranking::compile(*RankingConfig::parse(R"({"index": "random"})"), catalogue.context(), 1).value();
  ranking.typo_lengths = {.most = most, .one_from = 3, .two_from = 5};
  return std::make_shared<const Ranking>(std::move(ranking));
}

TEST(SearchBudget, TwoTyposAreGivenUpBeforeOne) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(25);
  int given_up = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    Shop shop(catalogue, random);
    for (int i = 0; i < 4; ++i) {
      const SearchRequest request = shop.request();
      SCOPED_TRACE(request.q);
      shop.view.ranking = ranking_of_typos(catalogue, 1);
      const SearchResult less = search(shop.view, request, {}, Deadline::never()).value();
      shop.view.ranking = ranking_of_typos(catalogue, 2);
      const SearchResult whole = search(shop.view, request, {}, Deadline::never()).value();
      for (int looks = 0; looks < looks_highest; ++looks) {
        SCOPED_TRACE(looks);
        std::atomic<int> left = looks;
        LocalShardSearch here(shop.view, Deadline::never());
        const SoftTime soft(Deadline::never(), Deadline::after_looks(left));
        const SearchResult some = search(shop.view, request, {}, here, soft).value();
        const bool ended = left >= 0;
        ASSERT_EQ(names(some, "two_typos"), !ended);
        ASSERT_FALSE(names(some, "typos") || names(some, "relaxation"));
        ASSERT_EQ(some.is_exact(), ended);
        ASSERT_EQ(describe(without_facets(some)), describe(without_facets(ended ? whole : less)));
        for (const std::string& field : request.facets)
          ASSERT_EQ(facet_of(some, field), facet_of(ended ? whole : less, field)) << field;
        given_up += ended ? 0 : 1;
        if (ended) break;
      }
    }
  }
  EXPECT_GT(given_up, 0);
}

bool names(const SuggestResult& result, const std::string& part) {
  return std::ranges::find(result.degraded, part) != result.degraded.end();
}

void expect_whole_but_for_what_it_names(const SuggestResult& some, const SuggestResult& whole,
                                        const SuggestRequest& request) {
  ASSERT_LE(some.suggestions.size(), static_cast<std::size_t>(request.limit));
  if (names(some, "typos") || names(some, "suggestions")) return;
  ASSERT_EQ(some.suggestions.size(), whole.suggestions.size());
  for (std::size_t i = 0; i < some.suggestions.size(); ++i) {
    const Suggestion& own = some.suggestions[i];
    const Suggestion& other = whole.suggestions[i];
    ASSERT_TRUE(own.q == other.q || names(some, "spelling")) << own.q << " for " << other.q;
    ASSERT_EQ(own.count, other.count) << own.q;
    ASSERT_EQ(own.typos, other.typos) << own.q;
    ASSERT_TRUE(own.scopes.size() == other.scopes.size() || names(some, "scopes")) << own.q;
  }
}

TEST(SearchBudget, SuggestionsLeaveOutOnlyWhatTheyName) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(25);
  std::map<std::string, int> left_out;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    Shop shop(catalogue, random);
    for (int i = 0; i < 4; ++i) {
      SuggestRequest request{
          .q = shop.request().q, .limit = 1 + static_cast<std::int64_t>(random.below(4)), .scope = "brand"};
      if (!request.q.empty()) request.q.resize(1 + random.below(request.q.size()));
      SCOPED_TRACE(request.q);
      LocalShardSearch here(shop.view, Deadline::never());
      const SuggestResult whole = suggest(shop.view, request, {}, here).value();
      ASSERT_TRUE(whole.degraded.empty());
      for (int looks = 0; looks < looks_highest; ++looks) {
        SCOPED_TRACE(looks);
        std::atomic<int> left = looks;
        const SuggestResult some = suggest(shop.view, request, {}, here, Deadline::after_looks(left)).value();
        expect_whole_but_for_what_it_names(some, whole, request);
        ASSERT_EQ(left >= 0, some.degraded.empty()) << "it is told when the time was over, and only then";
        for (const std::string& part : some.degraded) ++left_out[part];
        if (left >= 0) break;
      }
    }
  }
  for (const char* part : {"typos", "suggestions", "spelling", "scopes"})
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
