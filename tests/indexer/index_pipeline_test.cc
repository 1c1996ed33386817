#include "indexer/index_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/indexer/shop.h"
#include "tests/support/pipeline.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using test::read_shard;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}

SourceRecord product(const std::string& id, const std::string& title, const std::string& price = "1") {
  return {id, R"({"id": ")" + id + R"(", "title": ")" + title + R"(", "price": ")" + price + "\"}"};
}

ChangeBatch upserts(std::vector<SourceRecord> records, Lsn lsn) {
  ChangeBatch batch;
  batch.upserts = std::move(records);
  batch.lsn = lsn;
  return batch;
}

class IndexPipelineTest : public testing::Test {
 protected:
  Result<std::unique_ptr<IndexPipeline>> try_open(const ShardSetOptions& options) {
    pipeline_.reset();
    if (lock_ == nullptr) lock_ = IndexFolder::acquire(folder_.path(), "shop").value();
    return test::open_pipeline(lock_, test::shop_schema(), options, 2);
  }
  IndexPipeline& open(std::uint32_t shards = 2, CommitPace pace = {}) {
    auto opened = try_open({.shards = shards, .pace = pace});
    EXPECT_TRUE(opened) << opened.error().message;
    pipeline_ = std::move(*opened);
    return *pipeline_;
  }
  void apply(ChangeBatch batch) {
    const Status done = pipeline_->apply(std::move(batch));
    ASSERT_TRUE(done) << done.error().message;
  }
  void flush() {
    const Status done = pipeline_->flush(soon());
    ASSERT_TRUE(done) << done.error().message;
  }
  std::map<std::string, test::StoredProduct> products() {
    std::map<std::string, test::StoredProduct> all;
    for (std::uint32_t i = 0; i < pipeline_->shards(); ++i)
      all.merge(read_shard(pipeline_->shard_set().path(i)).products);
    return all;
  }
  std::int64_t price(const std::string& id) {
    return products().at(id).numbers.at(test::field_number("price"));
  }

  test::TemporaryFolder folder_;
  std::shared_ptr<const IndexFolder> lock_;
  std::unique_ptr<IndexPipeline> pipeline_;
};

TEST_F(IndexPipelineTest, ProductsLandInTheirShards) {
  auto& pipeline = open(3);
  std::vector<SourceRecord> records;
  for (int i = 0; i < 200; ++i) records.push_back(product("p" + std::to_string(i), "kettle"));
  apply(upserts(records, 10));
  flush();
  EXPECT_EQ(pipeline.shard_set().document_count(), 200U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto shard = read_shard(pipeline.shard_set().path(i));
    EXPECT_GT(shard.products.size(), 30U);
    for (const auto& [id, stored] : shard.products) EXPECT_EQ(shard_of(id, 3), i);
  }
}

