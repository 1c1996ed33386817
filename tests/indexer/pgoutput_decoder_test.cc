#include "indexer/postgres/pgoutput_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "indexer/postgres/replication_protocol.h"
#include "tests/support/postgres_server.h"

namespace aisle {
namespace {

using test::PostgresServer;
using test::SqlSession;

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

// Runs `changes` in a database of its own and returns the messages that the server makes of them.
std::vector<std::string> captured(const std::string& tables, const std::string& changes) {
  PostgresServer& server = PostgresServer::shared();
  SqlSession sql(server.conninfo(server.create_database()));
  sql.exec(tables);
  sql.exec("CREATE PUBLICATION p FOR ALL TABLES");
  sql.exec("SELECT pg_create_logical_replication_slot('decoder', 'pgoutput')");
  sql.exec(changes);
  std::vector<std::string> out;
  for (const auto& row :
       sql.query("SELECT encode(data, 'hex') FROM pg_logical_slot_get_binary_changes('decoder', "
                 "NULL, NULL, 'proto_version', '1', 'publication_names', 'p', 'messages', 'true')")) {
    out.push_back(from_hex(row[0]));
  }
  sql.exec("SELECT pg_drop_replication_slot('decoder')");
  return out;
}

std::string letters(const std::vector<std::string>& messages) {
  std::string out;
  for (const std::string& message : messages) out.push_back(message.front());
  return out;
}

template <class Message>
Message decode_as(const std::string& bytes) {
  const auto message = decode_pgoutput(bytes);
  EXPECT_TRUE(message) << message.error().message;
  return std::get<Message>(*message);
}

class PgoutputDecoderOnServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = PostgresServer::unavailable(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(PgoutputDecoderOnServerTest, ReadsATransactionAsTheServerSendsIt) {
  const auto messages = captured("CREATE TABLE t (id int PRIMARY KEY, name text, note text)",
                                 "INSERT INTO t VALUES (7, 'größe', NULL)");
  ASSERT_EQ(letters(messages), "BRIC");
  const auto begin = decode_as<BeginMessage>(messages[0]);
  const auto relation = decode_as<RelationMessage>(messages[1]);
  const auto insert = decode_as<InsertMessage>(messages[2]);
  const auto commit = decode_as<CommitMessage>(messages[3]);
  EXPECT_GT(begin.xid, 0U);
  EXPECT_EQ(begin.final_lsn, commit.commit_lsn);
  EXPECT_GT(commit.end_lsn, commit.commit_lsn);
  EXPECT_EQ(relation.schema, "public");
  EXPECT_EQ(relation.table, "t");
  ASSERT_EQ(relation.columns.size(), 3U);
  EXPECT_TRUE(relation.columns[0].key);
  EXPECT_FALSE(relation.columns[1].key);
  EXPECT_EQ(relation.columns[2].name, "note");
  ASSERT_EQ(insert.row.size(), 3U);
  EXPECT_EQ(insert.oid, relation.oid);
  EXPECT_EQ(insert.row[0].text, "7");
  EXPECT_EQ(insert.row[1].text, "größe");
  EXPECT_EQ(insert.row[2].kind, TupleValueKind::Null);
}

TEST_F(PgoutputDecoderOnServerTest, TellsUnchangedLargeValuesFromNull) {
  const auto messages = captured(
      "CREATE TABLE t (id int PRIMARY KEY, name text, body text);"
      "ALTER TABLE t ALTER body SET STORAGE EXTERNAL; INSERT INTO t VALUES (1, 'a', repeat('x', 9000))",
      "UPDATE t SET name = 'b'");
  const auto update = decode_as<UpdateMessage>(messages.at(2));
  EXPECT_FALSE(update.has_old);
  EXPECT_EQ(update.row[1].text, "b");
  EXPECT_EQ(update.row[2].kind, TupleValueKind::Unchanged);
}

TEST_F(PgoutputDecoderOnServerTest, ReadsOldKeysAndWholeOldRows) {
  const std::string table = "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'a')";
  const auto by_key = captured(table, "UPDATE t SET id = 2; DELETE FROM t");
  const auto update = decode_as<UpdateMessage>(by_key.at(2));
  ASSERT_TRUE(update.has_old);
  EXPECT_EQ(update.old[0].text, "1");
  EXPECT_EQ(update.old[1].kind, TupleValueKind::Null);  // not null in the table: only the key was sent
  EXPECT_EQ(decode_as<DeleteMessage>(by_key.at(3)).old[0].text, "2");

  const auto whole = captured(table + "; ALTER TABLE t REPLICA IDENTITY FULL", "UPDATE t SET name = 'b'");
  EXPECT_TRUE(decode_as<RelationMessage>(whole.at(1)).columns[1].key);
  EXPECT_EQ(decode_as<UpdateMessage>(whole.at(2)).old[1].text, "a");
}

TEST_F(PgoutputDecoderOnServerTest, ReadsTruncatesAndMessages) {
  const auto messages = captured("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY)",
                                 "SELECT pg_logical_emit_message(false, 'aisle', 'outside');"
                                 "BEGIN; TRUNCATE a, b RESTART IDENTITY;"
                                 "SELECT pg_logical_emit_message(true, 'aisle', 'inside'); COMMIT");
  ASSERT_EQ(letters(messages), "MBRRTMC");
  EXPECT_EQ(decode_as<TruncateMessage>(messages[4]).oids.size(), 2U);
  EXPECT_TRUE(decode_as<LogicalMessage>(messages[5]).transactional);
  const auto outside = decode_as<LogicalMessage>(messages[0]);
  EXPECT_FALSE(outside.transactional);
  EXPECT_EQ(outside.prefix, "aisle");
  EXPECT_EQ(outside.content, "outside");
}

std::vector<std::filesystem::path> corpus() {
  std::vector<std::filesystem::path> out;
  for (const auto& file :
       std::filesystem::directory_iterator(AISLE_SOURCE_DIR "/tests/fuzz/corpus/pgoutput")) {
    out.push_back(file.path());
  }
  return out;
}

TEST(PgoutputDecoder, EveryCutOfACapturedMessageIsRefused) {
  std::size_t messages = 0;
  for (const auto& file : corpus()) {
    const std::string bytes = read_file(file).value();
    const auto whole = decode_pgoutput(bytes);
    if (!whole || std::holds_alternative<IgnoredMessage>(*whole)) continue;
    ++messages;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const std::string cut = bytes.substr(0, length);
      EXPECT_FALSE(decode_pgoutput(cut)) << file << " cut to " << length;
    }
    EXPECT_FALSE(decode_pgoutput(bytes + "x")) << file << " and a byte";
  }
  EXPECT_GE(messages, 8U);
}

TEST(PgoutputDecoder, UnknownLettersAreSkippedAndKnownUselessOnesToldApart) {
  const auto unknown = decode_pgoutput("?abc");
  const auto origin = decode_pgoutput(std::string("O\0\0\0\0\0\0\0\0x\0", 11));
  ASSERT_TRUE(unknown && origin);
  EXPECT_FALSE(std::get<IgnoredMessage>(*unknown).known);
  EXPECT_TRUE(std::get<IgnoredMessage>(*origin).known);
}

TEST(PgoutputDecoder, CountsAndLengthsBeyondTheBytesAreRefused) {
  EXPECT_FALSE(decode_pgoutput(std::string("I\0\0\0\1N\xFF\xFF", 8)));                // 65,535 columns
  EXPECT_FALSE(decode_pgoutput(std::string("I\0\0\0\1N\0\1t\xFF\xFF\xFF\xFF", 13)));  // 4 GiB of text
  EXPECT_FALSE(decode_pgoutput(std::string("T\xFF\xFF\xFF\xFF\0", 6)));               // 4 G tables
  EXPECT_FALSE(decode_pgoutput(std::string("I\0\0\0\1N\0\1b\0\0\0\1x", 14)));  // binary, never asked for
  EXPECT_FALSE(decode_pgoutput(""));
}

TEST(ReplicationProtocol, FramesAreReadAndStatusIsWritten) {
  const std::string data_frame = "w" + std::string(24, '\0') + "payload";  // what is decoded points into it
  const std::string keepalive_frame = std::string("k\0\0\0\0\0\0\1\2", 9) + std::string(8, '\0') + "\x01";
  const auto data = decode_replication_frame(data_frame);
  const auto keepalive = decode_replication_frame(keepalive_frame);
  ASSERT_TRUE(data && keepalive);
  EXPECT_EQ(std::get<WalData>(*data).payload, "payload");
  EXPECT_EQ(std::get<Keepalive>(*keepalive).wal_end, 0x102U);
  EXPECT_TRUE(std::get<Keepalive>(*keepalive).reply_requested);
  EXPECT_FALSE(decode_replication_frame("w short"));
  EXPECT_FALSE(decode_replication_frame("x"));
  EXPECT_EQ(encode_standby_status(0x102, 1, 0).size(), 34U);
  EXPECT_EQ(encode_standby_status(0x102, 1, 0).substr(0, 17),
            std::string("r\0\0\0\0\0\0\1\2\0\0\0\0\0\0\0\1", 17));
}

}  // namespace
}  // namespace aisle
