#include "base/utc_time.h"

#include <gtest/gtest.h>

namespace aisle::test {
namespace {

TEST(UtcTime, ComesBackAsItWasWritten) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2026-01-31T12:34:56Z", "2024-02-29T23:59:59Z"}) {
    const auto time = parse_utc(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(utc_text(*time), text);
  }
  EXPECT_EQ(parse_utc("1970-01-02T00:00:01Z")->time_since_epoch().count(), 86'401);
  EXPECT_EQ(parse_utc(utc_text(utc_now()) + " "), std::nullopt);
}

TEST(UtcTime, OtherSpellingsAreNoTime) {
  for (const char* text :
       {"", "2026-01-31", "2026-01-31 12:34:56Z", "2026-01-31T12:34:56", "2026-02-30T00:00:00Z",
        "2026-01-31T24:00:00Z", "2026-13-01T00:00:00Z", "2o26-01-31T12:34:56Z"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

}  // namespace
}  // namespace aisle::test