TEST_F(IndexPipelineTest, OpsKeepTheOrderOfBatchesWhateverTheBuilders) {
  auto& pipeline = open(1, CommitPace{.interval = std::chrono::hours(1)});
  auto reader = pipeline.shard_set().log(0)->register_reader();
  std::vector<std::string> expected;
  for (int batch = 0; batch < 5; ++batch) {
    std::vector<SourceRecord> records;
    for (int i = 0; i < 100; ++i) {
      // records that take unequal time to build
      const std::string id = std::to_string(batch) + "-" + std::to_string(i);
      records.push_back(product(id, std::string(static_cast<std::size_t>((i * 37) % 100) * 50, 'x')));
      expected.push_back(id);
    }
    apply(upserts(std::move(records), 1));
  }
  std::vector<std::string> order;
  const auto read = pipeline.shard_set().log(0)->read(0, 10'000, soon()).value();
  for (const auto& next : read) {
    if (next.op.kind == OpKind::Upsert) order.push_back(next.op.id);
  }
  EXPECT_EQ(order, expected);
}

TEST_F(IndexPipelineTest, ABatchAppliesUpsertsThenValuesThenDeletes) {
  open();
  ChangeBatch batch = upserts({product("p1", "a", "1"), product("p2", "a", "1")}, 5);
  batch.values = {{"p1", R"({"id": "p1", "price": 7})"}};
  batch.deletes = {"p2"};
  apply(std::move(batch));
  flush();
  EXPECT_EQ(products().size(), 1U);
  EXPECT_EQ(price("p1"), 700);
}

TEST_F(IndexPipelineTest, UntouchedShardsFollowTheLsn) {
  auto& pipeline = open(4);
  apply(upserts({product("p1", "a")}, 77));
  flush();
  EXPECT_EQ(pipeline.durable_lsn(), 77U);
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(read_shard(pipeline.shard_set().path(i)).lsn, "77");
  apply({});  // lsn 0 leaves it
  flush();
  EXPECT_EQ(pipeline.durable_lsn(), 77U);
}

TEST_F(IndexPipelineTest, OnlyTheLastOpOfABatchCarriesItsLsn) {
  auto& pipeline = open(1, CommitPace{.interval = std::chrono::hours(1)});
  auto reader = pipeline.shard_set().log(0)->register_reader();
  apply(upserts({product("p1", "a"), product("p2", "a")}, 50));
  apply(upserts({product("p3", "a")}, 60));
  std::vector<Lsn> lsns;
  const auto read = pipeline.shard_set().log(0)->read(0, 100, soon()).value();
  for (const auto& next : read) lsns.push_back(next.op.lsn);
  EXPECT_THAT(lsns, ElementsAre(0, 0, 50, 50, 60));
}

TEST_F(IndexPipelineTest, DurableLsnIsTheLowestOfTheShards) {
  auto& pipeline =
      open(2, CommitPace{.interval = std::chrono::hours(1), .idle_interval = std::chrono::hours(1)});
  apply(upserts({product("p1", "a")}, 9));
  EXPECT_EQ(pipeline.durable_lsn(), 0U);
  flush();
  EXPECT_EQ(pipeline.durable_lsn(), 9U);
}

TEST_F(IndexPipelineTest, MarksAreCommittedWithTheirBatchAndTheOldestWins) {
  auto& pipeline = open(2);
  EXPECT_EQ(pipeline.mark("scan_cursor").value(), "");
  ChangeBatch batch = upserts({product("p1", "a")}, 9);
  batch.mark_key = "scan_cursor";
  batch.mark_value = "p1";
  apply(std::move(batch));
  flush();
  EXPECT_EQ(pipeline.mark("scan_cursor").value(), "p1");
  pipeline.close();
  {
    // as if the process had died after the second batch reached shard 0 alone, at the same LSN
    auto store = ShardStore::open(pipeline.shard_set().path(0), test::shop_schema()).value();
    ASSERT_TRUE(store->apply(test::mark(9, "scan_cursor", "2 p9")));
    ASSERT_TRUE(store->commit({store->position().seq + 1, 9}));
  }
  EXPECT_EQ(open(2).mark("scan_cursor").value(), "p1");
  ChangeBatch clear;
  clear.mark_key = "scan_cursor";
  apply(std::move(clear));
  flush();
  EXPECT_EQ(pipeline_->mark("scan_cursor").value(), "");
}

TEST_F(IndexPipelineTest, BadRecordsBecomeDeadLettersAndTheRestIsIndexed) {
  auto& pipeline = open();
  apply(
      upserts({product("p1", "a"), product("p2", "a", "12,50"), {"p3", "{"}, {"p4", R"({"id": "p5"})"}}, 9));
  const auto letters = pipeline.dead_letters().list();
  ASSERT_EQ(letters.size(), 3U);
  EXPECT_EQ(letters[0].id, "p2");
  EXPECT_EQ(letters[0].lsn, 9U);
  EXPECT_THAT(letters[0].error, HasSubstr("price is \"12,50\""));
  EXPECT_THAT(letters[2].error, HasSubstr("p5"));
  flush();
  EXPECT_EQ(pipeline.shard_set().document_count(), 1U);
  apply(upserts({product("p2", "a", "12.50")}, 10));
  EXPECT_EQ(pipeline.dead_letters().list().size(), 2U);
  EXPECT_EQ(pipeline.dead_letters().total(), 3U);
}

TEST_F(IndexPipelineTest, TheListOfDeadLettersIsBounded) {
  auto& pipeline = open(1);
  std::vector<SourceRecord> records;
  for (std::size_t i = 0; i < DeadLetters::letters_max + 5; ++i)
    records.push_back({"p" + std::to_string(i), "{"});
  apply(upserts(std::move(records), 1));
  EXPECT_EQ(pipeline.dead_letters().list().size(), DeadLetters::letters_max);
  EXPECT_EQ(pipeline.dead_letters().list().front().id, "p5");
  EXPECT_EQ(pipeline.dead_letters().total(), DeadLetters::letters_max + 5);
}

TEST_F(IndexPipelineTest, IdsComeInOrderAndSeeWhatWasJustApplied) {
  open(3);
  std::vector<SourceRecord> records;
  std::set<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    records.push_back(product("p" + std::to_string(i), "a"));
    expected.insert(records.back().id);
  }
  apply(upserts(std::move(records), 1));
  std::vector<std::string> all;
  std::string after;
  while (true) {
    const auto ids = pipeline_->ids(after, 7).value();
    if (ids.empty()) break;
    EXPECT_LE(ids.size(), 7U);
    all.insert(all.end(), ids.begin(), ids.end());
    after = ids.back();
  }
  EXPECT_EQ(all, std::vector<std::string>(expected.begin(), expected.end()));
}

