#include "indexer/file_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileStateStoreTest : public ::testing::Test {
 protected:
  static IndexState state_of(std::uint32_t generation) {
    IndexState state;
    state.active = {generation, 1, "00ff", 1};
    return state;
  }
  IndexState stored(FileStateStore& store) {
    const auto state = store.read();
    EXPECT_TRUE(state) << state.error().message;
    return state->value_or(IndexState{});
  }
  std::filesystem::path file() const { return folder_.path() / "state.json"; }

  TemporaryFolder folder_;
  FileStateStore store_{folder_.path()};
};

TEST_F(FileStateStoreTest, IsEmptyAtFirstAndCountsItsVersions) {
  EXPECT_FALSE(store_.read().value());
  const auto first = store_.replace(0, state_of(1));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->version, 1U);
  const auto second = store_.replace(1, state_of(2));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->version, 2U);
  EXPECT_NE(first->change_id, second->change_id);
  FileStateStore other(folder_.path());
  EXPECT_EQ(stored(other), *second);
}

TEST_F(FileStateStoreTest, RefusesAChangeOfAnOlderVersionAndKeepsWhatIsThere) {
  ASSERT_TRUE(store_.replace(0, state_of(1)));
  for (const std::uint64_t expected : {0U, 2U}) {
    const auto refused = store_.replace(expected, state_of(9));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_THAT(refused.error().message, HasSubstr("version 1, not " + std::to_string(expected)));
  }
  EXPECT_EQ(stored(store_).active.number, 1U);
}

TEST_F(FileStateStoreTest, OfTwoWritersAtOnceOneIsTold) {
  ASSERT_TRUE(store_.replace(0, state_of(1)));
  FileStateStore other(folder_.path());
  constexpr std::uint64_t rounds = 50;
  for (std::uint64_t version = 1; version <= rounds; ++version) {
    std::atomic<int> ready{0};
    std::vector<Result<IndexState>> results(2);
    const auto write = [&](FileStateStore& store, std::uint32_t number) {
      ++ready;
      while (ready < 2) std::this_thread::yield();
      results[number] = store.replace(version, state_of(100 + number));
    };
    {
      const std::jthread one([&] { write(store_, 0); });
      const std::jthread two([&] { write(other, 1); });
    }
    ASSERT_NE(results[0].has_value(), results[1].has_value());
    const auto& winner = results[0] ? results[0] : results[1];
    const auto& loser = results[0] ? results[1] : results[0];
    EXPECT_EQ(loser.error().code, ErrorCode::Conflict);
    EXPECT_EQ(stored(store_), *winner);
    EXPECT_EQ(stored(other), *winner);
  }
}

TEST_F(FileStateStoreTest, OfTwoProcessesNoChangeIsLost) {
  ASSERT_TRUE(store_.replace(0, state_of(1)));
  constexpr std::uint32_t each = 100;
  const auto add = [](FileStateStore& store) {  // adds one to the number, as often as it takes
    for (std::uint32_t done = 0; done < each;) {
      const auto now = store.read();
      if (!now) return false;
      IndexState next = **now;
      ++next.active.number;
      const auto changed = store.replace((*now)->version, next);
      if (!changed && changed.error().code != ErrorCode::Conflict) return false;
      done += changed ? 1 : 0;
    }
    return true;
  };
  const pid_t child = ::fork();
  if (child == 0) {
    FileStateStore store(folder_.path());
    ::_exit(add(store) ? 0 : 1);
  }
  EXPECT_TRUE(add(store_));
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(stored(store_).active.number, 1 + 2 * each);
  EXPECT_EQ(stored(store_).version, 1 + 2 * each);
}

TEST_F(FileStateStoreTest, WaitReturnsWhatSomebodyElseWrote) {
  ASSERT_TRUE(store_.replace(0, state_of(1)));
  const auto nothing = store_.wait(1, Deadline::after(std::chrono::milliseconds(20)));
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
  EXPECT_EQ((*store_.wait(0, Deadline::never()))->version, 1U);
  FileStateStore other(folder_.path());
  for (FileStateStore* writer : {&store_, &other}) {
    const std::uint64_t before = stored(store_).version;
    const std::jthread late([&] { EXPECT_TRUE(writer->replace(before, state_of(5))); });
    const auto news = store_.wait(before, Deadline::after(std::chrono::seconds(30)));
    ASSERT_TRUE(news);
    ASSERT_TRUE(*news);
    EXPECT_EQ((*news)->version, before + 1);
  }
}

TEST_F(FileStateStoreTest, AFileThatWentBackIsNotBelieved) {
  ASSERT_TRUE(store_.replace(0, state_of(1)));
  const auto old = read_file(file());
  ASSERT_TRUE(store_.replace(1, state_of(2)));
  ASSERT_TRUE(store_.replace(2, state_of(3)));
  ASSERT_TRUE(write_file_atomically(file(), *old));
  EXPECT_EQ(stored(store_).active.number, 3U);
  std::filesystem::remove(file());
  EXPECT_EQ(stored(store_).active.number, 3U);
  const auto next = store_.replace(3, state_of(4));
  ASSERT_TRUE(next) << next.error().message;
  FileStateStore other(folder_.path());
  EXPECT_EQ(stored(other).version, 4U);
}

TEST_F(FileStateStoreTest, DamageIsAnErrorAndNotAnEmptyIndex) {
  ASSERT_TRUE(write_file_atomically(file(), "{\"version\": 3"));
  const auto state = store_.read();
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, ErrorCode::DataLoss);
  EXPECT_THAT(state.error().message, HasSubstr("state.json"));
  EXPECT_FALSE(store_.replace(0, state_of(1)));
}

TEST_F(FileStateStoreTest, RefusesAStateOverItsLimit) {
  IndexState state = state_of(1);
  state.changes.push_back({"2026-01-31T12:00:00Z", "ops", std::string(IndexState::bytes_max, 'x'), ""});
  const auto refused = store_.replace(0, state);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
  EXPECT_FALSE(store_.read().value());
}

TEST_F(FileStateStoreTest, RankingVersionsAreWrittenOnce) {
  EXPECT_THAT(store_.rankings().value(), IsEmpty());
  EXPECT_EQ(store_.ranking(1).error().code, ErrorCode::NotFound);
  ASSERT_TRUE(store_.add_ranking(2, "{\"a\":1}"));
  ASSERT_TRUE(store_.add_ranking(10, "{}"));
  const auto taken = store_.add_ranking(2, "{}");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::Conflict);
  EXPECT_EQ(store_.add_ranking(0, "{}").error().code, ErrorCode::InvalidArgument);
  EXPECT_TRUE(store_.add_ranking(11, std::string(IndexState::bytes_max, ' ')));
  EXPECT_EQ(store_.add_ranking(12, std::string(IndexState::bytes_max + 1, ' ')).error().code,
            ErrorCode::TooLarge);
  ASSERT_TRUE(write_file_atomically(folder_.path() / "ranking" / "notes.json", "{}"));
  FileStateStore other(folder_.path());
  EXPECT_THAT(other.rankings().value(), ElementsAre(2, 10, 11));
  EXPECT_EQ(other.ranking(2).value(), "{\"a\":1}");
}

}  // namespace
}  // namespace aisle::test
