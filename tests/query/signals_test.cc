#include "query/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "schemas/op.h"
#include "tests/query/kitchen.h"

namespace aisle {
namespace {

constexpr std::int64_t now = 1'800'000'000;
constexpr std::int64_t day = 86400;

class Signals : public test::Kitchen {
 protected:
  Signal compiled(const SignalConfig& config) const {
    const auto signal = compile_signal(config, *shop_.schema(), "/s");
    EXPECT_TRUE(signal) << signal.error().message;
    return signal ? *signal : Signal();
  }
  std::string refusal_of(const SignalConfig& config) const {
    const auto signal = compile_signal(config, *shop_.schema(), "/s");
    return signal ? "" : signal.error().message;
  }
  static double share(const Signal& signal, std::int64_t value) {
    return static_cast<double>(signal_value(signal, value, now)) / signal_one;
  }
};

TEST_F(Signals, LinearGoesFromOneEndToTheOther) {
  const Signal price = compiled({.field = "price", .kind = SignalKind::Linear, .from = "10", .to = "20"});
  EXPECT_DOUBLE_EQ(share(price, 500), 0);
  EXPECT_DOUBLE_EQ(share(price, 1000), 0) << "the column holds cents";
  EXPECT_DOUBLE_EQ(share(price, 1500), 0.5);
  EXPECT_DOUBLE_EQ(share(price, 2000), 1);
  EXPECT_DOUBLE_EQ(share(price, 900000), 1);
  const Signal cheap = compiled({.field = "price", .kind = SignalKind::Linear, .from = "20", .to = "10"});
  EXPECT_DOUBLE_EQ(share(cheap, 1250), 0.75) << "turned round";
  EXPECT_DOUBLE_EQ(share(cheap, std::numeric_limits<std::int64_t>::max()), 0);
}

TEST_F(Signals, LogFlattensAndIsOneAtItsEnd) {
  const Signal size = compiled({.field = "size", .kind = SignalKind::Log, .to = "1023"});
  EXPECT_DOUBLE_EQ(share(size, -5), 0);
  EXPECT_DOUBLE_EQ(share(size, 0), 0);
  EXPECT_DOUBLE_EQ(share(size, 31), 0.5);
  EXPECT_DOUBLE_EQ(share(size, 1023), 1);
  EXPECT_DOUBLE_EQ(share(size, std::numeric_limits<std::int64_t>::max()), 1);
  const Signal price = compiled({.field = "price", .kind = SignalKind::Log, .to = "1023"});
  EXPECT_NEAR(share(price, 3100), 0.5, 0.0001) << "counts in whole units of a decimal";
}

TEST_F(Signals, DecayHalvesWithEachHalfLife) {
  const Signal age =
      compiled({.field = "released", .kind = SignalKind::Decay, .origin = "\"now\"", .half_life = "\"30d\""});
  EXPECT_DOUBLE_EQ(share(age, now), 1);
  EXPECT_DOUBLE_EQ(share(age, now - 30 * day), 0.5);
  EXPECT_DOUBLE_EQ(share(age, now - 60 * day), 0.25);
  EXPECT_NEAR(share(age, now - 15 * day), std::sqrt(0.5), 0.0001);
  EXPECT_DOUBLE_EQ(share(age, now + 30 * day), 0.5) << "the distance counts, to both sides";
  EXPECT_DOUBLE_EQ(share(age, now - 100000 * day), 0);
  EXPECT_DOUBLE_EQ(share(age, std::numeric_limits<std::int64_t>::max()), 0);
  const Signal near_fifty =
      compiled({.field = "price", .kind = SignalKind::Decay, .origin = "50", .half_life = "10"});
  EXPECT_DOUBLE_EQ(share(near_fifty, 6000), 0.5);
}

TEST_F(Signals, ABucketHoldsFromItsBeginningOn) {
  const Signal price =
      compiled({.field = "price", .kind = SignalKind::Bucket, .buckets = {{"0", 1}, {"100", 0.5}}});
  EXPECT_DOUBLE_EQ(share(price, -1), 0);
  EXPECT_DOUBLE_EQ(share(price, 0), 1);
  EXPECT_DOUBLE_EQ(share(price, 9999), 1);
  EXPECT_DOUBLE_EQ(share(price, 10000), 0.5);
}

TEST_F(Signals, BooleanIsAboveZeroAndMissingIsWhatTheProfileSays) {
  const Signal organic = compiled({.field = "organic", .kind = SignalKind::Boolean, .missing = 0.25});
  EXPECT_DOUBLE_EQ(share(organic, 1), 1);
  EXPECT_DOUBLE_EQ(share(organic, 0), 0);
  EXPECT_DOUBLE_EQ(share(organic, missing_number), 0.25);
}

TEST_F(Signals, TheLogarithmIsThatOfTheBook) {
  for (std::uint64_t x = 1; x < 100'000; x += 7)
    ASSERT_NEAR(static_cast<double>(log2_16(x)), std::log2(static_cast<double>(x)) * 65536, 1.01) << x;
  EXPECT_EQ(log2_16(1), 0);
  EXPECT_EQ(log2_16(std::uint64_t{1} << 63U), 63 << 16);
}

TEST_F(Signals, RisingValuesNeverFall) {
  const Signal log = compiled({.field = "size", .kind = SignalKind::Log, .to = "5000"});
  const Signal decay =
      compiled({.field = "size", .kind = SignalKind::Decay, .origin = "0", .half_life = "777"});
  for (std::int64_t x = 0; x < 20'000; ++x) {
    ASSERT_LE(signal_value(log, x, now), signal_value(log, x + 1, now)) << x;
    ASSERT_GE(signal_value(decay, x, now), signal_value(decay, x + 1, now)) << x;
  }
}

TEST_F(Signals, FieldsThatCannotCarryOneAreNamed) {
  EXPECT_EQ(refusal_of({.field = "prise", .kind = SignalKind::Boolean}),
            "/s/field is \"prise\", which the schema does not have, did you mean \"price\"?");
  EXPECT_EQ(refusal_of({.field = "brand", .kind = SignalKind::Boolean}),
            "/s/field is \"brand\", a keyword field; signals read int, decimal, bool and date fields");
  EXPECT_EQ(refusal_of({.field = "released", .kind = SignalKind::Log, .to = "5000"}),
            "/s/kind is log, which has no meaning for a date, use decay");
  EXPECT_EQ(refusal_of({.field = "price", .kind = SignalKind::Log, .to = "0"}), "/s/to is not above 0");
  EXPECT_EQ(refusal_of({.field = "price", .kind = SignalKind::Linear, .from = "1", .to = "1.001"}),
            "/s/to is equal to from")
      << "as the column rounds";
  EXPECT_EQ(refusal_of({.field = "price", .kind = SignalKind::Decay, .origin = "\"now\"", .half_life = "5"}),
            "/s/origin is \"now\", but the field holds no dates");
  EXPECT_EQ(
      refusal_of({.field = "released", .kind = SignalKind::Decay, .origin = "\"now\"", .half_life = "30"}),
      "/s/half_life is 30, expected days or hours such as \"30d\" or \"12h\"");
  EXPECT_EQ(refusal_of({.field = "price", .kind = SignalKind::Bucket, .buckets = {{"5", 1}, {"5", 0}}}),
            "/s/buckets/1/from is not above the one before it");
  EXPECT_THAT(refusal_of({.field = "price", .kind = SignalKind::Log, .to = "\"much\""}),
              testing::HasSubstr("/s/to: price is \"much\""));
}

}  // namespace
}  // namespace aisle
