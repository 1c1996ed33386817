#include "server/answer_cache/answer_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "base/metrics.h"
#include "query/search.h"
#include "server/answer_cache/answer_key.h"
#include "server/search_wire.h"
#include "tests/support/eventually.h"
#include "tests/support/random_catalogue.h"

namespace aisle::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::shared_ptr<const KeptAnswer> answer_of(std::size_t bytes) {
  return std::make_shared<const KeptAnswer>(KeptAnswer{.text = {"", std::string(bytes, 'a')}});
}
std::shared_ptr<const KeptAnswer> answer_of(std::string text) {
  return std::make_shared<const KeptAnswer>(KeptAnswer{.text = {"", std::move(text)}});
}
std::string number_key(std::uint64_t number) {
  return "key" + std::to_string(number);
}

TEST(SegmentedLru, WhatIsAskedOnceDrivesOutNothingThatIsAskedAgain) {
  SegmentedLru kept(100'000);
  for (int i = 0; i < 50; ++i) kept.keep("hot" + std::to_string(i), answer_of(1000));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(kept.find("hot" + std::to_string(i)));
  std::size_t evicted = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) evicted += kept.keep(number_key(i), answer_of(1000));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(kept.find("hot" + std::to_string(i))) << i;
  EXPECT_TRUE(kept.find(number_key(9'999))) << "the newest is there";
  EXPECT_FALSE(kept.find(number_key(0)));
  EXPECT_EQ(evicted + kept.size(), 10'050U);
}

TEST(SegmentedLru, WhatWasOnceProvenMakesRoomForWhatIsNow) {
  SegmentedLru kept(100'000);
  for (std::uint64_t i = 0; i < 50; ++i) kept.keep(number_key(i), answer_of(1000));
  for (std::uint64_t i = 0; i < 50; ++i) kept.find(number_key(i));
  for (std::uint64_t i = 100; i < 300; ++i) {
    kept.keep(number_key(i), answer_of(1000));
    ASSERT_TRUE(kept.find(number_key(i)));
  }
  EXPECT_FALSE(kept.find(number_key(0)));
  EXPECT_TRUE(kept.find(number_key(299)));
}

TEST(SegmentedLru, KeepsWithinItsBytesWhateverComes) {
  const Seeds all = seeds(20);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    const std::size_t bytes_max = 5'000 + random.below(50'000);
    SegmentedLru kept(bytes_max);
    std::map<std::string, std::shared_ptr<const KeptAnswer>> newest;
    for (int i = 0; i < 3'000; ++i) {
      const std::string key = number_key(random.below(200));
      if (const auto found = kept.find(key)) {
        ASSERT_EQ(found, newest[key]);
      }
      if (random.chance(60)) continue;
      const auto answer = answer_of(random.below(bytes_max / 4));
      const std::size_t bytes = SegmentedLru::entry_bytes + key.size() + answer->text.tail.size();
      const bool fits = bytes <= bytes_max / SegmentedLru::largest_share;
      kept.keep(key, answer);
      if (fits) newest[key] = answer;
      ASSERT_LE(kept.bytes(), bytes_max);
      ASSERT_EQ(kept.find(key) == answer, fits);
    }
  }
}

TEST(AnswerKey, IsTheSameHoweverARequestIsWritten) {
  const auto of_query = [](std::string_view text) { return answer_key(parse_search_query(text).value()); };
  const auto of_body = [](std::string_view text) { return answer_key(parse_search_body(text).value()); };
  const std::string key = of_query("q=red%20kettle&filter=price%20%3C%205&facets=brand,price&page=1");
  EXPECT_EQ(of_query("facets=brand,price&typos=true&filter=price+%3C+5&q=red+kettle"), key);
  EXPECT_EQ(
      of_body(R"({"per_page": 20, "facets": ["brand", "price"], "q": "red kettle", "filter": "price < 5"})"),
      key);
  EXPECT_EQ(
      of_query("q=red%20kettle&filter=price%20%3C%205&facets=brand,price&min_lsn=0/1&wait_ms=7&timeline=1"
               "&on_stale=flag&min_coverage=0.5"),
      key);
  for (const char* other : {"q=red%20kettl&filter=price%20%3C%205&facets=brand,price",
                            "q=red%20kettle&filter=price%20%3C%206&facets=brand,price",
                            "q=red%20kettle&filter=price%20%3C%205&facets=price,brand",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&sort=price:asc",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&page=2",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&per_page=2",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&facet_values=2",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&context=vip",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&typos=false",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&prefix=false",
                            "q=red%20kettle&filter=price%20%3C%205&facets=brand,price&highlight=false"})
    EXPECT_NE(of_query(other), key) << other;
  EXPECT_NE(answer_key({.q = "a", .filter = "1:b"}), answer_key({.q = "a1:b", .filter = ""}));
  EXPECT_NE(answer_key({.q = "a", .language = "de"}), answer_key({.q = "a"}));
  EXPECT_NE(answer_key({.facets = {"a", "b"}}), answer_key({.facets = {"a,b"}}));
  EXPECT_NE(answer_key({.facets = {"a"}}), answer_key({.sort = {"a"}}));
}

TEST(SteadyTime, EndsWhenARuleBeginsOrEndsAndAtOnceWhereAgesCount) {
  Ranking ranking;
  std::vector<Rule> rules(2);
  rules[0].when.from = 100;
  rules[0].when.until = 200;
  rules[1].when.until = 150;
  for (const Rule& rule : rules) ranking.rules.push_back({.rule = &rule, .patterns = {}, .selected = {}});
  const auto bounds = [&](std::int64_t clock) {
    const SteadyTime time = steady_time(&ranking, clock);
    EXPECT_TRUE(time.from <= clock && clock < time.until);
    return std::pair(time.from, time.until);
  };
  EXPECT_EQ(bounds(99).second, 100);
  EXPECT_EQ(bounds(100), std::pair(std::int64_t{100}, std::int64_t{150}));
  EXPECT_EQ(bounds(149), std::pair(std::int64_t{100}, std::int64_t{150}));
  EXPECT_EQ(bounds(199), std::pair(std::int64_t{150}, std::int64_t{200}));
  EXPECT_EQ(bounds(200).first, 200);
  EXPECT_EQ(steady_time(nullptr, 5).until, std::numeric_limits<std::int64_t>::max());
  ranking.signals.emplace_back().from_clock = true;
  EXPECT_EQ(bounds(149), std::pair(std::int64_t{149}, std::int64_t{150}));
}

constexpr const char* schema_text = R"({"index": "products", "language": "en", "fields": {
    "title": {"type": "text", "search": true},
    "price": {"type": "int", "filter": true, "volatile": true}}})";

