#include "indexer/state_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utc_time.h"
#include "indexer/file_state_store.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {
namespace {

class StateChangeTest : public ::testing::Test {
 protected:
  void begin() {
    IndexState state;
    state.active = {1, 1, "00ff", 1};
    ASSERT_TRUE(store_.replace(0, state));
  }
  TemporaryFolder folder_;
  FileStateStore store_{folder_.path()};
};

TEST_F(StateChangeTest, DecidesAnewWhenSomebodyWasFaster) {
  begin();
  int calls = 0;
  const auto changed = change_state(store_, {"ops", "publish ranking", "spring"}, [&](IndexState& state) {
    if (++calls == 1) {  // somebody else, between reading and writing
      EXPECT_TRUE(change_state(store_, {"other", "add one"}, [](IndexState& inner) {
        inner.ranking += 1;
        return Status();
      }));
    }
    state.ranking += 10;
    return Status();
  });
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(changed->ranking, 11U);
  EXPECT_EQ(changed->version, 3U);
  ASSERT_EQ(changed->changes.size(), 2U);
  EXPECT_EQ(changed->changes[1].who, "ops");
  EXPECT_EQ(changed->changes[1].what, "publish ranking");
  EXPECT_EQ(changed->changes[1].comment, "spring");
  EXPECT_TRUE(parse_utc(changed->changes[1].at));
}

TEST_F(StateChangeTest, ARefusedEditChangesNothing) {
  EXPECT_EQ(change_state(store_, {"ops", "x"}, [](IndexState&) { return Status(); }).error().code,
            ErrorCode::NotFound);
  begin();
  const auto refused = change_state(store_, {"ops", "x"}, [](IndexState& state) -> Status {
    state.ranking = 9;
    return fail(ErrorCode::FailedPrecondition, "no");
  });
  EXPECT_EQ(refused.error().message, "no");
  EXPECT_EQ((*store_.read())->version, 1U);
}

TEST_F(StateChangeTest, KeepsTheLastLines) {
  IndexState state;
  for (std::size_t i = 0; i <= StateChange::kept_max; ++i) add_change(state, {"ops", std::to_string(i)});
  ASSERT_EQ(state.changes.size(), StateChange::kept_max);
  EXPECT_EQ(state.changes.front().what, "1");
  EXPECT_EQ(state.changes.back().what, std::to_string(StateChange::kept_max));
}

}  // namespace
}  // namespace aisle::test
