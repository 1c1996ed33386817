#include "indexer/file_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "indexer/file_source.h"
#include "tests/indexer/shop.h"
#include "tests/support/pipeline.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using ::testing::ElementsAre;

class FileVerifierTest : public ::testing::Test {
 protected:
  void write(const std::string& lines) { std::ofstream(file_) << lines; }
  // Imports the file into two shards and closes them.
  void import() {
    auto folder = IndexFolder::acquire(folder_.path(), "shop").value();
    auto pipeline = test::open_pipeline(folder, test::shop_schema(), {.shards = 2}, 1).value();
    ASSERT_TRUE(import_file(file_, *pipeline, {}));
    shards_ = {pipeline->shard_set().path(0), pipeline->shard_set().path(1)};
  }
  Result<VerifyReport> verify() { return verify_file(file_, test::shop_schema(), shards_); }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "products.jsonl";
  std::vector<std::filesystem::path> shards_;
};

TEST_F(FileVerifierTest, WhatWasImportedIsEqualAlsoWithRepeatedAndBadRecords) {
  write(R"({"id": "a", "title": "old", "price": 1}
{"id": "b", "title": "two"}
{"id": "c", "price": "cheap"}
{"id": "a", "title": "new", "price": 2}
)");
  import();
  const auto report = verify();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->differences(), 0U) << report->json();
  EXPECT_EQ(report->checked, 2U);
  EXPECT_EQ(report->refused, 1U);
}

TEST_F(FileVerifierTest, ChangesOfTheFileAreNamed) {
  write(R"({"id": "a", "title": "same"}
{"id": "b", "title": "two"}
{"id": "c", "title": "three"}
)");
  import();
  write(R"({"id": "a", "title": "same"}
{"id": "b", "title": "other"}
{"id": "d", "title": "new"}
)");
  const auto report = verify();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->different_ids, ElementsAre("b"));
  EXPECT_THAT(report->missing_ids, ElementsAre("d"));
  EXPECT_THAT(report->extra_ids, ElementsAre("c"));
  EXPECT_EQ(report->checked, 4U);
}

}  // namespace
}  // namespace aisle
