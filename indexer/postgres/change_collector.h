// From replication messages to dirty keys: which rows of which followed tables changed, in whole
// transactions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "indexer/postgres/pgoutput_decoder.h"
#include "schemas/index_schema.h"
#include "schemas/op.h"

namespace aisle {

// A table of the schema and the one column of it whose values are the dirty keys.
struct FollowedTable {
  std::string schema;
  std::string table;
  std::string column;      // the product's id, or the key a path query takes
  std::string path_query;  // "" when `column` already is the product's id
  bool root = false;
  bool only_volatile = false;

  std::string name() const { return schema + "." + table; }
  std::string sql_name() const;  // quoted
};
// The root table first, then the joined ones in the order of the schema.
std::vector<FollowedTable> followed_tables(const PostgresSource& source);
// Where `tables` has that table with that column, appended when it is nowhere: several indexes share a
// stream.
std::size_t place_of(const FollowedTable& table, std::vector<FollowedTable>& tables);

using KeySet = std::unordered_set<std::string>;

// What happened to one followed table.
struct TableChanges {
  KeySet keys;
  bool truncated = false;
  std::string rescan_reason;  // not empty: the keys do not tell everything, all products are to be read
  bool lost_parents = false;  // a row left a product that the old row did not name
};

// What a number of whole transactions changed.
struct ChangeWindow {
  std::vector<TableChanges> tables;  // by position in the collector's tables
  std::vector<std::uint32_t> xids;   // of the transactions that changed any of them; empty: nothing to read
  std::size_t key_count = 0;         // additions, not distinct keys: an upper bound
  Lsn end_lsn = 0;                   // of the last commit or keepalive
  std::int64_t commit_time = 0;      // of the last commit; microseconds since 2000-01-01 UTC
  std::size_t transactions = 0;
};

// Not thread-safe.
class ChangeCollector {
 public:
  ChangeCollector(std::vector<FollowedTable> tables, std::size_t keys_per_table_max);

  // DataLoss when the message cannot be decoded or comes out of order: the connection is to be made anew.
  Status add(std::string_view payload);
  // Everything before `end` has been sent. Ignored inside a transaction.
  void keepalive(Lsn end);

  bool in_transaction() const { return in_transaction_; }
  const ChangeWindow& window() const { return window_; }
  // Outside a transaction: what was collected; starts an empty window.
  ChangeWindow take();

  // Whether a relation of a followed table was announced since the last call: time to look at the
  // publication.
  bool take_relation_seen();

 private:
  struct BoundColumn {
    std::size_t table = 0;   // in tables_
    std::size_t column = 0;  // in the tuple
    bool in_old_tuple = false;
  };

  void on(const BeginMessage& message);
  void on(const CommitMessage& message);
  void on(const RelationMessage& message);
  void on(const InsertMessage& message);
  void on(const UpdateMessage& message);
  void on(const DeleteMessage& message);
  void on(const TruncateMessage& message);
  void on(const LogicalMessage&) {}
  void on(const IgnoredMessage& message);

  void add_key(std::size_t table, std::string_view key);
  void rescan(std::size_t table, const std::string& reason);
  const std::vector<BoundColumn>& bound(std::uint32_t oid) const;

  const std::vector<FollowedTable> tables_;
  const std::size_t keys_per_table_max_;
  std::unordered_map<std::uint32_t, std::vector<BoundColumn>> relations_;
  ChangeWindow window_;
  std::uint32_t xid_ = 0;
  bool in_transaction_ = false;
  bool transaction_has_keys_ = false;
  bool relation_seen_ = false;
  std::string failure_;
};

}  // namespace aisle
