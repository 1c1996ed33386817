#include "tests/support/pipeline_shop.h"

#include "tests/support/eventually.h"

namespace aisle::test {
namespace {

constexpr std::string_view fields = R"({
  "index": "products", "id": "id", "language": "en",
  "fields": {
    "title": {"type": "text", "search": true},
    "description": {"type": "text", "search": true},
    "brand": {"type": "keyword", "facet": true},
    "skus": {"type": "code", "search": true},
    "price": {"type": "decimal", "sort": true, "volatile": true},
    "stock": {"type": "int", "filter": true, "volatile": true}},
  "source": {"type": "file", "path": "unused.jsonl"}})";

}  // namespace

void PipelineShopTest::SetUp() {
  ShopFeedTest::SetUp();
  if (session_ == nullptr) return;
  auto parsed = IndexSchema::parse(fields);
  ASSERT_TRUE(parsed) << parsed.error().message;
  auto schema = std::make_shared<IndexSchema>(**parsed);
  schema->source = schema_.source;
  schema_ = *schema;
  fields_ = std::move(schema);
  folder_ = std::make_unique<TemporaryFolder>();
  data_ = folder_->path();
}

void PipelineShopTest::TearDown() {
  close();
  ShopFeedTest::TearDown();
}

void PipelineShopTest::open(std::uint32_t shards) {
  close();
  auto lock = IndexFolder::acquire(data_, "products");
  ASSERT_TRUE(lock) << lock.error().message;
  lock_ = *lock;
  CommitPace pace;
  pace.interval = pace.idle_interval = std::chrono::milliseconds(100);
  auto opened = ShardSet::open(lock_, fields_, {.shards = shards, .pace = pace});
  ASSERT_TRUE(opened) << opened.error().message;
  shards_ = *opened;
  auto pipeline = IndexPipeline::open(shards_, {.builders = 1});
  ASSERT_TRUE(pipeline) << pipeline.error().message;
  pipeline_ = std::move(*pipeline);
}

void PipelineShopTest::close() {
  stop();
  feed_.reset();
  pipeline_.reset();
  shards_.reset();
  lock_.reset();
}

void PipelineShopTest::open_and_start(std::uint32_t shards) {
  open(shards);
  if (!HasFatalFailure()) start();
}

std::filesystem::path PipelineShopTest::shard_path(std::uint32_t shard) const {
  return data_ / "products" / "generation-1" / ("shard-" + std::to_string(shard));
}

VerifyInput PipelineShopTest::verify_input() {
  VerifyInput input;
  input.schema = fields_;
  input.connection = conninfo();
  for (std::uint32_t i = 0; i < shards_->size(); ++i) input.shards.push_back(shards_->path(i));
  input.durable_lsn = [this] { return shards_->durable_lsn(); };
  input.flush = [this](Deadline deadline) { return shards_->flush_logs(deadline); };
  input.patience = std::chrono::seconds(30);
  return input;
}

Result<VerifyReport> PipelineShopTest::verify_and_repair() {
  VerifyInput input = verify_input();
  input.repair = [this](std::vector<std::string> ids) { return feed_->repair(std::move(ids)); };
  input.repairs_left = [this] { return status().repairs; };
  return verify_postgres(input);
}

void PipelineShopTest::expect_verified() {
  expect_streaming();
  EXPECT_TRUE(eventually([&] {
    const auto mark = pipeline_->mark("scan_cursor");
    return mark && *mark == "done";
  }));
  const auto report = verify();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differences(), 0U) << report->json();
  EXPECT_GE(report->checked, truth().size()) << report->json();
}

}  // namespace aisle::test
