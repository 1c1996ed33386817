#include "indexer/postgres/change_collector.h"

#include <gtest/gtest.h>

namespace aisle {
namespace {

std::string number(std::uint64_t value, int width) {
  std::string out;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> static_cast<unsigned>(shift)));
  }
  return out;
}

std::string begin(std::uint32_t xid) {
  return "B" + number(100, 8) + number(0, 8) + number(xid, 4);
}
std::string commit(Lsn end) {
  return "C" + number(0, 1) + number(end - 1, 8) + number(end, 8) + number(0, 8);
}

// Columns as "id" or, when part of the identity, "*id".
std::string relation(std::uint32_t oid, const std::string& table, const std::vector<std::string>& columns) {
  std::string out = "R" + number(oid, 4) + "public" + '\0' + table + '\0' + "d" + number(columns.size(), 2);
  for (std::string column : columns) {
    const bool key = column.front() == '*';
    if (key) column.erase(0, 1);
    out += number(key ? 1 : 0, 1) + column + '\0' + number(25, 4) + number(0, 4);
  }
  return out;
}

// "~" is an unchanged value, "" a null.
std::string tuple(const std::vector<std::string>& values) {
  std::string out = number(values.size(), 2);
  for (const std::string& value : values) {
    out += value == "~" ? "u" : value.empty() ? "n" : "t" + number(value.size(), 4) + value;
  }
  return out;
}

PostgresSource source() {
  PostgresSource source;
  source.root_table = "public.products";
  source.tables = {{.table = "public.variants", .root_column = "product_id", .path_query = ""},
                   {.table = "public.brands", .root_column = "", .path_query = "SELECT 1"}};
  return source;
}

class ChangeCollectorTest : public ::testing::Test {
 protected:
  void add(const std::string& message) {
    const Status status = collector_.add(message);
    EXPECT_TRUE(status) << status.error().message;
  }
  // One transaction with the given messages, after the relations.
  ChangeWindow window(const std::vector<std::string>& messages) {
    add(begin(7));
    add(relation(1, "products", {"*id", "title"}));
    add(relation(2, "variants", {"*id", "product_id"}));
    for (const std::string& message : messages) add(message);
    add(commit(200));
    return collector_.take();
  }
  ChangeCollector collector_{followed_tables(source()), 3};
};

TEST_F(ChangeCollectorTest, KeysOfAWholeTransactionComeWithItsIdAndPosition) {
  const ChangeWindow seen =
      window({"I" + number(1, 4) + "N" + tuple({"5", "x"}), "I" + number(2, 4) + "N" + tuple({"50", "9"})});
  EXPECT_EQ(seen.tables[0].keys, KeySet({"5"}));
  EXPECT_EQ(seen.tables[1].keys, KeySet({"9"}));
  EXPECT_EQ(seen.xids, std::vector<std::uint32_t>{7});
  EXPECT_EQ(seen.end_lsn, 200U);
}

TEST_F(ChangeCollectorTest, ChangedKeyMakesOldAndNewDirty) {
  const ChangeWindow seen = window({"U" + number(1, 4) + "K" + tuple({"5", ""}) + "N" + tuple({"6", "~"})});
  EXPECT_EQ(seen.tables[0].keys, KeySet({"5", "6"}));
}

TEST_F(ChangeCollectorTest, OldRowIsReadOnlyInItsIdentity) {
  // product_id is no part of the identity here: what stands in the old tuple is not to be believed.
  const ChangeWindow seen = window({"D" + number(2, 4) + "K" + tuple({"50", "1"})});
  EXPECT_TRUE(seen.tables[1].keys.empty());
  EXPECT_TRUE(seen.tables[1].lost_parents);
  EXPECT_EQ(seen.xids.size(), 1U);
}

TEST_F(ChangeCollectorTest, FullIdentityNamesTheProductThatWasLeft) {
  add(begin(7));
  add(relation(2, "variants", {"*id", "*product_id"}));
  add("U" + number(2, 4) + "O" + tuple({"50", "1"}) + "N" + tuple({"50", "2"}));
  add(commit(200));
  EXPECT_EQ(collector_.take().tables[1].keys, KeySet({"1", "2"}));
}

TEST_F(ChangeCollectorTest, KeysBeyondTheLimitBecomeAScanOfEverything) {
  std::vector<std::string> messages;
  for (const char* id : {"1", "2", "3"}) messages.push_back("I" + number(1, 4) + "N" + tuple({id, "x"}));
  EXPECT_EQ(window(messages).tables[0].rescan_reason, "");
  messages.push_back("I" + number(1, 4) + "N" + tuple({"4", "x"}));
  const ChangeWindow over = window(messages);
  EXPECT_EQ(over.tables[0].rescan_reason, "more than 3 rows of public.products changed at once");
  EXPECT_TRUE(over.tables[0].keys.empty());
}

TEST_F(ChangeCollectorTest, TruncatesAreToldApart) {
  EXPECT_TRUE(window({"T" + number(1, 4) + number(0, 1) + number(1, 4)}).tables[0].truncated);
  const ChangeWindow child = window({"T" + number(1, 4) + number(0, 1) + number(2, 4)});
  EXPECT_FALSE(child.tables[0].truncated);
  EXPECT_TRUE(child.tables[1].truncated);
}

TEST_F(ChangeCollectorTest, RowsWithoutTheFollowedColumnBecomeAScan) {
  add(begin(8));
  add(relation(3, "brands", {"*number", "name"}));
  add(commit(300));
  EXPECT_EQ(collector_.take().tables[2].rescan_reason, "column id is missing in rows of public.brands");
}

TEST_F(ChangeCollectorTest, TablesThatAreNotFollowedAreIgnored) {
  const ChangeWindow seen = window({relation(9, "orders", {"*id"}), "I" + number(9, 4) + "N" + tuple({"1"}),
                                    "I" + number(77, 4) + "N" + tuple({"1"})});
  EXPECT_EQ(seen.key_count, 0U);
  EXPECT_TRUE(seen.xids.empty());
  EXPECT_EQ(seen.end_lsn, 200U);
}

TEST_F(ChangeCollectorTest, KeepaliveInsideATransactionDoesNotMoveThePosition) {
  add(begin(7));
  collector_.keepalive(500);
  EXPECT_EQ(collector_.window().end_lsn, 0U);
  add(commit(200));
  collector_.keepalive(500);
  EXPECT_EQ(collector_.window().end_lsn, 500U);
}

TEST_F(ChangeCollectorTest, MessagesOutOfOrderAreRefused) {
  EXPECT_FALSE(collector_.add(commit(10)));
  add(begin(1));
  EXPECT_FALSE(collector_.add(begin(2)));
}

}  // namespace
}  // namespace aisle
