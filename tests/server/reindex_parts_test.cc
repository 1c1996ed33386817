#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "server/disk_space.h"
#include "server/reindex/reindex_gate.h"
#include "server/reindex/reindex_manifest.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {
namespace {

using ::testing::HasSubstr;

TEST(ReindexManifest, ComesBackAsItWasWrittenInEveryState) {
  const TemporaryFolder folder;
  EXPECT_FALSE(ReindexManifest::load(folder.path()).value());
  for (const auto state :
       {ReindexState::Planned, ReindexState::Building, ReindexState::CatchingUp, ReindexState::Verified,
        ReindexState::Warming, ReindexState::Active, ReindexState::RolledBack, ReindexState::Failed}) {
    const ReindexManifest manifest{.id = "0a1b",
                                   .state = state,
                                   .from = 3,
                                   .to = 5,
                                   .shards = 2,
                                   .force = true,
                                   .who = "ops",
                                   .comment = "\"new\" brand",
                                   .started = "2026-01-31T12:00:00Z",
                                   .finished = "2026-01-31T12:10:00Z",
                                   .reason = "because",
                                   .changes = {"field brand is new"},
                                   .warm_up = {12, 1, 2, 0.5}};
    ASSERT_TRUE(manifest.store(folder.path()));
    const auto read = ReindexManifest::load(folder.path());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(**read, manifest);
  }
  ASSERT_TRUE(write_file_atomically(folder.path() / "reindex.json", R"({"id": "1", "state": "built"})"));
  const auto damaged = ReindexManifest::load(folder.path());
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::DataLoss);
  EXPECT_THAT(damaged.error().message, HasSubstr("building"));
}

TEST(ReindexGate, RefusesFromAFifthMissingOn) {
  EXPECT_TRUE(judge_counts({1, 0}, {2, 0}));
  EXPECT_TRUE(judge_counts({1, 0}, {2, 10}));
  EXPECT_TRUE(judge_counts({1, 1000}, {2, 1000}));
  EXPECT_TRUE(judge_counts({1, 1000}, {2, 801}));
  EXPECT_FALSE(judge_counts({1, 1000}, {2, 800}));
  EXPECT_FALSE(judge_counts({1, 1000}, {2, 700}));
  EXPECT_FALSE(judge_counts({1, 1}, {2, 0}));
}

TEST(ReindexGate, RefusesWhatDiffersFromItsSource) {
  VerifyReport report;
  report.checked = 100;
  EXPECT_TRUE(judge_report(2, report));
  report.refused = 3;  // dead letters are no differences
  EXPECT_TRUE(judge_report(2, report));
  report.add(Difference::Missing, "p7");
  const Status refused = judge_report(2, report);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("generation 2 differs from its source: 1 products missing"));
  EXPECT_THAT(refused.error().message, HasSubstr("p7"));
}

TEST(DiskSpace, CountsAllFilesBelowAFolder) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "a" / "b");
  ASSERT_TRUE(write_file_atomically(folder.path() / "one", std::string(10, 'x')));
  ASSERT_TRUE(write_file_atomically(folder.path() / "a" / "b" / "two", std::string(32, 'x')));
  EXPECT_EQ(folder_bytes(folder.path()), 42U);
  EXPECT_EQ(folder_bytes(folder.path() / "nowhere"), 0U);
  EXPECT_GT(free_bytes_of(folder.path()).value(), 0U);
  EXPECT_FALSE(free_bytes_of(folder.path() / "nowhere"));
}

}  // namespace
}  // namespace aisle::test