class AnswerCacheTest : public ::testing::Test {
 protected:
  AnswerCacheTest() : ops_(catalogue_.upserts({R"({"id": "p1", "title": "Kettle", "price": 5})"})) {
    apply(ops_);
    view_.context = catalogue_.context();
    view_.statistics = catalogue_.statistics(ops_);
  }

  void apply(const std::vector<Op>& ops) { ASSERT_TRUE(builder_.apply(ops, seq_ += ops.size())); }
  View view() {
    view_.shards = {builder_.image()};
    return view_;
  }
  AnswerCache::Found find(const std::string& key) { return find(view(), key); }
  AnswerCache::Found find(const View& view, const std::string& key) {
    return cache_.find(view, 0, key, Deadline::after(20s));
  }
  // What is given for the key, computed as `text` when nothing is.
  std::string text(const View& view, const std::string& key, const std::string& text) {
    AnswerCache::Found found = find(view, key);
    if (found.answer) return found.answer->text.tail;
    found.flight.answer(answer_of(text), true);
    return text;
  }

  Catalogue catalogue_{schema_text};
  std::vector<Op> ops_;
  ImageBuilder builder_{catalogue_.context(), std::make_shared<Image>()};
  Seq seq_ = 0;
  View view_;
  AnswerCache cache_{std::size_t{1} << 20U, "products"};
};

TEST_F(AnswerCacheTest, EqualRequestsUnderWayAreComputedOnce) {
  constexpr int threads = 16;
  std::atomic<int> computed = 0;
  std::atomic<int> waited = 0;
  std::promise<void> go;
  const auto gate = go.get_future().share();
  std::atomic<int> asked = 0;
  std::vector<std::jthread> all;
  const View shared = view();
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      ++asked;
      AnswerCache::Found found = find(shared, "kettle");
      if (found.answer) {
        waited += found.waited ? 1 : 0;
        EXPECT_EQ(found.answer->text.tail, "the answer");
        return;
      }
      gate.wait();
      ++computed;
      found.flight.answer(answer_of("the answer"), false);
    });
  }
  const std::string waits = "aisle_answer_cache_waits_total{index=\"products\"} ";
  ASSERT_TRUE(
      eventually([&] { return asked == threads && render_metrics().find(waits) != std::string::npos; }));
  ASSERT_TRUE(eventually([&] {
    const std::string metrics = render_metrics();
    return std::stoi(metrics.substr(metrics.find(waits) + waits.size())) >= threads - 1;
  })) << "all others wait";
  go.set_value();
  all.clear();
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(waited, threads - 1);
  EXPECT_FALSE(find("kettle").answer) << "it was not to be kept";
}

TEST_F(AnswerCacheTest, WhoWaitsLeavesAtItsOwnDeadline) {
  AnswerCache::Found first = find("kettle");
  const AnswerCache::Found late = cache_.find(view(), 0, "kettle", Deadline::after(10ms));
  ASSERT_TRUE(late.error);
  EXPECT_EQ(late.error->code, ErrorCode::DeadlineExceeded);
  first.flight.answer(answer_of("in time"), true);
  EXPECT_EQ(find("kettle").answer->text.tail, "in time");
}

