#include "base/file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

TEST(File, ReadsBackWhatWasWrittenAtomically) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "state.json";
  ASSERT_TRUE(write_file_atomically(path, "one"));
  ASSERT_TRUE(write_file_atomically(path, "two"));
  EXPECT_EQ(read_file(path).value(), "two");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "state.json.tmp"));
}

TEST(File, TellsMissingFromTooLarge) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "data";
  EXPECT_EQ(read_file(path).error().code, ErrorCode::NotFound);
  ASSERT_TRUE(write_file_atomically(path, std::string(101, 'x')));
  EXPECT_TRUE(read_file(path, 101));
  const auto refused = read_file(path, 100);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
  EXPECT_NE(refused.error().message.find("100"), std::string::npos);
}

TEST(File, SecondLockOnAFileIsRefusedUntilTheFirstGoes) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  {
    const auto first = FileLock::acquire(path);
    ASSERT_TRUE(first);
    const auto second = FileLock::acquire(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  }
  EXPECT_TRUE(FileLock::acquire(path));
}

}  // namespace
}  // namespace aisle
