#include "indexer/postgres/change_collector.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.h"
#include "base/metrics.h"
#include "indexer/postgres/connection.h"

namespace aisle {
namespace {

FollowedTable followed(const std::string& name, const std::string& column) {
  const std::size_t dot = name.find('.');
  FollowedTable table;
  table.schema = dot == std::string::npos ? "public" : name.substr(0, dot);
  table.table = dot == std::string::npos ? name : name.substr(dot + 1);
  table.column = column;
  return table;
}

const Counter& unknown_messages() {
  static const Counter counter =
      metric_counter("aisle_feed_unknown_messages_total", "Replication messages of an unknown kind, skipped");
  return counter;
}

const Counter& lost_parents() {
  static const Counter counter =
      metric_counter("aisle_feed_lost_parents_total",
                     "Deleted rows whose old values did not name the product they belonged to");
  return counter;
}

// The text of a column; nullptr when it is null, was not sent or the tuple is shorter than announced.
const TupleValue* text_at(const Tuple& tuple, std::size_t column) {
  if (column >= tuple.size() || tuple[column].kind != TupleValueKind::Text) return nullptr;
  return &tuple[column];
}

bool unchanged_at(const Tuple& tuple, std::size_t column) {
  return column < tuple.size() && tuple[column].kind == TupleValueKind::Unchanged;
}

}  // namespace

std::string FollowedTable::sql_name() const {
  return quote_identifier(schema) + "." + quote_identifier(table);
}

std::vector<FollowedTable> followed_tables(const PostgresSource& source) {
  std::vector<FollowedTable> out;
  out.push_back(followed(source.root_table, source.root_id));
  out.front().root = true;
  for (const SourceTable& table : source.tables) {
    FollowedTable joined = followed(table.table, table.path_query.empty() ? table.root_column : table.key);
    joined.path_query = table.path_query;
    joined.only_volatile = table.only_volatile;
    out.push_back(std::move(joined));
  }
  return out;
}

std::size_t place_of(const FollowedTable& table, std::vector<FollowedTable>& tables) {
  const auto same = std::ranges::find_if(tables, [&](const FollowedTable& other) {
    return other.schema == table.schema && other.table == table.table && other.column == table.column;
  });
  if (same != tables.end()) return static_cast<std::size_t>(same - tables.begin());
  tables.push_back(table);
  return tables.size() - 1;
}

ChangeCollector::ChangeCollector(std::vector<FollowedTable> tables, std::size_t keys_per_table_max)
    : tables_(std::move(tables)), keys_per_table_max_(keys_per_table_max) {
  window_.tables.resize(tables_.size());
}

Status ChangeCollector::add(std::string_view payload) {
  AISLE_TRY(const PgoutputMessage message, decode_pgoutput(payload));
  std::visit([this](const auto& value) { on(value); }, message);
  if (failure_.empty()) return {};
  return fail(ErrorCode::DataLoss, std::exchange(failure_, {}));
}

void ChangeCollector::keepalive(Lsn end) {
  if (!in_transaction_ && end > window_.end_lsn) window_.end_lsn = end;
}

ChangeWindow ChangeCollector::take() {
  ChangeWindow taken = std::exchange(window_, {});
  window_.tables.resize(tables_.size());
  window_.end_lsn = taken.end_lsn;
  return taken;
}

bool ChangeCollector::take_relation_seen() {
  return std::exchange(relation_seen_, false);
}

void ChangeCollector::on(const BeginMessage& message) {
  if (in_transaction_) failure_ = "replication stream began a transaction inside another";
  in_transaction_ = true;
  transaction_has_keys_ = false;
  xid_ = message.xid;
}

void ChangeCollector::on(const CommitMessage& message) {
  if (!in_transaction_) failure_ = "replication stream committed a transaction that it had not begun";
  in_transaction_ = false;
  window_.end_lsn = message.end_lsn;
  window_.commit_time = message.commit_time;
  ++window_.transactions;
  if (transaction_has_keys_) window_.xids.push_back(xid_);
}

void ChangeCollector::on(const RelationMessage& message) {
  std::vector<BoundColumn> bound;
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    const FollowedTable& table = tables_[t];
    if (table.schema != message.schema || table.table != message.table) continue;
    relation_seen_ = true;
    std::size_t column = 0;
    while (column < message.columns.size() && message.columns[column].name != table.column) ++column;
    if (column == message.columns.size()) {
      // Rows decode by the catalogue of their time: the column may have been renamed since.
      rescan(t, "column " + table.column + " is missing in rows of " + table.name());
      continue;
    }
    bound.push_back({t, column, message.columns[column].key});
  }
  relations_[message.oid] = std::move(bound);
}

const std::vector<ChangeCollector::BoundColumn>& ChangeCollector::bound(std::uint32_t oid) const {
  static const std::vector<BoundColumn> none;
  const auto found = relations_.find(oid);
  return found == relations_.end() ? none : found->second;
}

void ChangeCollector::on(const InsertMessage& message) {
  for (const BoundColumn& column : bound(message.oid)) {
    if (const TupleValue* value = text_at(message.row, column.column)) add_key(column.table, value->text);
  }
}

void ChangeCollector::on(const UpdateMessage& message) {
  for (const BoundColumn& column : bound(message.oid)) {
    const TupleValue* before =
        message.has_old && column.in_old_tuple ? text_at(message.old, column.column) : nullptr;
    const TupleValue* after = text_at(message.row, column.column);
    if (before != nullptr) add_key(column.table, before->text);
    if (after != nullptr) add_key(column.table, after->text);
    if (before == nullptr && unchanged_at(message.row, column.column)) {
      rescan(column.table, "a changed row of " + tables_[column.table].name() + " came without its " +
                               tables_[column.table].column);
    }
  }
}

void ChangeCollector::on(const DeleteMessage& message) {
  for (const BoundColumn& column : bound(message.oid)) {
    if (column.in_old_tuple) {
      if (const TupleValue* value = text_at(message.old, column.column)) add_key(column.table, value->text);
      continue;
    }
    window_.tables[column.table].lost_parents = true;
    transaction_has_keys_ = true;
    lost_parents().add();
  }
}

void ChangeCollector::on(const TruncateMessage& message) {
  for (const std::uint32_t oid : message.oids) {
    for (const BoundColumn& column : bound(oid)) {
      window_.tables[column.table].truncated = true;
      transaction_has_keys_ = true;
    }
  }
}

void ChangeCollector::on(const IgnoredMessage& message) {
  if (!message.known) unknown_messages().add();
}

void ChangeCollector::add_key(std::size_t table, std::string_view key) {
  transaction_has_keys_ = true;
  TableChanges& changes = window_.tables[table];
  if (!changes.rescan_reason.empty()) return;  // everything will be read anyway
  if (changes.keys.size() >= keys_per_table_max_) {
    rescan(table, "more than " + std::to_string(keys_per_table_max_) + " rows of " + tables_[table].name() +
                      " changed at once");
    return;
  }
  changes.keys.emplace(key);
  ++window_.key_count;
}

void ChangeCollector::rescan(std::size_t table, const std::string& reason) {
  transaction_has_keys_ = true;
  TableChanges& changes = window_.tables[table];
  if (!changes.rescan_reason.empty()) return;
  log(LogLevel::Warn, "feed.rescan", "all products will be read again", {{"reason", reason}});
  changes.rescan_reason = reason;
  window_.key_count -= std::min(window_.key_count, changes.keys.size());
  KeySet().swap(changes.keys);  // frees the memory
}

}  // namespace aisle
