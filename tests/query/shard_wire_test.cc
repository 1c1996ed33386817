#include "query/shard_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/planner.h"
#include "query/request_check.h"
#include "query/shard_search.h"
#include "tests/query/kitchen.h"

namespace aisle {
namespace {

using testing::HasSubstr;

// Messages of a real search over a small shop.
class ShardWireTest : public test::Kitchen {
 protected:
  void SetUp() override {
    fill(
        {R"({"id": "1", "title": "steel kettle", "brand": "Nordal", "size": 3, "price": 12.5})",
         R"({"id": "2", "title": "kettles of steel", "brand": "Velo", "category": "Home > Kettles", "size": -4})",
         R"({"id": "3", "title": "ketlte", "brand": "Nordal"})"});
    local_ = std::make_unique<LocalShardSearch>(view_, Deadline::never());
  }

  MatchRequest match_request(const std::string& q) {
    SearchRequest request{.q = q, .filter = "size > -10", .facets = {"brand", "category", "price", "size"}};
    request.sort = {"brand:desc", "size:asc"};
    MatchRequest compiled = compile_request(request, schema(), limits_).value();
    Planner planner(*view_.context, *view_.statistics, limits_, *local_);
    compiled.plan = std::make_shared<const Plan>(planner.plan({{"steel", "kettle"}, true}).value());
    RankingEffects effects;
    effects.filters = {{"r1", "size < 100"}};
    effects.hidden = {"9"};
    effects.pins = {{.position = 1, .id = "3", .rule = "r1", .yields = false}};
    compiled.effects = ShardEffects::create(std::move(effects), schema()).value();
    compiled.fetch = FetchRequest{compiled.plan, compiled.effects, true, true};
    return compiled;
  }
  MatchResult match_result(const MatchRequest& request) {
    MatchResult result = local_->match(request).value();
    keep_best(request, result.best, request.window);
    result.best.front().product = std::make_shared<FetchedProduct>(
        local_->fetch(*request.fetch, std::span(result.best).first(1)).value().front());
    result.documents = {2, 1};
    result.lsn = 0x16B374D848;
    return result;
  }
  // Of "steel kettle" -ketlte
  Plan demanding_plan() {
    Planner planner(*view_.context, *view_.statistics, limits_, *local_);
    const ParsedQuery query = parse_query("\"steel kettle\" -ketlte", *view_.context->analyzer, limits_);
    return planner.plan({query.words, false, false, Plan::share_all, query.phrases, query.excluded}).value();
  }
  const IndexSchema& schema() const { return *view_.context->schema; }

