#include "indexer/postgres/source_identity.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

SourceState healthy() {
  SourceState now;
  now.identity = {"7000", 3, "aisle_products", "abc", "bigint"};
  now.flushed = 1'000;
  now.database = "shop";
  now.slot = SlotState{"pgoutput", "shop", "reserved", 900, 800, 0};
  return now;
}

const SourceIdentity known = {"7000", 3, "aisle_products", "abc", "bigint"};

// The only code found and its severity, "" for none.
std::string found(const SourceState& now, Lsn index_lsn = 950) {
  std::string out;
  for (const Finding& finding : compare_source(known, index_lsn, now)) {
    out += (out.empty() ? "" : ", ") + std::string(finding_name(finding.code)) + " " +
           std::string(severity_name(finding.severity));
    EXPECT_FALSE(finding.message.empty());
  }
  return out;
}

TEST(SourceIdentity, SurvivesAsAMark) {
  EXPECT_EQ(SourceIdentity::parse(known.text()), known);
  const SourceIdentity older = {"7000", 3, "aisle_products", "abc", ""};  // written before the type was kept
  EXPECT_EQ(SourceIdentity::parse(older.text()), older);
  EXPECT_EQ(SourceIdentity::parse(""), std::nullopt);
  EXPECT_EQ(SourceIdentity::parse("7000 x slot pub"), std::nullopt);
}

TEST(SourceIdentity, SameSourceHasNoFindings) {
  EXPECT_EQ(found(healthy()), "");
}

TEST(SourceIdentity, PositionsThatDoNotFitAreGaps) {
  SourceState now = healthy();
  EXPECT_EQ(found(now, 900), "");
  EXPECT_EQ(found(now, 899), "SLOT_AHEAD resync");
  EXPECT_EQ(found(now, 1'000), "");
  EXPECT_EQ(found(now, 1'001), "DATABASE_RESTORED error");
}

TEST(SourceIdentity, ClusterAndTimelineAreCompared) {
  SourceState now = healthy();
  now.identity.system_id = "7001";
  EXPECT_EQ(found(now), "WRONG_CLUSTER error");
  now = healthy();
  now.identity.timeline = 4;
  EXPECT_EQ(found(now), "NEW_TIMELINE resync");
  now.identity.timeline = 2;
  EXPECT_EQ(found(now), "OLD_TIMELINE error");
  now.identity.timeline = 4;  // what the promoted standby had not got is mended by the resync
  EXPECT_EQ(found(now, 1'001), "NEW_TIMELINE resync");
}

TEST(SourceIdentity, SlotIsLookedAt) {
  SourceState now = healthy();
  now.slot->wal_status = "lost";
  EXPECT_EQ(found(now), "SLOT_LOST resync");
  now.slot->wal_status = "unreserved";
  EXPECT_EQ(found(now), "SLOT_UNRESERVED warning");
  now = healthy();
  now.slot->plugin = "test_decoding";
  EXPECT_EQ(found(now), "SLOT_FOREIGN error");
  now = healthy();
  now.slot->active_pid = 42;
  EXPECT_EQ(found(now), "SLOT_ACTIVE info");
  now.slot.reset();
  EXPECT_EQ(found(now), "SLOT_MISSING resync");
}

TEST(SourceIdentity, PublicationMadeAnewIsAGap) {
  SourceState now = healthy();
  now.identity.publication = "def";
  EXPECT_EQ(found(now), "PUBLICATION_CHANGED resync");
}

TEST(SourceIdentity, NewIndexHasNothingToCompare) {
  SourceState now = healthy();
  EXPECT_TRUE(compare_source(std::nullopt, 0, now).empty());
  now.slot.reset();
  const auto findings = compare_source(std::nullopt, 0, now);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, FindingSeverity::Info);
}

}  // namespace
}  // namespace aisle