TEST_F(AnswerCacheTest, AnErrorReachesThoseWhoWaitAndNobodyElse) {
  AnswerCache::Found first = find("kettle");
  auto waiting = std::async(std::launch::async, [&, now = view()] { return find(now, "kettle").error; });
  std::this_thread::yield();
  first.flight.fail({ErrorCode::DeadlineExceeded, "too late"});
  const auto error = waiting.get();  // or it came after, and has the duty
  if (error) {
    EXPECT_EQ(error->message, "too late");
  }
  AnswerCache::Found next = find("kettle");
  EXPECT_FALSE(next.answer);
  EXPECT_FALSE(next.error);
}

TEST_F(AnswerCacheTest, WhereTheFirstGivesUpAnotherComputes) {
  std::optional<AnswerCache::Found> first(find("kettle"));
  auto waiting =
      std::async(std::launch::async, [&, now = view()] { return text(now, "kettle", "of the second"); });
  first.reset();
  EXPECT_EQ(waiting.get(), "of the second");
  EXPECT_EQ(text(view(), "kettle", "of the third"), "of the second");
}

TEST_F(AnswerCacheTest, AChangedProductIsAnsweredAnewAndTheOldAnswersGo) {
  const View before = view();
  EXPECT_EQ(text(before, "kettle", "old"), "old");
  EXPECT_EQ(text(view(), "kettle", "new"), "old");
  apply(catalogue_.upserts({R"({"id": "p2", "title": "Kettle", "price": 7})"}));
  EXPECT_EQ(text(view(), "kettle", "new"), "new");
  EXPECT_EQ(text(before, "kettle", "slow"), "slow") << "a slow request is answered from its own view";
  EXPECT_EQ(text(view(), "kettle", "newer"), "new") << "and changes nothing for the others";
  Op price;
  price.kind = OpKind::SetNumbers;
  price.id = "p2";
  price.numbers = {{catalogue_.field("price"), 8}};
  apply({price});
  cache_.refresh(view(), 0);
  EXPECT_THAT(render_metrics(), HasSubstr("aisle_answer_cache_bytes{index=\"products\"} 0"));
  EXPECT_EQ(text(view(), "kettle", "newest"), "newest");
}

TEST_F(AnswerCacheTest, WhatChangesNoProductKeepsTheAnswers) {
  EXPECT_EQ(text(view(), "kettle", "old"), "old");
  Op mark;
  mark.kind = OpKind::Mark;
  mark.lsn = 77;
  apply({mark});
  view_.state_version = 9;
  ASSERT_EQ(view().lsn(), 77U);
  EXPECT_EQ(text(view(), "kettle", "new"), "old");
}

TEST_F(AnswerCacheTest, AnotherRankingOrOtherStatisticsAreOtherAnswers) {
  EXPECT_EQ(text(view(), "kettle", "old"), "old");
  view_.ranking = std::make_shared<const Ranking>();
  EXPECT_EQ(text(view(), "kettle", "ranked"), "ranked");
  view_.statistics = catalogue_.statistics(ops_);
  EXPECT_EQ(text(view(), "kettle", "counted"), "counted");
}

// Random changes between random requests: what the cache gives is what a search of the view at hand answers.
TEST(AnswerCacheProperty, GivesWhatTheViewAnswers) {
  const Catalogue catalogue(random_schema_text);
  const Seeds all = seeds(8);
  int given = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    RandomCatalogue products(catalogue, random);
    AnswerCache cache(std::size_t{1} << 20U, "random");
    ImageBuilder builder(catalogue.context(), std::make_shared<Image>());
    View view{.context = catalogue.context(), .shards = {}, .statistics = catalogue.statistics({})};
    std::vector<SearchRequest> requests;
    for (int i = 0; i < 8; ++i) requests.push_back(products.request({}));
    Seq seq = 0;
    for (int step = 0; step < 60; ++step) {
      if (random.chance(25)) {
        const std::vector<Op> ops = products.history(1 + random.below(4), 40);
        ASSERT_TRUE(builder.apply(ops, seq += ops.size()));
      }
      if (random.chance(5)) {
        ASSERT_TRUE(builder.merge_all());
      }
      view.shards = {builder.image()};
      const SearchRequest& request = random.one_of(requests);
      const auto answer = search_text(search(view, request, {}, Deadline::never()).value(), false);
      AnswerCache::Found found = cache.find(view, 0, answer_key(request), Deadline::after(20s));
      if (!found.answer) {
        found.flight.answer(std::make_shared<const KeptAnswer>(KeptAnswer{answer}), true);
        continue;
      }
      ++given;
      ASSERT_EQ(found.answer->text.head, answer.head) << request.q;
      ASSERT_EQ(found.answer->text.tail, answer.tail) << request.q;
    }
  }
  EXPECT_GT(given, 0);
}

}  // namespace
}  // namespace aisle::test