  std::unique_ptr<LocalShardSearch> local_;
};

// Each message and how it is read.
struct Message {
  std::string name;
  std::string bytes;
  std::function<Status(std::string_view)> decode;
};

template <class T>
Status status_of(const Result<T>& result) {
  return result ? Status() : tl::unexpected<Error>(result.error());
}

TEST_F(ShardWireTest, DemandsAndTheFirstOfACountTravel) {
  const CountRequest count{{demanding_plan()}};
  const CountRequest arrived = decode_count(encode_count(count), schema(), limits_).value();
  const std::vector<Demand>& demands = arrived.plans.front().demands;
  ASSERT_EQ(demands.size(), 2U);
  EXPECT_EQ(demands[0].row, (std::vector<std::string>{"steel", "kettle"}));
  EXPECT_EQ(demands[0].text, "steel kettle");
  EXPECT_FALSE(demands[0].excluded);
  EXPECT_TRUE(demands[1].excluded);
  ASSERT_FALSE(demands[1].terms.empty());
  EXPECT_EQ(demands[1].terms[0].term, "ketlte");
  const std::vector<PlanCount> counts = local_->count(arrived).value();
  EXPECT_EQ(decode_counts(encode_counts(counts), 1).value(), counts);
  EXPECT_EQ(counts.front(), (PlanCount{1, "1"}));
}

TEST_F(ShardWireTest, ACountArrivesWithWhatNarrowsEachPlan) {
  RankingEffects some;
  some.filters = {{"", "brand = Nordal"}};
  some.hidden = {"3"};
  const auto narrow = ShardEffects::create(some, schema()).value();
  Planner planner(*view_.context, *view_.statistics, limits_, *local_);
  const Plan kettles = planner.plan({{"kettle"}, true}).value();
  const CountRequest count{{kettles, kettles, kettles}, {narrow, nullptr, narrow}};
  const CountRequest arrived = decode_count(encode_count(count), schema(), limits_).value();
  ASSERT_EQ(arrived.effects.size(), 3U);
  EXPECT_EQ(arrived.effects[0]->data(), some);
  EXPECT_EQ(arrived.effects[1], nullptr);
  EXPECT_EQ(arrived.effects[2], arrived.effects[0]);
  EXPECT_EQ(local_->count(arrived).value(), (std::vector<PlanCount>{{1, "1"}, {3, "1"}, {1, "1"}}));
}

class EveryMessage : public ShardWireTest {
 protected:
  std::vector<Message> messages() {
    const ExpandRequest expand{{{"kettle", ExpandKind::Forms}, {"1234", ExpandKind::Codes}}, 100, 64, {}};
    const MatchRequest match = match_request("steel kettle");
    const CountRequest count{{*match.plan, demanding_plan()}, {nullptr, match.effects}};
    const std::vector<std::string_view> ids = {"1", "nobody"};
    const QueryLimits limits = limits_;
    const IndexSchema& fields = schema();
    return {{"expand", encode_expand(expand), [=](auto b) { return status_of(decode_expand(b, limits)); }},
            {"expansions", encode_expansions(local_->expand(expand).value()),
             [](auto b) { return status_of(decode_expansions(b, 2)); }},
            {"count", encode_count(count),
             [=, &fields](auto b) { return status_of(decode_count(b, fields, limits)); }},
            {"counts", encode_counts(local_->count(count).value()),
             [](auto b) { return status_of(decode_counts(b, 2)); }},
            {"match", encode_match(match),
             [=, &fields](auto b) { return status_of(decode_match(b, fields, limits)); }},
            {"matches", encode_matches(match, match_result(match)),
             [match](auto b) { return status_of(decode_matches(b, match)); }},
            {"fetch", encode_fetch(*match.fetch, ids),
             [=, &fields](auto b) { return status_of(decode_fetch(b, fields, limits)); }},
            {"products", encode_products(local_->fetch_by_id(*match.fetch, ids).value()),
             [](auto b) { return status_of(decode_products(b, 2)); }}};
  }
};

TEST_F(EveryMessage, IsReadWholeAndNotWithoutItsLastByteNorWithOneMore) {
  for (const Message& message : messages()) {
    SCOPED_TRACE(message.name);
    const Status whole = message.decode(message.bytes);
    EXPECT_TRUE(whole) << whole.error().message;
    for (std::size_t size = 0; size < message.bytes.size(); ++size) {
      const Status cut = message.decode(std::string_view(message.bytes).substr(0, size));
      ASSERT_FALSE(cut) << size << " of " << message.bytes.size();
    }
    EXPECT_FALSE(message.decode(message.bytes + '\0'));
  }
}

TEST_F(EveryMessage, OfAnotherVersionOrKindIsRefused) {
  const std::vector<Message> all = messages();
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].name);
    std::string later = all[i].bytes;
    ++later[0];
    const Status version = all[i].decode(later);
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().code, ErrorCode::DataLoss);
    EXPECT_THAT(version.error().message, HasSubstr("has version 7, this node knows 6"));
    EXPECT_FALSE(all[i].decode(all[(i + 1) % all.size()].bytes));
  }
}

TEST_F(EveryMessage, WithAnyByteChangedIsReadOrRefusedButNothingElse) {
  for (const Message& message : messages()) {
    for (std::size_t at = 0; at < message.bytes.size(); ++at) {
      for (const unsigned change : {1U, 0x7FU, 0x80U, 0xFFU}) {
        std::string changed = message.bytes;
        changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ change);
        static_cast<void>(message.decode(changed));
      }
    }
  }
}

TEST_F(ShardWireTest, AMatchRequestArrivesCompiled) {
  const MatchRequest sent = match_request("steel kettle");
  const MatchRequest arrived = decode_match(encode_match(sent), schema(), limits_).value();
  EXPECT_EQ(encode_match(arrived), encode_match(sent));
  EXPECT_EQ(arrived.filter.conjuncts.size(), 1U);
  ASSERT_EQ(arrived.sort.size(), 2U);
  EXPECT_TRUE(arrived.sort[0].descending);
  ASSERT_EQ(arrived.facets.size(), 4U);
  EXPECT_EQ(arrived.facets[2], &field("price"));
  EXPECT_EQ(arrived.plan->typos_max, 1);
  EXPECT_EQ(arrived.plan->readings.size(), sent.plan->readings.size());
  ASSERT_TRUE(arrived.fetch);
  EXPECT_TRUE(arrived.fetch->score && arrived.fetch->explain);
  ASSERT_TRUE(arrived.effects);
  EXPECT_EQ(arrived.effects->data(), sent.effects->data());
  EXPECT_EQ(arrived.fetch->effects, arrived.effects);
}