TEST_F(IndexPipelineTest, ASlowReaderHoldsTheSourceBack) {
  ShardSetOptions options{.shards = 1};
  options.log = {.ops_max = 50, .bytes_max = 1U << 20U};
  options.pace = CommitPace{.interval = milliseconds(5)};
  pipeline_ = try_open(options).value();
  std::optional<LocalOpLog::Reader> slow(pipeline_->shard_set().log(0)->register_reader());
  std::atomic<int> applied = 0;
  std::thread source([&] {
    for (int i = 0; i < 100; ++i, ++applied) {
      ASSERT_TRUE(
          pipeline_->apply(upserts({product("p" + std::to_string(i), "a")}, static_cast<Lsn>(i) + 1)));
    }
  });
  const Deadline end = soon();
  while (applied < 25 && !end.expired()) std::this_thread::yield();
  // two ops a batch: the log is full, even though the writer commits
  while (pipeline_->durable_lsn() < 25 && !end.expired()) std::this_thread::yield();
  EXPECT_EQ(applied, 25);
  EXPECT_EQ(pipeline_->shard_set().log(0)->ops(), 50U);
  slow.reset();
  source.join();
  flush();
  EXPECT_EQ(pipeline_->shard_set().document_count(), 100U);
}

TEST_F(IndexPipelineTest, F2_RestartGoesOnAndShardsAheadSkipValuesTheyHaveSeen) {
  open(2);
  std::vector<SourceRecord> records;
  for (int i = 0; i < 20; ++i) records.push_back(product("p" + std::to_string(i), "a", "1"));
  apply(upserts(records, 10));
  flush();
  const auto shard_path = pipeline_->shard_set().path(0);
  pipeline_->close();
  std::string ahead;
  std::string behind;
  for (int i = 0; i < 20; ++i)
    (shard_of("p" + std::to_string(i), 2) == 0 ? ahead : behind) = "p" + std::to_string(i);
  {
    // as if shard 0 alone had committed the values of LSN 20 and 30
    auto store = ShardStore::open(shard_path, test::shop_schema()).value();
    ASSERT_TRUE(store->apply(test::set_price(ahead, 3000)));
    ASSERT_TRUE(store->commit({store->position().seq + 1, 30}));
  }
  auto& pipeline = open(2);
  EXPECT_EQ(pipeline.durable_lsn(), 10U);
  const auto values = [&](const std::string& price, Lsn lsn) {
    ChangeBatch batch;
    batch.values = {{ahead, R"({"id": ")" + ahead + R"(", "price": )" + price + "}"},
                    {behind, R"({"id": ")" + behind + R"(", "price": )" + price + "}"}};
    batch.lsn = lsn;
    apply(std::move(batch));
    flush();
  };
  apply(upserts({}, 10));  // where the source begins again
  values("20", 20);
  EXPECT_EQ(price(ahead), 3000) << "an older value must not come back";
  EXPECT_EQ(price(behind), 2000);
  EXPECT_EQ(pipeline.values_skipped(), 1U);
  EXPECT_EQ(pipeline.durable_lsn(), 20U);
  EXPECT_EQ(read_shard(shard_path).lsn, "30");
  values("30", 30);
  values("40", 40);
  EXPECT_EQ(price(ahead), 4000);
  EXPECT_EQ(pipeline.durable_lsn(), 40U);
}

