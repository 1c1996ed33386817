#include "query/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/catalogue.h"

namespace aisle {
namespace {

constexpr std::string_view schema_text = R"({
  "index": "shop", "id": "id", "language": "en",
  "fields": {"notes": {"type": "text", "search": true}, "title": {"type": "text", "search": true}},
  "source": {"type": "file", "path": "p.jsonl"}})";

std::shared_ptr<const Statistics> sample(const test::Catalogue& shop) {
  return shop.statistics(shop.upserts({R"({"id": "1", "title": "red pan", "notes": "pan"})",
                                       R"({"id": "2", "title": "pan", "notes": "red lid"})",
                                       R"({"id": "3", "title": "blue pan set"})"}));
}

TEST(Statistics, LogarithmIsExactAtEveryStep) {
  EXPECT_EQ(log2_fixed(1), 0U);
  EXPECT_EQ(log2_fixed(std::uint64_t{1} << 63U), 63U * 256);
  EXPECT_EQ(log2_fixed(~std::uint64_t{0}), 64U * 256 - 1);
  for (std::uint32_t step = 1; step < 40 * 256; ++step) {
    // the first whole number at or above 2^(step / 256), and the one before
    const auto at = static_cast<std::uint64_t>(std::ceil(std::exp2(static_cast<long double>(step) / 256)));
    for (const std::uint64_t x : {at - 1, at, at + 1}) {
      if (x == 0) continue;
      const auto exact = static_cast<std::uint32_t>(std::floor(std::log2(static_cast<long double>(x)) * 256));
      ASSERT_EQ(log2_fixed(x), exact) << x;
    }
  }
}

TEST(Statistics, CountsATermInTheFieldThatHoldsItMost) {
  const test::Catalogue shop(schema_text);
  const auto statistics = sample(shop);
  EXPECT_EQ(statistics->documents(), 3U);
  EXPECT_EQ(statistics->frequency("pan"), 3U);
  EXPECT_EQ(statistics->frequency("red"), 0U) << "one in each field: as good as unknown";
  EXPECT_EQ(statistics->frequency("nothing"), 0U);
  EXPECT_EQ(statistics->inverse_frequency("pan"), 256U) << "a word of every product tells the least";
  EXPECT_EQ(statistics->inverse_frequency("red"), 256U + 256U) << "log2(4 / 2) + 1";
  EXPECT_EQ(statistics->inverse_frequency("red"), statistics->inverse_frequency("nothing"));
  EXPECT_EQ(statistics->mean_length(shop.field("title")), (2 + 1 + 3) * 256U / 3);
  EXPECT_EQ(statistics->mean_length(shop.field("notes")), (1 + 2) * 256U / 2) << "where the field is present";
}

TEST(Statistics, OfNothingAreStillUsable) {
  const test::Catalogue shop(schema_text);
  const auto none = Statistics::collect({}, *shop.context());
  EXPECT_EQ(none->documents(), 0U);
  EXPECT_GE(none->inverse_frequency("pan"), 256U);
  EXPECT_EQ(none->mean_length(0), 256U);
  EXPECT_EQ(none->mean_length(77), 256U);
}

TEST(Statistics, AreTheSameForAnyNumberOfShards) {
  const test::Catalogue shop(schema_text);
  const std::vector<Op> ops =
      shop.upserts({R"({"id": "1", "title": "red pan"})", R"({"id": "2", "title": "pan"})",
                    R"({"id": "3", "title": "blue pan"})", R"({"id": "4", "title": "red lid"})"});
  const auto one = Statistics::collect(shop.grow(ops, 1).shards, *shop.context());
  for (const std::uint32_t shards : {2U, 5U}) {
    EXPECT_EQ(Statistics::collect(shop.grow(ops, shards).shards, *shop.context())->hash(), one->hash());
  }
}

TEST(Statistics, ComeBackFromTheirBytes) {
  const test::Catalogue shop(schema_text);
  const auto statistics = sample(shop);
  const auto decoded = Statistics::decode(statistics->encode());
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ((*decoded)->hash(), statistics->hash());
  EXPECT_EQ((*decoded)->encode(), statistics->encode());
  EXPECT_EQ((*decoded)->frequency("pan"), 3U);
  EXPECT_EQ((*decoded)->mean_length(1), statistics->mean_length(1));
}

TEST(Statistics, ThoseOfAFormerVersionAreTold) {
  const auto former = Statistics::decode("aisle-statistics-1 and more");
  ASSERT_FALSE(former);
  EXPECT_EQ(former.error().code, ErrorCode::FailedPrecondition);
}

TEST(Statistics, DamagedBytesAreRefusedOrHarmless) {
  const test::Catalogue shop(schema_text);
  const std::string good = sample(shop)->encode();
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = Statistics::decode(std::string_view(good).substr(0, size));
    ASSERT_FALSE(cut) << size << " bytes of " << good.size();
    ASSERT_EQ(cut.error().code, ErrorCode::DataLoss);
  }
  ASSERT_FALSE(Statistics::decode(good + "x"));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      const auto decoded = Statistics::decode(bad);
      if (!decoded) continue;  // what is left are other numbers, in range
      ASSERT_GE((*decoded)->mean_length(0), 256U);
      ASSERT_GE((*decoded)->inverse_frequency("pan"), 256U);
      ASSERT_NE((*decoded)->hash(), sample(shop)->hash());
    }
  }
}

}  // namespace
}  // namespace aisle