TEST_F(ShardWireTest, WhatTimeIsLeftForFacetsAndWhichWereGivenUpTravel) {
  MatchRequest request = match_request("steel kettle");
  request.facets_until = Deadline::after(std::chrono::seconds(-1));
  const MatchRequest late = decode_match(encode_match(request), schema(), limits_).value();
  EXPECT_TRUE(late.facets_until.expired());
  MatchResult given_up = local_->match(late).value();
  EXPECT_EQ(given_up.uncounted, std::vector<bool>(4, true));
  request.facets_until = Deadline::never();
  const MatchRequest in_time = decode_match(encode_match(request), schema(), limits_).value();
  EXPECT_EQ(in_time.facets_until.time(), Deadline::never().time());
  MatchResult all = local_->match(in_time).value();
  EXPECT_EQ(all.uncounted, std::vector<bool>(4, false));
  all.uncounted[1] = true;
  all = decode_matches(encode_matches(request, all), request).value();
  EXPECT_EQ(all.uncounted, (std::vector<bool>{false, true, false, false}));
  MatchResult united = local_->match(in_time).value();
  united.uncounted[3] = true;
  merge_matches(united, std::move(all));
  EXPECT_EQ(united.uncounted, (std::vector<bool>{false, true, false, true})) << "of all shards together";
}

TEST_F(ShardWireTest, ResultsArriveWithTheirProductsAndFacets) {
  const MatchRequest request = match_request("steel kettle");
  const MatchResult sent = match_result(request);
  ASSERT_EQ(sent.best.size(), 2U);
  const MatchResult arrived = decode_matches(encode_matches(request, sent), request).value();
  EXPECT_EQ(arrived.found, sent.found);
  EXPECT_EQ(arrived.total, sent.total);
  EXPECT_EQ(arrived.documents, sent.documents);
  EXPECT_EQ(arrived.lsn, sent.lsn);
  ASSERT_EQ(arrived.pins.size(), 1U);
  EXPECT_EQ(arrived.pins[0].state, sent.pins[0].state);
  ASSERT_EQ(arrived.best.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(arrived.best[i].id, sent.best[i].id);
    EXPECT_EQ(compare(request.sort, arrived.best[i].keys, sent.best[i].keys), 0);
  }
  ASSERT_TRUE(arrived.best[0].product);
  EXPECT_EQ(arrived.best[0].product->json, sent.best[0].product->json);
  EXPECT_FALSE(arrived.best[0].product->explain.empty());
  EXPECT_FALSE(arrived.best[1].product);
  for (std::size_t i = 0; i < request.facets.size(); ++i) {
    const FacetResult here = sent.facets[i].result({}, 20);
    const FacetResult there = arrived.facets[i].result({}, 20);
    EXPECT_EQ(there.count, here.count);
    EXPECT_EQ(there.values.size(), here.values.size());
    EXPECT_EQ(there.sum, here.sum);
    EXPECT_EQ(there.min, here.min);
    EXPECT_EQ(there.max, here.max);
    EXPECT_EQ(there.error_max, 0U);
  }
}

TEST_F(ShardWireTest, LimitsHoldForOtherNodesToo) {
  MatchRequest request = match_request("steel");
  request.window = limits_.window_max;
  EXPECT_TRUE(decode_match(encode_match(request), schema(), limits_));
  request.window = limits_.window_max + 1;
  EXPECT_FALSE(decode_match(encode_match(request), schema(), limits_));
  request.window = 1;
  const auto more = decode_matches(encode_matches(request, match_result(match_request("steel"))), request);
  ASSERT_FALSE(more);
  EXPECT_THAT(more.error().message, HasSubstr("more products than its window"));
  const std::vector<std::string_view> ids(limits_.per_page_max + 1, "1");
  EXPECT_TRUE(decode_fetch(encode_fetch(*request.fetch, std::span(ids).subspan(1)), schema(), limits_));
  EXPECT_FALSE(decode_fetch(encode_fetch(*request.fetch, ids), schema(), limits_));
}

}  // namespace
}  // namespace aisle
