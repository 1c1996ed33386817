#include "query/beginning_unions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "query/planner.h"
#include "query/scorer.h"
#include "tests/support/catalogue.h"
#include "tests/support/random.h"

namespace aisle {
namespace {

constexpr std::string_view schema_text = R"({
  "index": "words", "id": "id", "language": "en",
  "fields": {
    "title": {"type": "text", "search": true, "weight": 10},
    "brand": {"type": "keyword", "search": true, "weight": 6}},
  "source": {"type": "file", "path": "products.jsonl"}})";

// Many words with few beginnings, some of them forms of others, some with digits.
std::string random_word(test::Random& random) {
  std::string word = random.one_of<std::string>({"c", "ca", "cane", "t"});
  for (std::uint64_t i = random.below(5); i > 0; --i)
    word += random.one_of<std::string>({"a", "e", "n", "r"});
  return word + random.one_of<std::string>({"", "", "s", "ing", "7"});
}

std::string random_record(std::size_t number, test::Random& random) {
  std::string title = random_word(random);
  for (std::uint64_t i = random.below(4); i > 0; --i) title += " " + random_word(random);
  return R"({"id": "p)" + std::to_string(number) + R"(", "title": ")" + title + R"(", "brand": ")" +
         random_word(random) + "\"}";
}

class BeginningUnionsTest : public testing::Test {
 protected:
  void fill(std::size_t count, test::Random& random) {
    std::vector<std::string> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(random_record(i, random));
    view_ = shop_.grow(shop_.upserts(records));
  }
  const SegmentView& segment() const { return view_.shards.front()->segments.front(); }
  std::shared_ptr<const PreparedSegment> prepared() const {
    return view_.statistics->prepared(segment().segment, *view_.context);
  }
  Plan plan_of(std::vector<std::string> words, std::size_t beginnings) const {
    QueryLimits limits;
    limits.prefix_expansions_max = beginnings;
    LocalShardSearch shards(view_, Deadline::never());
    return Planner(*view_.context, *view_.statistics, limits, shards).plan({std::move(words)}).value();
  }
  // Positions whose beginnings were united.
  static std::size_t united(const PlanPostings& postings) {
    std::size_t count = 0;
    for (const PositionPostings& position : postings.front())
      count += std::ranges::any_of(position.groups, [](const auto& some) { return some.united != nullptr; });
    return count;
  }

  test::Catalogue shop_{schema_text};
  View view_ = shop_.grow({});
};

TEST_F(BeginningUnionsTest, HoldWhatTheListsOfTheirWordsHold) {
  const test::Seeds all = test::seeds(3);
  std::size_t unions = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    fill(BeginningUnions::documents_least + random.below(2000), random);
    const Segment& some = *segment().segment;
    const FrequentBeginnings& beginnings = view_.statistics->frequent_beginnings();
    for (std::uint32_t beginning = 0; beginning < beginnings.size(); ++beginning) {
      const BeginningUnions::Union* united = prepared()->beginnings().find(beginning);
      if (united == nullptr) continue;
      ASSERT_LE(united->terms.size(), BeginningUnions::words);
      for (const auto& [field, documents] : united->documents) {
        std::set<std::uint32_t> wanted;
        for (const TermId term : united->terms) {
          for (std::uint32_t list = some.term_lists[term]; list < some.term_lists[term + 1]; ++list) {
            if (some.lists[list].field == field) {
              const auto documents_of = some.postings(list).documents;
              wanted.insert(documents_of.begin(), documents_of.end());
            }
          }
        }
        std::vector<std::uint32_t> held;
        documents.each([&](std::uint32_t document) { held.push_back(document); });
        ASSERT_TRUE(std::ranges::equal(held, wanted));
        ++unions;
      }
    }
  }
  EXPECT_GT(unions, all.count * 4);
}

TEST_F(BeginningUnionsTest, ChangeNeitherWhatMatchesNorItsScores) {
  const test::Seeds all = test::seeds(3);
  std::size_t used = 0;
  std::size_t beside_forms = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    fill(BeginningUnions::documents_least + random.below(1000), random);
    for (int i = 0; i < 12; ++i) {
      const std::string word = random_word(random);
      const std::string begin = word.substr(0, 1 + random.below(std::min<std::size_t>(word.size(), 4)));
      const Plan plan = plan_of({random_word(random), begin}, BeginningUnions::words);
      Scorer scorer(plan, *view_.context, *view_.statistics);
      DocumentSet found = match(plan, scorer.postings(segment().segment), segment());
      const std::size_t positions = united(scorer.postings(segment().segment));
      used += positions;
      if (plan.readings.front().positions.back().alternatives.size() > 1 &&
          plan.readings.front().positions.back().alternatives[1].kind == MatchKind::Stem)
        beside_forms += positions;
      std::vector<std::uint32_t> matching;
      found.each([&](std::uint32_t document) { matching.push_back(document); });
      std::vector<ScoredDocument> scored;
      for (std::uint32_t document = 0; document < segment().segment->size; ++document) {
        const DocumentScore score = scorer.score(segment(), document);
        if (score.score >= 0) scored.push_back({document, score});
      }
      ASSERT_TRUE(std::ranges::equal(matching, scored, {}, {}, &ScoredDocument::document)) << begin;
      std::ranges::sort(scored, {}, [&](const ScoredDocument& some) {
        return std::pair(-some.score.score, segment().segment->ids.of(some.document));
      });
      scored.resize(std::min<std::size_t>(scored.size(), 10));
      const std::vector<ScoredDocument> best = scorer.best(segment(), found, 10);
      ASSERT_EQ(best.size(), scored.size()) << begin;
      for (std::size_t hit = 0; hit < best.size(); ++hit) {
        EXPECT_EQ(best[hit].document, scored[hit].document) << begin;
        EXPECT_EQ(best[hit].score.score, scored[hit].score.score) << begin;
      }
    }
  }
  EXPECT_GT(used, 0U);
  EXPECT_GT(beside_forms, 0U) << "no union held more than the beginnings";
}

TEST_F(BeginningUnionsTest, AreUsedForTheirOwnWordsAlone) {
  test::Random random(1);
  fill(BeginningUnions::documents_least, random);
  const auto united_for = [&](std::size_t words) {
    const Plan plan = plan_of({"c"}, words);
    return united(resolve(plan, *segment().segment, *prepared(), *view_.context));
  };
  EXPECT_EQ(united_for(BeginningUnions::words), 1U);
  EXPECT_EQ(united_for(BeginningUnions::words - 1), 0U) << "the union holds a word more";
  EXPECT_EQ(united_for(BeginningUnions::words + 1), 0U) << "the union lacks a word";
}

TEST_F(BeginningUnionsTest, AreNotMadeOfSmallSegments) {
  test::Random random(1);
  fill(BeginningUnions::documents_least - 1, random);
  EXPECT_GT(view_.statistics->frequent_beginnings().size(), 0U);
  EXPECT_EQ(prepared()->beginning_bytes(), 0U);
}

}  // namespace
}  // namespace aisle