TEST_F(IndexPipelineTest, AnotherHistoryIsTakenAsItComes) {
  open(1);
  apply(upserts({product("p1", "a")}, 1'000));
  flush();
  open(1);
  ChangeBatch batch;
  batch.values = {{"p1", R"({"id": "p1", "price": 5})"}};
  batch.lsn = 500;  // a restored database
  apply(std::move(batch));
  flush();
  EXPECT_EQ(price("p1"), 500);
  EXPECT_EQ(pipeline_->durable_lsn(), 500U);
}

TEST_F(IndexPipelineTest, F44_ASecondProcessIsRefused) {
  open();
  const auto second = IndexFolder::acquire(folder_.path(), "shop");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  EXPECT_THAT(second.error().message, HasSubstr("lock"));
}

TEST_F(IndexPipelineTest, AnotherSchemaNeedsAReindexAndNamesBoth) {
  open();
  pipeline_.reset();
  const auto other = test::shop_schema(R"({"index": "shop", "id": "id", "fields": {
    "title": {"type": "text", "search": true}}, "source": {"type": "file", "path": "p.csv"}})");
  const auto refused = test::open_pipeline(lock_, other, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::FailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("NEEDS_REINDEX"));
  EXPECT_THAT(refused.error().message, HasSubstr(other->hash));
  EXPECT_THAT(refused.error().message, HasSubstr(test::shop_schema()->hash));
  EXPECT_THAT(refused.error().message, HasSubstr("aisle reindex shop"));
  // the next generation may have it, beside the old one
  EXPECT_TRUE(test::open_pipeline(lock_, other, {.generation = 2}));
  EXPECT_THAT(lock_->generations().value(), ElementsAre(1, 2));
}

TEST_F(IndexPipelineTest, ShardsAreDecidedOnceByTheEstimate) {
  EXPECT_EQ(try_open({.generation = 1, .products_estimate = 199'999}).value()->shards(), 1U);
  EXPECT_EQ(try_open({.generation = 2, .products_estimate = 200'000}).value()->shards(),
            std::max(1U, std::thread::hardware_concurrency()));
  EXPECT_EQ(try_open({.generation = 3, .shards = 5}).value()->shards(), 5U);
  EXPECT_EQ(try_open({.generation = 3, .shards = 2}).value()->shards(), 5U);
}

TEST_F(IndexPipelineTest, ClosingKeepsEverythingAndRefusesMore) {
  auto& pipeline = open(2, CommitPace{.interval = std::chrono::hours(1)});
  apply(upserts({product("p1", "a")}, 3));
  pipeline.close();
  EXPECT_EQ(pipeline.apply({}).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(open(2).shard_set().document_count(), 1U);
  EXPECT_EQ(pipeline_->durable_lsn(), 3U);
}

TEST_F(IndexPipelineTest, OversizedDocumentsAreDeadLetters) {
  auto& pipeline = open(1);
  std::string words;
  while (words.size() < 60'000) words += "a ";
  const std::string text = "\"" + words + "\"";
  apply(upserts({{"p1", R"({"id": "p1", "rest": ")" + std::string(1U << 20U, 'x') + "\"}"},
                 {"p2", R"({"id": "p2", "title": )" + text + R"(, "notes": )" + text + "}"}},
                1));
  flush();
  EXPECT_EQ(pipeline.dead_letters().total(), 1U);
  EXPECT_THAT(pipeline.dead_letters().list()[0].error, HasSubstr("the limit is 1048576"));
  EXPECT_EQ(pipeline.shard_set().document_count(), 1U);
}

}  // namespace
}  // namespace aisle
