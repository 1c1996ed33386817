#include "indexer/file_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "indexer/index_pipeline.h"
#include "tests/indexer/shop.h"
#include "tests/support/pipeline.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FileSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    auto lock = IndexFolder::acquire(folder_.path() / "data", "shop").value();
    auto opened = test::open_pipeline(std::move(lock), test::shop_schema(), {.shards = 2}, 2);
    ASSERT_TRUE(opened) << opened.error().message;
    pipeline_ = std::move(*opened);
  }
  void write(const std::string& content) { ASSERT_TRUE(write_file_atomically(path_, content)); }
  void write_products(int begin, int end) {
    std::string lines;
    for (int i = begin; i < end; ++i) {
      lines += "{\"id\": \"p" + std::to_string(i) + "\", \"title\": \"kettle " + std::to_string(i) + "\"}\n";
    }
    write(lines);
  }
  FileImportReport import(const FileImportOptions& options = {}) {
    auto report = import_file(path_, *pipeline_, options);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(FileImportReport());
  }
  std::vector<std::string> ids() { return pipeline_->ids("", 1'000'000).value(); }

  test::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "products.jsonl";
  std::unique_ptr<IndexPipeline> pipeline_;
};

TEST_F(FileSourceTest, AWholeFileIsIndexedAndItsFingerprintKept) {
  write_products(0, 2'500);
  std::vector<std::uint64_t> progress;
  FileImportOptions options;
  options.progress = [&](const FileImportProgress& step) { progress.push_back(step.records); };
  const auto report = import(options);
  EXPECT_EQ(report.records, 2'500U);
  EXPECT_EQ(report.deleted, 0U);
  EXPECT_EQ(pipeline_->shard_set().document_count(), 2'500U);
  EXPECT_EQ(pipeline_->durable_lsn(), 2'500U);
  EXPECT_THAT(progress, ElementsAre(1'000, 2'000, 2'500));
  EXPECT_EQ(pipeline_->mark(std::string(file_mark)).value(), file_fingerprint(path_).value());
}

TEST_F(FileSourceTest, ImportingAgainWritesOnlyWhatChangedAndDeletesWhatVanished) {
  write_products(0, 100);
  import();
  write_products(10, 110);
  const auto report = import();
  EXPECT_EQ(report.deleted, 10U);
  EXPECT_EQ(ids().size(), 100U);
  EXPECT_EQ(ids().front(), "p10");
  const auto statistics = pipeline_->shard_set().statistics();
  EXPECT_EQ(statistics.unchanged, 90U);
  EXPECT_EQ(statistics.replaced, 0U);
  EXPECT_EQ(statistics.added, 110U);
  EXPECT_GE(pipeline_->durable_lsn(), 200U) << "positions go on over imports";
}

TEST_F(FileSourceTest, BadLinesAreReportedWithFileAndLineAndTheRestIsIndexed) {
  write("{\"id\": \"p1\"}\n{oops\n{\"id\": \"p2\"}\n");
  const auto report = import();
  EXPECT_EQ(report.records, 2U);
  EXPECT_EQ(report.bad_lines, 1U);
  EXPECT_THAT(report.errors, ElementsAre(HasSubstr("products.jsonl line 2: not valid JSON")));
  EXPECT_THAT(ids(), ElementsAre("p1", "p2"));
}

TEST_F(FileSourceTest, TooManyBadLinesStopTheImportBeforeAnythingIsDeleted) {
  write_products(0, 3);
  import();
  write("x\ny\nz\n");
  FileImportOptions options;
  options.bad_lines_max = 2;
  const auto report = import_file(path_, *pipeline_, options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::InvalidArgument);
  EXPECT_THAT(report.error().message, HasSubstr("more than 2 bad lines, the first is products.jsonl line 1"));
  EXPECT_EQ(ids().size(), 3U);
}

TEST_F(FileSourceTest, AProductThatCannotBeBuiltKeepsItsOldVersion) {
  write("{\"id\": \"p1\", \"price\": 1}\n{\"id\": \"p2\"}\n");
  import();
  write("{\"id\": \"p1\", \"price\": \"one\"}\n");
  const auto report = import();
  EXPECT_EQ(report.deleted, 1U);
  EXPECT_EQ(pipeline_->dead_letters().total(), 1U);
  EXPECT_THAT(ids(), ElementsAre("p1"));
}

TEST_F(FileSourceTest, TheLastLineOfAnIdWins) {
  write("{\"id\": \"p1\", \"price\": 1}\n{\"id\": \"p1\", \"price\": 2}\n{\"id\": \"p1\", \"price\": 3}\n");
  import();
  const auto shard = test::read_shard(pipeline_->shard_set().path(shard_of("p1", 2)));
  EXPECT_EQ(shard.products.at("p1").numbers.at(test::field_number("price")), 300);
}

TEST_F(FileSourceTest, AnEmptyFileOrOneThatLostMostProductsDeletesNothing) {
  write_products(0, 100);
  import();
  write("");
  EXPECT_EQ(import().deletes_held, 100U);
  EXPECT_EQ(ids().size(), 100U);
  write_products(0, 60);
  FileImportOptions careful;
  careful.deletes_free = 10;
  const auto held = import(careful);
  EXPECT_EQ(held.deletes_held, 40U);
  EXPECT_EQ(ids().size(), 100U);
  EXPECT_EQ(import().deleted, 40U);
  EXPECT_EQ(ids().size(), 60U);
}

TEST_F(FileSourceTest, AMissingFileIsFatalAndDeletesNothing) {
  write_products(0, 3);
  import();
  std::filesystem::remove(path_);
  EXPECT_EQ(import_file(path_, *pipeline_, {}).error().code, ErrorCode::NotFound);
  EXPECT_EQ(ids().size(), 3U);
}

}  // namespace
}  // namespace aisle
