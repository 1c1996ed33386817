// What is added to a query, synonyms or misspellings, removes nothing that matches it literally and leaves that in
// its order.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "query/parsed_query.h"
#include "query/ranking.h"
#include "query/search.h"
#include "tests/support/random_catalogue.h"

namespace aisle::test {
namespace {

std::vector<Hit> hits_of(const View& view, const SearchRequest& request) {
  auto found = search(view, request, {}, Deadline::never());
  EXPECT_TRUE(found) << request.q;
  return found ? std::move(found->hits) : std::vector<Hit>();
}

std::shared_ptr<const Ranking> ranking(const Catalogue& catalogue, const nlohmann::json& synonyms) {
  const nlohmann::json document = {
      {"index", "random"}, {"profile", {{"relaxation", "none"}}}, {"synonyms", synonyms}};
  const auto config = RankingConfig::parse(document.dump());
  EXPECT_TRUE(config) << document.dump();
  auto compiled =
      config ? Ranking::compile(*config, catalogue.context(), 1) : tl::unexpected<Error>(config.error());
  return compiled ? *compiled : nullptr;
}

std::set<std::string> ids_of(const std::vector<Hit>& hits) {
  std::set<std::string> ids;
  for (const Hit& hit : hits) ids.insert(hit.id);
  return ids;
}

// Those that match by the words as they stand in the query, not by pieces of them. Explained hits.
std::set<std::string> as_typed(const std::vector<Hit>& hits, const std::vector<std::string>& words) {
  std::set<std::string> ids;
  for (const Hit& hit : hits) {
    const bool typed = std::ranges::all_of(hit.explain, [&](const ScorePart& part) {
      return part.word.empty() || std::ranges::find(words, part.word) != words.end();
    });
    if (typed) ids.insert(hit.id);
  }
  return ids;
}

// Those among `some`, in the order of the hits.
std::vector<std::string> in_order(const std::vector<Hit>& hits, const std::set<std::string>& some) {
  std::vector<std::string> ids;
  for (const Hit& hit : hits) {
    if (some.contains(hit.id)) ids.push_back(hit.id);
  }
  return ids;
}

class LiteralStays : public testing::Test {
 protected:
  // `change` of a view and a request adds to what is found; returns how much was added in all.
  template <class Change>
  std::size_t run(std::uint64_t count, Change&& change) const {
    std::size_t added = 0;
    const Seeds all = seeds(count);
    for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
      SCOPED_TRACE(Seeds::trace(seed));
      Random random(seed);
      RandomCatalogue products(catalogue_, random);
      View view = catalogue_.grow(products.upserts(40), 2, random);
      view.ranking = plain_;
      SearchRequest request = products.request({});
      request.sort.clear();
      request.typos = false;
      request.explain = true;
      request.page = 1;
      request.per_page = 100;
      const std::vector<Hit> literal = hits_of(view, request);
      change(view, request, products);
      const std::vector<Hit> wider = hits_of(view, request);
      const std::set<std::string> all_found = ids_of(wider);
      const std::set<std::string> before = ids_of(literal);
      for (const std::string& id : before) EXPECT_TRUE(all_found.contains(id)) << request.q << " " << id;
      const std::set<std::string> typed =
          as_typed(literal, parse_query(request.q, *catalogue_.context()->analyzer, {}).words);
      EXPECT_EQ(in_order(wider, typed), in_order(literal, typed)) << request.q;
      ordered_ += typed.size() > 1 ? 1U : 0U;
      if (testing::Test::HasFailure()) return added;
      added += wider.size() - literal.size();
    }
    return added;
  }

  const Catalogue catalogue_{random_schema_text};
  mutable std::size_t ordered_ = 0;  // catalogues with an order to keep
  const std::shared_ptr<const Ranking> plain_ = ranking(catalogue_, nlohmann::json::array());
};

TEST_F(LiteralStays, MisspellingsRemoveAndReorderNothing) {
  const std::size_t added =
      run(300, [](View&, SearchRequest& request, RandomCatalogue&) { request.typos = true; });
  EXPECT_GT(added, 20U) << "nothing was misspelt";
  EXPECT_GT(ordered_, 50U);
}

TEST_F(LiteralStays, SynonymsRemoveAndReorderNothing) {
  const std::size_t added = run(300, [&](View& view, SearchRequest& request, RandomCatalogue& products) {
    nlohmann::json synonyms = nlohmann::json::array();
    const std::string from = request.q.substr(0, request.q.find(' '));
    const std::string to = products.words(1, 1);
    const nlohmann::json one_way = {{"from", from}, {"to", {to}}};
    const auto config =
        RankingConfig::parse(nlohmann::json({{"index", "random"}, {"synonyms", {one_way}}}).dump());
    if (!config || !Ranking::compile(*config, view.context, 1)) return;  // a word that is none, or itself
    synonyms.push_back(one_way);
    view.ranking = ranking(catalogue_, synonyms);
  });
  EXPECT_GT(added, 20U) << "no synonym found anything";
  EXPECT_GT(ordered_, 50U);
}

// Words alone are looked at: what heads give a title depends on all others.
TEST(DerivedWords, RemoveNothingAndStandBelowTheWordItself) {
  const Catalogue catalogue(R"({"index": "random", "id": "id", "language": "en", "fields": {
    "title": {"type": "text", "search": true, "weight": 10}}})");
  const std::vector<std::string> words = {"nail",    "nailer", "lock",   "lockable", "trim",
                                          "trimmer", "slice",  "slicer", "door",     "gun"};
  const nlohmann::json document = {{"index", "random"},
                                   {"profile", {{"relaxation", "none"}, {"head", 0}, {"accessory", 0}}}};
  const auto derives =
      Ranking::compile(RankingConfig::parse(document.dump()).value(), catalogue.context(), 1).value();
  const auto plain = ranking(catalogue, nlohmann::json::array());
  std::size_t added = 0;
  const Seeds all = seeds(200);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    std::vector<std::string> records;
    for (std::size_t id = 0; id < 30; ++id) {
      std::string title = random.one_of(words);
      if (random.chance(50)) title += " " + random.one_of(words);
      records.push_back(nlohmann::json({{"id", std::to_string(id)}, {"title", title}}).dump());
    }
    View view = catalogue.grow(catalogue.upserts(records), 2, random);
    SearchRequest request{.q = random.one_of(words), .per_page = 100, .typos = false, .prefix = false};
    view.ranking = plain;
    const std::vector<Hit> literal = hits_of(view, request);
    view.ranking = derives;
    const std::vector<Hit> wider = hits_of(view, request);
    const std::set<std::string> found = ids_of(wider);
    for (const std::string& id : ids_of(literal)) ASSERT_TRUE(found.contains(id)) << request.q << " " << id;
    added += wider.size() - literal.size();
    const std::string whole = R"("title":")" + request.q + R"(")";
    if (literal.empty() || wider.empty()) continue;
    const bool has_itself = std::ranges::any_of(
        literal, [&](const Hit& hit) { return hit.product.find(whole) != std::string::npos; });
    ASSERT_TRUE(!has_itself || wider.front().product.find(whole) != std::string::npos)
        << request.q << ": " << wider.front().product;
  }
  EXPECT_GT(added, all.count) << "nothing derived was found";
}

}  // namespace
}  // namespace aisle::test
