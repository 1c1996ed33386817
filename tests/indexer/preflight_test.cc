#include "indexer/postgres/preflight.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "indexer/postgres/setup.h"
#include "tests/support/eventually.h"
#include "tests/support/shop_feed.h"

namespace aisle {
namespace {

class PreflightTest : public test::ShopFeedTest {
 protected:
  // "CODE severity" of everything but the hints about a source never used before.
  std::vector<std::string> found(const std::string& connection = "") {
    findings_ = check_source(schema_, connection.empty() ? conninfo() : connection);
    std::vector<std::string> out;
    for (const Finding& finding : findings_) {
      if (finding.severity == FindingSeverity::Info) continue;
      out.push_back(std::string(finding_name(finding.code)) + " " +
                    std::string(severity_name(finding.severity)));
    }
    return out;
  }
  using Names = std::vector<std::string>;
  std::vector<Finding> findings_;
};

TEST_F(PreflightTest, HealthySourceHasNothingToComplainAbout) {
  fill(5);
  EXPECT_EQ(found(), Names{});
  EXPECT_TRUE(has_code(findings_, FindingCode::PublicationMissing));
  EXPECT_TRUE(has_code(findings_, FindingCode::SlotMissing));
  ASSERT_TRUE(create_publication_and_slot(source(), conninfo()));
  ASSERT_TRUE(create_publication_and_slot(source(), conninfo()));  // again: nothing to do
  EXPECT_EQ(found(), Names{});
  EXPECT_TRUE(findings_.empty());
  ASSERT_TRUE(drop_publication_and_slot(source(), conninfo()));
  EXPECT_EQ(value("SELECT count(*) FROM pg_replication_slots") + value("SELECT count(*) FROM pg_publication"),
            "00");
}

TEST_F(PreflightTest, PublicationNamesExactlyTheTablesOfTheSchema) {
  sql("CREATE TABLE secrets (id int)");
  ASSERT_TRUE(create_publication_and_slot(source(), conninfo()));
  EXPECT_EQ(value("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_publication_tables"),
            "brands prices products variants");
}

TEST_F(PreflightTest, MissingTableAndColumnAreNamed) {
  sql("DROP TABLE variants; ALTER TABLE prices RENAME COLUMN product_id TO product");
  EXPECT_EQ(found(), (Names{"COLUMN_MISSING error", "TABLE_MISSING error", "QUERY_FAILED error"}));
}

TEST_F(PreflightTest, F20_TableWithoutPrimaryKeyIsRefusedBeforeItIsPublished) {
  sql("ALTER TABLE brands DROP CONSTRAINT brands_pkey");
  EXPECT_EQ(found(), Names{"NO_IDENTITY error"});
}

TEST_F(PreflightTest, F21_IdentityWithoutTheLinkColumnIsAWarningWithItsRemedy) {
  sql("ALTER TABLE variants REPLICA IDENTITY DEFAULT");
  ASSERT_EQ(found(), Names{"WEAK_IDENTITY warning"});
  const auto weak = std::find_if(findings_.begin(), findings_.end(),
                                 [](const Finding& f) { return f.code == FindingCode::WeakIdentity; });
  sql(weak->fix);
  EXPECT_EQ(found(), Names{});
}

TEST_F(PreflightTest, IdWhoseTextIsNotTheRootTablesIdIsRefused) {
  fill(5);
  source().document_query = "SELECT 'p' || p.id AS id FROM products p WHERE p.id = ANY($1)";
  EXPECT_EQ(found(), Names{"ID_MISMATCH error"});
}

TEST_F(PreflightTest, QueriesMayCompareTextOrTheIdsOwnType) {
  fill(5);
  for (const char* condition : {"p.id = ANY($1)", "p.id::text = ANY($1)", "p.id = ANY($1::bigint[])"}) {
    source().document_query = "SELECT p.id FROM products p WHERE " + std::string(condition);
    EXPECT_EQ(found(), Names{}) << condition;
  }
}

TEST_F(PreflightTest, QueryThatReadsTheWholeTableIsAWarning) {
  sql("INSERT INTO products SELECT i, 'x', NULL, 1 FROM generate_series(1, 30000) i; ANALYZE products");
  EXPECT_EQ(found(), Names{});
  source().document_query = "SELECT p.id FROM products p WHERE p.id::text = ANY($1)";
  EXPECT_EQ(found(), Names{"SLOW_QUERY warning"});
}

TEST_F(PreflightTest, RightsAreToldApart) {
  sql("CREATE ROLE reader LOGIN; GRANT SELECT ON products, brands, variants TO reader");
  EXPECT_EQ(found("user=reader " + conninfo().substr(0, conninfo().find(" user=")) + " dbname=" + database_),
            (Names{"REPLICATION_FAILED error", "SELECT_DENIED error", "SELECT_DENIED error"}));
  sql("DROP OWNED BY reader; DROP ROLE reader");
}

TEST_F(PreflightTest, UnreachableServerIsAFindingWithoutThePassword) {
  const std::string connection = "host=/nowhere/at/all user=u password=hush dbname=shop";
  EXPECT_EQ(found(connection), Names{"CONNECTION_FAILED error"});
  EXPECT_EQ(findings_[0].message.find("hush"), std::string::npos);
  EXPECT_EQ(found("password=hush lost words"), Names{"CONNECTION_FAILED error"});
  EXPECT_EQ(findings_[0].message.find("words"), std::string::npos);
}

TEST_F(PreflightTest, F32_SlotThatWaitsForAnOpenTransactionNamesItsProcess) {
  test::SqlSession other(conninfo());
  other.exec("BEGIN; INSERT INTO brands VALUES (99, 'open')");
  const std::string pid = other.value("SELECT pg_backend_pid()");
  const Status status = create_publication_and_slot(source(), conninfo(), std::chrono::milliseconds(300));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::DeadlineExceeded);
  EXPECT_NE(status.error().message.find("pid " + pid), std::string::npos) << status.error().message;
  other.exec("ROLLBACK");
  EXPECT_TRUE(create_publication_and_slot(source(), conninfo()));
}

}  // namespace
}  // namespace aisle
