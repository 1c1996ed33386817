// Suggestions and corrections promise hits that are there, the same ones wherever the shards lie.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "query/search.h"
#include "query/suggest.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/split_search.h"

namespace aisle::test {
namespace {

std::string shown(const SuggestResult& result) {
  std::string text;
  for (const Suggestion& some : result.suggestions) {
    text += some.q + " " + std::to_string(some.count) + " typos " + std::to_string(some.typos);
    for (const SuggestScope& scope : some.scopes)
      text += " " + scope.value + "=" + std::to_string(scope.count);
    text += "\n";
  }
  return text;
}

SuggestResult suggestions(const View& view, const SuggestRequest& request, ShardSearch& shards) {
  auto result = suggest(view, request, {}, shards);
  EXPECT_TRUE(result) << request.q << ": " << (result ? "" : result.error().message);
  return result ? std::move(*result) : SuggestResult();
}

// As a search counts them that neither bends nor leaves out words.
std::uint64_t literal_total(View view, const std::string& q, const std::string& filter, bool prefix) {
  const auto config = RankingConfig::parse(R"({"index": "random", "profile": {"relaxation": "none"}})");
  view.ranking = Ranking::compile(*config, view.context, 1).value();
  const SearchRequest request{.q = q, .filter = filter, .per_page = 0, .typos = false, .prefix = prefix};
  return search(view, request, {}, Deadline::never()).value().total;
}

// What a shopper has typed of some words.
std::string typed(RandomCatalogue& products, Random& random) {
  std::string q = products.request({}).q;
  if (!q.empty() && random.chance(70)) q.resize(1 + random.below(q.size()));
  return random.chance(20) ? q + " " : q;
}

// Rules that hide and filter, whatever is asked or for some words.
std::shared_ptr<const Ranking> hiding_ranking(RandomCatalogue& products, Random& random, const View& view) {
  nlohmann::json rules = nlohmann::json::array();
  for (int i = 0; i < 3; ++i) {
    nlohmann::json then = {{"hide", {std::to_string(random.below(40)), std::to_string(random.below(40))}}};
    if (random.chance(40)) then["filter"] = text_of(products.filter(1), random);
    nlohmann::json when = nlohmann::json::object();
    const std::string word = products.request({}).q;
    if (random.chance(60) && !word.empty()) when["query"] = {{"contains", word.substr(0, word.find(' '))}};
    rules.push_back({{"id", "r" + std::to_string(i)}, {"when", when}, {"then", then}});
  }
  nlohmann::json queries = nlohmann::json::array();
  for (int i = 0; i < 6; ++i) {
    const std::string q = products.request({}).q;
    if (!q.empty()) queries.push_back({{"q", q}, {"count", random.between(1, 5)}});
  }
  const nlohmann::json document = {
      {"index", "random"}, {"profile", {{"relaxation", "none"}}}, {"rules", rules}, {"queries", queries}};
  const auto config = RankingConfig::parse(document.dump());
  if (!config) return nullptr;  // a pattern without a word, say
  auto ranking = Ranking::compile(*config, view.context, 1);
  return ranking ? *ranking : nullptr;
}

TEST(Suggestions, CountWhatASearchUnderTheSameFilterAndRulesFinds) {
  const Catalogue catalogue(random_schema_text);
  std::size_t made = 0;
  std::size_t narrowed = 0;
  std::size_t asked = 0;
  const Seeds all = seeds(150);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(60), 40);
    View view = catalogue.grow(ops, 1);
    View four = catalogue.grow(ops, 4, random);
    view.ranking = four.ranking = hiding_ranking(products, random, view);
    if (!view.ranking) continue;
    for (int i = 0; i < 4; ++i) {
      SuggestRequest request{typed(products, random), 12};
      if (random.chance(50)) request.filter = text_of(products.filter(2), random);
      LocalShardSearch shards(view, Deadline::never());
      SplitSearch far(four, {0, 1, 0, 1});
      const SuggestResult result = suggestions(view, request, shards);
      ASSERT_EQ(shown(suggestions(four, request, far)), shown(result))
          << request.q << " / " << request.filter;
      for (const Suggestion& some : result.suggestions) {
        const SearchRequest same{
            .q = some.q, .filter = request.filter, .per_page = 0, .typos = false, .prefix = false};
        ASSERT_EQ(search(view, same, {}, Deadline::never()).value().total, some.count) << some.q;
        asked += some.popularity > 0 ? 1U : 0U;
        narrowed += some.count < literal_total(view, some.q, "", false) ? 1U : 0U;
        ++made;
      }
    }
  }
  EXPECT_GT(made, all.count / 2) << "nothing was suggested";
  EXPECT_GT(asked, all.count / 10) << "nothing popular was suggested";
  EXPECT_GT(narrowed, all.count / 10) << "nothing was narrowed";
}

TEST(Suggestions, AreCountedAndOrderedAndTheSameForAnyNumberOfShards) {
  const Catalogue catalogue(random_schema_text);
  std::size_t made = 0;
  const Seeds all = seeds(150);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(random.below(80), 40);
    const View view = catalogue.grow(ops, 1);
    const View four = catalogue.grow(ops, 4, random);
    for (int i = 0; i < 4; ++i) {
      const SuggestRequest request{typed(products, random), random.between(1, 12),
                                   random.chance(30) ? "brand" : ""};
      LocalShardSearch shards(view, Deadline::never());
      LocalShardSearch more(four, Deadline::never());
      SplitSearch far(four, {0, 1, 0, 1});
      const SuggestResult result = suggestions(view, request, shards);
      ASSERT_EQ(shown(suggestions(four, request, more)), shown(result)) << request.q;
      ASSERT_EQ(shown(suggestions(four, request, far)), shown(result)) << request.q;
      ASSERT_LE(result.suggestions.size(), static_cast<std::size_t>(request.limit));
      for (std::size_t at = 0; at < result.suggestions.size(); ++at) {
        const Suggestion& some = result.suggestions[at];
        ASSERT_EQ(some.count, literal_total(view, some.q, "", false)) << request.q << " -> " << some.q;
        ASSERT_GT(some.count, 0U);
        if (at == 0) continue;
        const Suggestion& before = result.suggestions[at - 1];
        ASSERT_LE(std::pair(before.typos, ~before.count), std::pair(some.typos, ~some.count)) << request.q;
      }
      made += result.suggestions.size();
    }
  }
  EXPECT_GT(made, all.count) << "nothing was suggested";
}

TEST(DidYouMean, FindsMoreThanWhatWasTypedAndAsManyAsItSays) {
  const Catalogue catalogue(random_schema_text);
  std::size_t made = 0;
  const Seeds all = seeds(300);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const View view = catalogue.grow(products.upserts(40), 2, random);
    SearchRequest request = products.request({});
    request.per_page = 1;
    if (random.chance(30)) request.filter = text_of(products.filter(2), random);
    const auto result = search(view, request, {}, Deadline::never());
    ASSERT_TRUE(result) << request.q;
    if (!result->did_you_mean) continue;
    const auto& [q, total] = *result->did_you_mean;
    ASSERT_EQ(total, literal_total(view, q, request.filter, true)) << request.q << " -> " << q;
    ASSERT_GT(literal_total(view, q, "", true), literal_total(view, request.q, "", true))
        << request.q << " -> " << q;
    ++made;
  }
  EXPECT_GT(made, all.count / 20) << "nothing was corrected";
}

}  // namespace
}  // namespace aisle::test
