// However a catalogue is spread over shards, cut into segments, merged or loaded from disk: the same answers.
#include <gtest/gtest.h>
#include <xapian.h>

#include <set>

#include "query/matcher.h"
#include "query/planner.h"
#include "query/search.h"
#include "schemas/term_layout.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/search_oracle.h"
#include "tests/support/split_search.h"

namespace aisle::test {
namespace {

struct Asked {
  SearchRequest request;
  QueryLimits limits;
};

Asked ask(RandomCatalogue& products, Random& random) {
  Asked asked;
  asked.limits = random_limits(random);
  asked.request = products.request(asked.limits);
  asked.request.explain = random.chance(30);
  if (random.chance(40)) asked.request.filter = text_of(products.filter(2), random);
  return asked;
}

SearchResult answer(const View& view, const SearchRequest& request, const QueryLimits& limits,
                    SpareCores* cores = nullptr) {
  LocalShardSearch shards(view, Deadline::never(), cores);
  auto found = search(view, request, limits, shards);
  EXPECT_TRUE(found) << request.filter << ": " << found.error().message;
  return found ? std::move(*found) : SearchResult();
}

TEST(ViewEquality, AnyNumberOfShardsAndCoresGivesTheSameAnswerWithItsScores) {
  const Catalogue catalogue(random_schema_text);
  SpareCores cores(2, 0);
  const Seeds all = seeds(150);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(150), 60);
    std::vector<View> views;
    for (const std::uint32_t shards : {1U, 2U, 4U, 8U}) views.push_back(catalogue.grow(ops, shards, random));
    for (int i = 0; i < 8; ++i) {
      const Asked asked = ask(products, random);
      const std::string expected = describe_all(answer(views.front(), asked.request, asked.limits));
      for (const View& view : views) {
        for (SpareCores* some : {static_cast<SpareCores*>(nullptr), &cores}) {
          ASSERT_EQ(describe_all(answer(view, asked.request, asked.limits, some)), expected)
              << view.shards.size() << " shards, " << (some != nullptr ? "several cores, " : "")
              << asked.request.q << " / " << asked.request.filter;
        }
      }
    }
  }
  EXPECT_GT(cores.tasks_taken(), 0U);
}

TEST(ViewEquality, ShardsOnSeveralNodesGiveTheSameAnswer) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(200);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(150), 60);
    const View one = catalogue.grow(ops, 1, random);
    const View view = catalogue.grow(ops, static_cast<std::uint32_t>(2 + random.below(7)), random);
    std::vector<std::size_t> node_of;
    for (std::size_t i = 0; i < view.shards.size(); ++i) node_of.push_back(i == 0 ? 3 : random.below(4));
    for (int i = 0; i < 8; ++i) {
      const Asked asked = ask(products, random);
      SplitSearch nodes(view, node_of, asked.limits);
      const auto found = search(view, asked.request, asked.limits, nodes);
      ASSERT_TRUE(found) << found.error().message;
      ASSERT_EQ(describe_all(*found), describe_all(answer(one, asked.request, asked.limits)))
          << view.shards.size() << " shards, " << asked.request.q << " / " << asked.request.filter;
    }
  }
}

TEST(ViewEquality, AnImageLoadedFromDiskAnswersAsTheOneThatAppliedTheOps) {
  const Seeds all = seeds(25);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Catalogue catalogue(random_schema_text);
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(200), 50);
    const auto shards = static_cast<std::uint32_t>(1 + random.below(3));
    const View grown = catalogue.grow(ops, shards, random);
    const View loaded = catalogue.load(ops, shards);
    ASSERT_EQ(loaded.live(), grown.live());
    for (int i = 0; i < 20; ++i) {
      const Asked asked = ask(products, random);
      ASSERT_EQ(describe_all(answer(loaded, asked.request, asked.limits)),
                describe_all(answer(grown, asked.request, asked.limits)))
          << asked.request.q << " / " << asked.request.filter;
    }
  }
}

TEST(ViewEquality, MergingChangesNothing) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(100);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(100), 40);
    ImageBuilder builder(catalogue.context(), std::make_shared<Image>());
    for (std::size_t i = 0; i < ops.size(); ++i)
      ASSERT_TRUE(builder.apply(std::span(ops).subspan(i, 1), i + 1));
    View before{catalogue.context(), {builder.image()}, catalogue.statistics(ops), 1};
    ASSERT_TRUE(builder.merge_all());
    View after = before;
    after.shards = {builder.image()};
    ASSERT_LE(after.shards[0]->segments.size(), 1U);
    ASSERT_EQ(after.shards[0]->seq, ops.size());
    for (int i = 0; i < 10; ++i) {
      const Asked asked = ask(products, random);
      ASSERT_EQ(describe_all(answer(after, asked.request, asked.limits)),
                describe_all(answer(before, asked.request, asked.limits)))
          << asked.request.q << " / " << asked.request.filter;
    }
  }
}

