// What is not looked at among many documents would not have been among the best: against each one's own
// score.
#include <gtest/gtest.h>

#include <algorithm>

#include "query/planner.h"
#include "query/scorer.h"
#include "tests/support/random_catalogue.h"

namespace aisle::test {
namespace {

// One segment or, with deleted documents, several.
View random_view(const Catalogue& catalogue, RandomCatalogue& products, Random& random) {
  const std::size_t size = 100 + random.below(random.chance(30) ? 4000 : 700);
  if (random.chance(60)) return catalogue.grow(products.upserts(size));
  return catalogue.grow(products.history(size, size / 2), 1, random);
}

Plan random_plan(const View& view, RandomCatalogue& products, Random& random) {
  const QueryLimits limits = random_limits(random);
  LocalShardSearch shards(view, Deadline::never());
  Planner planner(*view.context, *view.statistics, limits, shards);
  const ParsedQuery query = parse_query(products.request(limits).q, *view.context->analyzer, limits);
  const int share = random.one_of<int>({100, 100, 100, 70, 30});
  return planner.plan({query.words, random.chance(50), random.chance(50), share}).value();
}

std::string shown(const std::vector<ScoredDocument>& documents) {
  std::string text;
  for (const ScoredDocument& some : documents) {
    text += std::to_string(some.document) + ":" + std::to_string(some.score.score) + "/" +
            std::to_string(some.score.typos) + "/" + std::to_string(some.score.missing) + " ";
  }
  return text;
}

// Every live document that matches, by its own score.
std::vector<ScoredDocument> all_scored(Scorer& scorer, const SegmentView& segment) {
  std::vector<ScoredDocument> all;
  for (std::uint32_t document = 0; document < segment.segment->size; ++document) {
    if (segment.is_deleted(document)) continue;
    const DocumentScore score = scorer.score(segment, document);
    if (score.score >= 0) all.push_back({document, score});
  }
  return all;
}

TEST(BestDocuments, AreTheFirstOfAllByTheirScores) {
  const Catalogue catalogue(random_schema_text);
  std::size_t left_out = 0;
  const Seeds all = seeds(25);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const View view = random_view(catalogue, products, random);
    for (int i = 0; i < 12; ++i) {
      const Plan plan = random_plan(view, products, random);
      if (plan.browse()) continue;
      for (const SegmentView& segment : view.shards.front()->segments) {
        Scorer scorer(plan, *view.context, *view.statistics);
        std::vector<ScoredDocument> expected = all_scored(scorer, segment);
        DocumentSet found = match(plan, scorer.postings(segment.segment), segment);
        std::vector<std::uint32_t> matching;
        found.each([&](std::uint32_t document) { matching.push_back(document); });
        ASSERT_TRUE(std::ranges::equal(matching, expected, {}, {}, &ScoredDocument::document));
        ASSERT_EQ(found.size(), expected.size());
        if (random.chance(50)) {  // as a filter leaves them
          std::erase_if(expected, [&](const auto&) { return random.chance(40); });
          matching.clear();
          for (const ScoredDocument& some : expected) matching.push_back(some.document);
          found = DocumentSet(std::move(matching));
        }
        const auto count = random.one_of<std::size_t>({1, 3, 10, 10, 100});
        const DocumentIds& ids = segment.segment->ids;
        std::ranges::sort(expected, {}, [&](const auto& some) {
          return std::pair(-some.score.score, ids.of(some.document));
        });
        left_out += expected.size() > count ? expected.size() - count : 0;
        expected.resize(std::min(count, expected.size()));
        ASSERT_EQ(shown(scorer.best(segment, found, count)), shown(expected))
            << plan.readings.front().positions.front().word;
      }
    }
  }
  EXPECT_GT(left_out, all.count) << "there was nothing to leave out";
}

}  // namespace
}  // namespace aisle::test
