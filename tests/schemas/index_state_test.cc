#include "schemas/index_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle::test {
namespace {

TEST(IndexState, ComesBackAsItWasWritten) {
  IndexState state;
  state.version = 7;
  state.change_id = "a1";
  state.active = {4, 2, "00ff", 3};
  state.previous = GenerationRef{3, 1, "00fe", 3};
  state.last_generation = 6;
  state.switched_at = "2026-01-31T12:00:00Z";
  state.ranking = 12;
  state.previous_ranking = 11;
  state.min_coverage = 0.75;
  state.changes = {{"2026-01-31T12:00:00Z", "ops", "switch 3 -> 4", "new brand field"}};
  const auto read = decode_state(encode_state(state));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, state);
}

TEST(IndexState, DamageIsToldWithItsPlace) {
  const auto unknown = decode_state(R"({"version": 1, "change_id": "a", "active": {"number": 1, "shards": 1,
      "schema_hash": "x", "analyzer_version": 1}, "activ": 1})");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::DataLoss);
  EXPECT_THAT(unknown.error().message, ::testing::HasSubstr("/activ"));
  EXPECT_FALSE(decode_state("{}"));
  EXPECT_FALSE(decode_state("[]"));
  EXPECT_FALSE(decode_state(""));
}

}  // namespace
}  // namespace aisle::test