TEST(ViewEquality, PagesConcatenatedAreTheWindowAndHoldLiveProductsOnly) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(150);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const std::vector<Op> ops = products.history(20 + random.below(200), 60);
    const View view = catalogue.grow(ops, 3, random);
    std::set<std::string> live;
    for (const Document& document : documents_after(ops)) live.insert(document.id);
    Asked asked = ask(products, random);
    asked.request.page = 1;
    asked.request.per_page = 100;
    const SearchResult whole = answer(view, asked.request, asked.limits);
    ASSERT_EQ(whole.hits.size(), whole.total);
    asked.request.per_page = random.between(1, 7);
    std::vector<std::string> ids;
    for (; ids.size() < whole.total; ++asked.request.page) {
      const SearchResult page = answer(view, asked.request, asked.limits);
      ASSERT_FALSE(page.hits.empty());
      ASSERT_EQ(page.total, whole.total);
      for (const Hit& hit : page.hits) ids.push_back(hit.id);
    }
    ASSERT_TRUE(answer(view, asked.request, asked.limits).hits.empty());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ASSERT_EQ(ids[i], whole.hits[i].id);
      ASSERT_TRUE(live.erase(ids[i]) == 1) << ids[i] << " is deleted or came twice";
    }
  }
}

TEST(ViewEquality, AFilterNeverWidens) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(200);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const View view = catalogue.grow(products.upserts(40), 2, random);
    Asked asked = ask(products, random);
    asked.request.filter.clear();
    asked.request.page = 1;
    asked.request.per_page = 100;
    std::map<std::string, std::int64_t> without;
    for (const Hit& hit : answer(view, asked.request, asked.limits).hits) without[hit.id] = hit.score;
    asked.request.filter = text_of(products.filter(3), random);
    for (const Hit& hit : answer(view, asked.request, asked.limits).hits) {
      ASSERT_TRUE(without.contains(hit.id)) << hit.id << " only with " << asked.request.filter;
      ASSERT_EQ(hit.score, without[hit.id]);
    }
  }
}

// The plan as a boolean query over the terms that the shard on disk holds.
Xapian::Query boolean_query(const Plan& plan, const IndexSchema& schema) {
  if (plan.browse()) return Xapian::Query::MatchAll;
  const std::vector<const Field*> fields = search_fields(schema);
  std::vector<Xapian::Query> readings;
  for (const Reading& reading : plan.readings) {
    std::vector<Xapian::Query> positions;
    for (const Position& position : reading.positions) {
      if (position.weight == 0) continue;  // need not match
      std::vector<Xapian::Query> terms;
      for (const Alternative& alternative : position.alternatives) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
          if (((alternative.fields >> i) & 1U) == 0) continue;
          terms.emplace_back(token_term(fields[i]->name, alternative.term));
        }
      }
      positions.emplace_back(Xapian::Query::OP_OR, terms.begin(), terms.end());
    }
    readings.emplace_back(Xapian::Query::OP_AND, positions.begin(), positions.end());
  }
  return {Xapian::Query::OP_OR, readings.begin(), readings.end()};
}

TEST(ViewEquality, XapiansOwnMatcherFindsTheSameProductsOnDisk) {
  const Seeds all = seeds(25);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Catalogue catalogue(random_schema_text);
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    const View view = catalogue.load(products.history(150, 60));
    const Xapian::Database database(catalogue.shard_folders().front().string());
    const QueryLimits limits;
    for (int i = 0; i < 20; ++i) {
      std::string q = products.request(limits).q;
      std::ranges::replace(q, '"', ' ');  // Xapian's terms have no places
      LocalShardSearch shards(view, Deadline::never());
      Planner planner(*catalogue.context(), *view.statistics, limits, shards);
      const Plan plan =
          planner.plan({parse_query(q, *catalogue.context()->analyzer, limits).words, random.chance(50)})
              .value();
      std::set<std::string> ours;
      for (const SegmentView& segment : view.shards.front()->segments) {
        PlanPostings postings =
            resolve(plan, *segment.segment, *view.statistics->prepared(segment.segment, *catalogue.context()),
                    *catalogue.context());
        match(plan, postings, segment).each([&](std::uint32_t document) {
          ours.emplace(segment.segment->ids.of(document));
        });
      }
      Xapian::Enquire enquire(database);
      enquire.set_query(boolean_query(plan, *catalogue.schema()));
      enquire.set_weighting_scheme(Xapian::BoolWeight());
      std::set<std::string> theirs;
      const Xapian::MSet found = enquire.get_mset(0, database.get_doccount());
      for (auto at = found.begin(); at != found.end(); ++at) {
        theirs.insert(decode_document(at.get_document().get_data()).value().id);
      }
      ASSERT_EQ(ours, theirs) << q;
    }
  }
}

}  // namespace
}  // namespace aisle::test
