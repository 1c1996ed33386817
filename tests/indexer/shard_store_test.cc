#include "indexer/shard_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "analyzers/analyzer.h"
#include "tests/indexer/shop.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using test::read_shard;
using test::remove;
using test::set_price;
using test::shop_document;
using test::upsert;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class ShardStoreTest : public testing::Test {
 protected:
  std::unique_ptr<ShardStore> open() {
    auto store = ShardStore::open(path_, test::shop_schema());
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

  test::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "shard-0";
  const unsigned price_ = test::field_number("price");
};

TEST_F(ShardStoreTest, LaysProductsOutAsTheTermLayoutSays) {
  auto store = open();
  Document document = shop_document("p1", {"steel", "kettle", "steel"}, 1250);
  document.keywords.push_back({test::field_number("brand"), {"Nordal"}});
  ASSERT_TRUE(store->apply(upsert(document)));
  ASSERT_TRUE(store->apply(test::mark(9, "cursor", "p1")));
  ASSERT_TRUE(store->commit({2, 9}));
  const auto shard = read_shard(path_);
  const auto& product = shard.products.at("p1");
  EXPECT_THAT(product.terms, ElementsAre("KBRAND:Nordal 0", "Qp1 0", "XTITLE:kettle 1", "XTITLE:steel 2"));
  EXPECT_EQ(product.numbers, (std::map<unsigned, std::int64_t>{{price_, 1250}}));
  const Document stored = decode_document(product.data).value();
  EXPECT_TRUE(stored.numbers.empty());
  EXPECT_EQ(stored.texts, document.texts);
  EXPECT_EQ(shard.seq, "2");
  EXPECT_EQ(shard.lsn, "9");
  const Xapian::Database database(path_.string());
  EXPECT_EQ(database.get_metadata("schema_hash"), test::shop_schema()->hash);
  EXPECT_EQ(database.get_metadata("mark:cursor"), "p1");
  EXPECT_EQ(database.get_metadata("analyzer_version"), std::to_string(analyzer_version));
}

TEST_F(ShardStoreTest, AKillWhileItIsCreatedLeavesNoneOrAWholeOne) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto schema = test::shop_schema();
  for (int i = 0; i < 60; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(ShardStore::open(path_, schema) ? 0 : 1);
    ASSERT_GT(child, 0);
    // the moment of the kill is what is random here
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 10'000));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    auto store = open();
    ASSERT_NE(store, nullptr) << "in round " << i;
    ASSERT_TRUE(store->commit({1, 1}));
    store.reset();
    EXPECT_EQ(open()->position().seq, 1U);
    std::filesystem::remove_all(path_);
  }
}

TEST_F(ShardStoreTest, DocumentsAndPositionAppearTogether) {
  auto store = open();
  for (int i = 0; i < 12'000; ++i) {  // more than Xapian buffers outside a transaction
    ASSERT_TRUE(store->apply(upsert(shop_document("p" + std::to_string(i), {"word"}, i))));
  }
  auto before = read_shard(path_);
  EXPECT_TRUE(before.products.empty());
  EXPECT_EQ(before.lsn, "");
  ASSERT_TRUE(store->commit({12'000, 77}));
  const auto after = read_shard(path_);
  EXPECT_EQ(after.products.size(), 12'000U);
  EXPECT_EQ(after.lsn, "77");
}

TEST_F(ShardStoreTest, WhatWasNotCommittedIsGoneAfterReopening) {
  auto store = open();
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"one"}, 1))));
  ASSERT_TRUE(store->commit({1, 1}));
  ASSERT_TRUE(store->apply(upsert(shop_document("p2", {"two"}, 2))));
  ASSERT_TRUE(store->apply(set_price("p1", 9)));
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(store->position().seq, 1U);
  EXPECT_EQ(store->document_count(), 1U);
  ASSERT_TRUE(store->commit({2, 2}));
  const auto shard = read_shard(path_);
  EXPECT_EQ(shard.products.size(), 1U);
  EXPECT_EQ(shard.products.at("p1").numbers.at(price_), 1);
}

TEST_F(ShardStoreTest, AReopenedShardKnowsItsPosition) {
  {
    auto store = open();
    ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"one"}, 1))));
    ASSERT_TRUE(store->commit({5, 50}));
  }
  EXPECT_EQ(open()->position().seq, 5U);
  EXPECT_EQ(open()->position().lsn, 50U);
}

TEST_F(ShardStoreTest, ItsPlaceInALogIsCommittedWithItsDocuments) {
  const ShardPosition placed{7, 70, {.epoch = 2, .term = 3, .chain = {4, 5}}};
  {
    auto store = open();
    EXPECT_EQ(store->position(), ShardPosition{}) << "an empty shard is like any other";
    ASSERT_TRUE(store->commit(placed));
  }
  EXPECT_EQ(open()->position(), placed);
}

TEST_F(ShardStoreTest, AShardOfNoLogHasAChainThatItsCopySharesAndNoOtherHas) {
  const auto position_of = [&](const std::filesystem::path& path) {
    return ShardStore::open(path, test::shop_schema()).value()->position();
  };
  const auto other = folder_.path() / "other";
  for (const auto& path : {path_, other}) {
    ASSERT_TRUE(ShardStore::open(path, test::shop_schema()).value()->commit({5, 50}));
  }
  std::filesystem::copy(path_, folder_.path() / "copy");
  EXPECT_EQ(position_of(path_).log.epoch, 0U);
  EXPECT_EQ(position_of(path_), position_of(folder_.path() / "copy"));
  EXPECT_NE(position_of(path_), position_of(other));
}

