#include "indexer/postgres/setup.h"

#include "base/log.h"
#include "indexer/postgres/change_collector.h"

namespace aisle {
namespace {

constexpr int first_with_idle_timeout = 140'000;

// Who keeps the slot from being made, as "pid 12 (open for 35 s)".
std::string blocking_processes(Connection& connection) {
  const auto rows = connection.query(
      "SELECT 'pid ' || pid || ' (open for ' || extract(epoch FROM now() - xact_start)::int || ' s)' "
      "FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() "
      "UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts LIMIT 10");
  std::string out;
  for (std::size_t row = 0; rows && row < rows->size(); ++row) {
    if (!out.empty()) out += ", ";
    out += rows->text(row, 0);
  }
  return out.empty() ? "transactions that have ended meanwhile" : out;
}

Result<bool> exists(Connection& connection, const std::string& sql, const std::string& name) {
  AISLE_TRY(const Rows rows, connection.query(sql, {name}));
  return !rows.empty();
}

Result<bool> publication_exists(Connection& connection, const std::string& name) {
  return exists(connection, "SELECT 1 FROM pg_publication WHERE pubname = $1", name);
}

Result<bool> slot_exists(Connection& connection, const std::string& name) {
  return exists(connection, "SELECT 1 FROM pg_replication_slots WHERE slot_name = $1", name);
}

Result<Connection> connect(const PostgresSource& source, const std::string& conninfo) {
  ConnectionOptions options;
  options.conninfo = conninfo.empty() ? source.connection : conninfo;
  options.purpose = "aisle setup";
  return Connection::open(options);
}

}  // namespace

std::string create_publication_sql(const std::string& publication,
                                   const std::vector<FollowedTable>& followed) {
  std::string tables;
  KeySet named;
  for (const FollowedTable& table : followed) {
    if (!named.insert(table.name()).second) continue;
    if (!tables.empty()) tables += ", ";
    tables += table.sql_name();
  }
  return "CREATE PUBLICATION " + quote_identifier(publication) + " FOR TABLE " + tables +
         " WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)";
}

Status create_publication(Connection& connection, const std::string& publication,
                          const std::vector<FollowedTable>& tables) {
  AISLE_CHECK(connection.command(create_publication_sql(publication, tables)));
  log(LogLevel::Info, "feed.publication_created", "publication created", {{"publication", publication}});
  return {};
}

Result<Lsn> create_slot(Connection& connection, const std::string& slot, std::chrono::milliseconds timeout) {
  AISLE_CHECK(connection.set_statement_timeout(timeout));
  const auto rows =
      connection.query("SELECT lsn FROM pg_create_logical_replication_slot($1, 'pgoutput')", {slot});
  const std::string sqlstate = connection.last_sqlstate();
  AISLE_CHECK(connection.set_statement_timeout(ConnectionOptions{}.statement_timeout));
  if (rows) {
    log(LogLevel::Info, "feed.slot_created", "replication slot created", {{"slot", slot}});
    return parse_lsn(rows->text(0, 0));
  }
  if (sqlstate != "57014") return tl::unexpected(rows.error());
  return fail(ErrorCode::DeadlineExceeded, "slot " + slot + " could not be made in " +
                                               std::to_string(timeout.count()) + " ms: it waits for " +
                                               blocking_processes(connection));
}

Status create_publication_and_slot(const PostgresSource& source, const std::string& conninfo,
                                   std::chrono::milliseconds timeout) {
  AISLE_TRY(Connection connection, connect(source, conninfo));
  AISLE_TRY(const bool published, publication_exists(connection, source.publication));
  if (!published) AISLE_CHECK(create_publication(connection, source.publication, followed_tables(source)));
  AISLE_TRY(const bool slotted, slot_exists(connection, source.slot));
  if (!slotted) AISLE_CHECK(create_slot(connection, source.slot, timeout));
  return {};
}

Result<bool> slot_is_held(Connection& connection, const std::string& slot) {
  AISLE_TRY(const Rows rows,
            connection.query("SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND active", {slot}));
  return rows.size() > 0;
}

Result<bool> claim_slot(Connection& connection, const std::string& slot, std::chrono::milliseconds patience) {
  AISLE_TRY(const Rows rows,
            connection.query("SELECT pg_try_advisory_lock(hashtext('aisle slot'), hashtext($1))", {slot}));
  if (rows.empty() || rows.text(0, 0) != "t") return false;
  if (connection.server_version() >= first_with_idle_timeout)
    AISLE_CHECK(connection.command("SET idle_session_timeout = " + std::to_string(patience.count())));
  return true;
}

Status release_claim(Connection& connection, const std::string& slot) {
  AISLE_CHECK(connection.query("SELECT pg_advisory_unlock(hashtext('aisle slot'), hashtext($1))", {slot}));
  if (connection.server_version() >= first_with_idle_timeout)
    AISLE_CHECK(connection.command("RESET idle_session_timeout"));
  return {};
}

Status drop_slot(Connection& connection, const std::string& slot) {
  AISLE_CHECK(connection.query(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1", {slot}));
  return {};
}

Status drop_publication_and_slot(const PostgresSource& source, const std::string& conninfo) {
  AISLE_TRY(Connection connection, connect(source, conninfo));
  AISLE_CHECK(drop_slot(connection, source.slot));
  AISLE_CHECK(connection.command("DROP PUBLICATION IF EXISTS " + quote_identifier(source.publication)));
  return {};
}

}  // namespace aisle
