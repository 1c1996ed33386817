// The small shop followed by a feed into real shards, and a comparison of both.
#pragma once
#include <memory>
#include <string>

#include "indexer/index_pipeline.h"
#include "indexer/postgres/verifier.h"
#include "tests/support/shop_feed.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {

// Commits ten times a second. The test program holds all of it: there is no kill -9 here.
class PipelineShopTest : public ShopFeedTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  ChangeSink& sink() override { return *pipeline_; }
  // Opens the shards, in the folder that is there or anew.
  void open(std::uint32_t shards = 2);
  // Ends the feed and the shards; nothing has them open afterwards.
  void close();
  void open_and_start(std::uint32_t shards = 2);

  VerifyInput verify_input();
  Result<VerifyReport> verify() { return verify_postgres(verify_input()); }
  // The feed's way of mending what verify finds.
  Result<VerifyReport> verify_and_repair();
  // The index equals the database once it has caught up.
  void expect_verified();
  std::filesystem::path shard_path(std::uint32_t shard) const;

  std::unique_ptr<TemporaryFolder> folder_;
  std::filesystem::path data_;  // may be set elsewhere before open()
  std::shared_ptr<const IndexFolder> lock_;
  std::shared_ptr<const IndexSchema> fields_;  // the schema that is compiled, with the shop as its source
  std::shared_ptr<ShardSet> shards_;
  std::unique_ptr<IndexPipeline> pipeline_;
};

}  // namespace aisle::test