TEST_F(ShardStoreTest, ValuesChangeWithoutTouchingTermsOrData) {
  auto store = open();
  for (const char* id : {"p1", "p2", "p3"}) {
    ASSERT_TRUE(store->apply(upsert(shop_document(id, {"kettle", id}, 100))));
  }
  ASSERT_TRUE(store->commit({3, 3}));
  const auto before = read_shard(path_);
  ASSERT_TRUE(store->apply(set_price("p3", 5)));
  ASSERT_TRUE(store->apply(set_price("p1", 250)));
  ASSERT_TRUE(store->apply(set_price("p1", 300)));
  ASSERT_TRUE(store->apply(set_price("p2", missing_number)));
  ASSERT_TRUE(store->apply(set_price("nobody", 1)));
  ASSERT_TRUE(store->commit({8, 8}));
  auto after = read_shard(path_);
  EXPECT_EQ(after.products.at("p1").numbers.at(price_), 300);
  EXPECT_EQ(after.products.at("p3").numbers.at(price_), 5);
  EXPECT_TRUE(after.products.at("p2").numbers.empty());
  for (auto& [id, product] : after.products) {
    EXPECT_EQ(product.terms, before.products.at(id).terms);
    EXPECT_EQ(product.data, before.products.at(id).data);
  }
  EXPECT_EQ(store->statistics().values_changed, 3U);
  EXPECT_EQ(store->statistics().unknown, 1U);
  EXPECT_EQ(store->statistics().replaced, 0U);
  test::expect_intact(path_);
}

TEST_F(ShardStoreTest, AnEqualUpsertWritesNothing) {
  auto store = open();
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"kettle"}, 100))));
  ASSERT_TRUE(store->commit({1, 1}));
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"kettle"}, 100))));
  ASSERT_TRUE(store->commit({2, 2}));
  EXPECT_EQ(store->statistics().unchanged, 1U);
  EXPECT_EQ(store->statistics().replaced, 0U);
  EXPECT_EQ(store->statistics().values_changed, 0U);
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"kettle"}, 101))));
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"pan"}, 101))));
  ASSERT_TRUE(store->commit({4, 4}));
  EXPECT_EQ(store->statistics().values_changed, 1U);
  EXPECT_EQ(store->statistics().replaced, 1U);
  EXPECT_THAT(read_shard(path_).products.at("p1").terms, ElementsAre("Qp1 0", "XTITLE:pan 1"));
}

TEST_F(ShardStoreTest, AnUpsertOverridesEarlierValuesAndYieldsToLaterOnes) {
  auto store = open();
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"a"}, 1))));
  ASSERT_TRUE(store->apply(set_price("p1", 2)));
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"a"}, 3))));
  ASSERT_TRUE(store->apply(upsert(shop_document("p2", {"a"}, 3))));
  ASSERT_TRUE(store->apply(set_price("p2", 4)));
  ASSERT_TRUE(store->apply(set_price("p3", 5)));
  ASSERT_TRUE(store->apply(upsert(shop_document("p3", {"a"}, missing_number))));
  ASSERT_TRUE(store->commit({7, 7}));
  const auto shard = read_shard(path_);
  EXPECT_EQ(shard.products.at("p1").numbers.at(price_), 3);
  EXPECT_EQ(shard.products.at("p2").numbers.at(price_), 4);
  EXPECT_TRUE(shard.products.at("p3").numbers.empty());
}

TEST_F(ShardStoreTest, DeletedProductsAndTheirValuesAreGone) {
  auto store = open();
  ASSERT_TRUE(store->apply(upsert(shop_document("p1", {"a"}, 1))));
  ASSERT_TRUE(store->apply(upsert(shop_document("p2", {"a"}, 1))));
  ASSERT_TRUE(store->commit({2, 2}));
  ASSERT_TRUE(store->apply(set_price("p1", 2)));
  ASSERT_TRUE(store->apply(remove("p1")));
  ASSERT_TRUE(store->apply(remove("nobody")));
  ASSERT_TRUE(store->commit({5, 5}));
  EXPECT_EQ(store->document_count(), 1U);
  EXPECT_FALSE(read_shard(path_).products.contains("p1"));
  EXPECT_EQ(store->statistics().deleted, 1U);
}

TEST_F(ShardStoreTest, ASecondWriterIsRefusedByName) {
  auto first = open();
  const auto second = ShardStore::open(path_, test::shop_schema());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  EXPECT_THAT(second.error().message, HasSubstr(path_.string() + " is locked"));
}

TEST_F(ShardStoreTest, AShardOfAnotherSchemaNeedsAReindex) {
  open();
  const auto other = ShardStore::open(path_, test::shop_schema(R"({"index": "shop", "id": "id", "fields": {
    "title": {"type": "text", "search": true}}, "source": {"type": "file", "path": "p.csv"}})"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::FailedPrecondition);
  EXPECT_THAT(other.error().message, HasSubstr("NEEDS_REINDEX"));
}

TEST_F(ShardStoreTest, LongIdsAndWordsFitIntoTerms) {
  auto store = open();
  const std::string id(128, 'i');
  ASSERT_TRUE(store->apply(upsert(shop_document(id, {std::string(128, 'w')}, 1))));
  Document document = shop_document("p2", {}, 1);
  document.keywords.push_back({test::field_number("brand"), {std::string(256, 'k')}});
  ASSERT_TRUE(store->apply(upsert(document)));
  ASSERT_TRUE(store->commit({2, 2}));
  EXPECT_TRUE(read_shard(path_).products.contains(id));
  ASSERT_TRUE(store->apply(remove(id)));
  ASSERT_TRUE(store->commit({3, 3}));
  EXPECT_EQ(store->document_count(), 1U);
}

}  // namespace
}  // namespace aisle
