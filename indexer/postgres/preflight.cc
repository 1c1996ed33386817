#include "indexer/postgres/preflight.h"

#include <array>
#include <charconv>

#include "base/hash.h"
#include "indexer/postgres/root_table.h"
#include "indexer/postgres/setup.h"

namespace aisle {
namespace {

using Code = FindingCode;
using Severity = FindingSeverity;
constexpr int server_version_min = 140'000;  // logical messages in pgoutput

bool is_true(std::string_view text) {
  return text == "t";
}

}  // namespace

Preflight::Preflight(const PostgresSource& source, Connection& connection)
    : source_(source), connection_(connection), tables_(followed_tables(source)) {}

void Preflight::find(FindingCode code, FindingSeverity severity, std::string message, std::string fix) {
  report_.findings.push_back({code, severity, std::move(message), std::move(fix)});
}

Result<SourceReport> Preflight::run(const SystemIdentity& system, const std::optional<SourceIdentity>& known,
                                    Lsn index_lsn, DocumentReader& reader, KeyResolver& resolver) {
  report_ = {};
  AISLE_CHECK(look_at_server());
  report_.state.identity = {system.system_id, system.timeline, source_.slot, "", ""};
  report_.state.flushed = system.flushed;
  AISLE_CHECK(look_at_slot());
  for (const FollowedTable& table : tables_) AISLE_CHECK(look_at_table(table));
  AISLE_CHECK(look_at_publication());
  AISLE_CHECK(look_at_queries(reader, resolver));
  const std::string& id_type = report_.state.identity.id_type;
  if (known && !known->id_type.empty() && !id_type.empty() && known->id_type != id_type) {
    find(Code::IdMismatch, Severity::Error,
         "column " + tables_.front().column + " of " + tables_.front().name() + " is " + id_type +
             ", the index was built when it was " + known->id_type + "; reindex");
  }
  for (Finding& finding : compare_source(known, index_lsn, report_.state)) {
    report_.findings.push_back(std::move(finding));
  }
  return std::move(report_);
}

Status Preflight::look_at_server() {
  if (connection_.server_version() < server_version_min) {
    find(Code::ServerTooOld, Severity::Error,
         "the server's version is " + std::to_string(connection_.server_version() / 10'000) +
             ", the lowest is 14");
  }
  AISLE_TRY(const Rows rows,
            connection_.query("SELECT current_setting('wal_level'), pg_is_in_recovery(), "
                              "current_setting('max_slot_wal_keep_size', true), current_database()"));
  if (rows.text(0, 0) != "logical") {
    find(Code::WalLevel, Severity::Error,
         "wal_level is " + std::string(rows.text(0, 0)) + ", expected logical",
         "ALTER SYSTEM SET wal_level = 'logical' -- and restart the server");
  }
  if (is_true(rows.text(0, 1))) {
    find(Code::ServerIsStandby, Severity::Error, "the server is a standby; name the primary");
  }
  if (rows.text(0, 2) == "-1") {
    find(Code::WalKeptWithoutLimit, Severity::Warning,
         "max_slot_wal_keep_size is -1: while the index is down the server's disk can fill up",
         "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf()");
  }
  report_.state.database = rows.text(0, 3);
  return {};
}

Status Preflight::look_at_slot() {
  AISLE_TRY(const Rows rows,
            connection_.query(
                "SELECT plugin, database, COALESCE(wal_status, ''), COALESCE(confirmed_flush_lsn, '0/0'),"
                " COALESCE(restart_lsn, '0/0'), COALESCE(active_pid, 0) "
                "FROM pg_replication_slots WHERE slot_name = $1",
                {source_.slot}));
  if (rows.empty()) return {};
  SlotState slot;
  slot.plugin = rows.text(0, 0);
  slot.database = rows.text(0, 1);
  slot.wal_status = rows.text(0, 2);
  AISLE_TRY(slot.confirmed, parse_lsn(rows.text(0, 3)));
  AISLE_TRY(slot.restart, parse_lsn(rows.text(0, 4)));
  const std::string_view pid = rows.text(0, 5);
  std::from_chars(pid.data(), pid.data() + pid.size(), slot.active_pid);
  report_.state.slot = std::move(slot);
  return {};
}

// Identity: what an old row names. Without any, a published table refuses UPDATE and DELETE; without the
// followed column, a row that leaves a product does not say which.
Status Preflight::look_at_table(const FollowedTable& table) {
  AISLE_TRY(
      const Rows rows,
      connection_.query(
          "WITH keys AS (SELECT a.attname FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND "
          "  CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END "
          "  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) WHERE c.oid = "
          "to_regclass($1)) "
          "SELECT has_any_column_privilege(c.oid, 'SELECT'), "
          "  EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = $2 AND a.attnum > "
          "0 "
          "    AND NOT a.attisdropped), "
          "  c.relreplident = 'f' OR EXISTS (SELECT 1 FROM keys), "
          "  c.relreplident = 'f' OR EXISTS (SELECT 1 FROM keys WHERE attname = $2), "
          "  (SELECT replace(format_type(a.atttypid, a.atttypmod), ' ', '_') FROM pg_attribute a "
          "    WHERE a.attrelid = c.oid AND a.attname = $2 AND NOT a.attisdropped) "
          "FROM pg_class c WHERE c.oid = to_regclass($1)",
          {table.sql_name(), table.column}));
  const std::string alter = "ALTER TABLE " + table.sql_name();
  if (rows.empty()) {
    find(Code::TableMissing, Severity::Error, "table " + table.name() + " does not exist");
    return {};
  }
  if (table.root) report_.state.identity.id_type = rows.text(0, 4);
  if (!is_true(rows.text(0, 0))) {
    find(Code::SelectDenied, Severity::Error, "table " + table.name() + " may not be read",
         "GRANT SELECT ON " + table.sql_name() + " TO CURRENT_USER -- as its owner, naming the role");
  }
  if (!is_true(rows.text(0, 1))) {
    find(Code::ColumnMissing, Severity::Error, "table " + table.name() + " has no column " + table.column);
  } else if (!is_true(rows.text(0, 2))) {
    find(Code::NoIdentity, Severity::Error,
         "table " + table.name() + " has no primary key: once published, its UPDATE and DELETE would fail",
         alter + " ADD PRIMARY KEY (...) -- or: " + alter + " REPLICA IDENTITY FULL");
  } else if (!is_true(rows.text(0, 3))) {
    find(Code::WeakIdentity, table.root ? Severity::Error : Severity::Warning,
         "a deleted or moved row of " + table.name() + " does not tell its old " + table.column +
             ": the product it left stays stale until the next scan",
         alter + " REPLICA IDENTITY FULL");
  }
  return {};
}

Result<SourceReport> Preflight::look_at_publication() {
  AISLE_TRY(const Rows rows,
            connection_.query("SELECT oid, pubinsert AND pubupdate AND pubdelete AND pubtruncate, pubviaroot "
                              "FROM pg_publication WHERE pubname = $1",
                              {source_.publication}));
  report_.publication_exists = !rows.empty();
  const std::string name = quote_identifier(source_.publication);
  if (rows.empty()) {
    find(Code::PublicationMissing, Severity::Info, "publication " + source_.publication + " does not exist",
         create_publication_sql(source_.publication, tables_));
    return report_;
  }
  if (!is_true(rows.text(0, 1))) {
    find(Code::PublicationChanged, Severity::Error,
         "publication " + source_.publication + " does not publish all of insert, update, delete, truncate",
         "ALTER PUBLICATION " + name + " SET (publish = 'insert, update, delete, truncate')");
  }
  AISLE_CHECK(look_at_members(std::string(rows.text(0, 0)), is_true(rows.text(0, 2))));
  return report_;
}

Status Preflight::look_at_members(const std::string& publication_oid, bool via_root) {
  const std::string name = quote_identifier(source_.publication);
  std::string fingerprint = publication_oid;
  for (const FollowedTable& table : tables_) {
    AISLE_TRY(const Rows rows,
              connection_.query(
                  "SELECT c.oid, COALESCE(r.oid, 0), c.relkind = 'p' FROM pg_class c "
                  "JOIN pg_namespace n ON n.oid = c.relnamespace "
                  "LEFT JOIN pg_publication_rel r ON r.prrelid = c.oid AND r.prpubid = $2::oid "
                  "WHERE c.oid = to_regclass($1) AND (c.relkind = 'p' AND r.oid IS NOT NULL OR EXISTS "
                  "(SELECT 1 FROM pg_publication_tables t WHERE t.pubname = $3 AND "
                  "t.schemaname = n.nspname AND t.tablename = c.relname))",
                  {table.sql_name(), publication_oid, source_.publication}));
    if (rows.empty()) {
      find(Code::PublicationChanged, Severity::Error,
           "table " + table.name() + " is not in publication " + source_.publication,
           "ALTER PUBLICATION " + name + " ADD TABLE " + table.sql_name());
      report_.unpublished.push_back(table);
      continue;
    }
    if (is_true(rows.text(0, 2)) && !via_root) {
      find(Code::PublicationChanged, Severity::Error,
           "table " + table.name() + " is partitioned and the publication names its partitions",
           "ALTER PUBLICATION " + name + " SET (publish_via_partition_root = true)");
    }
    fingerprint += " " + std::string(rows.text(0, 0)) + ":" + std::string(rows.text(0, 1));
  }
  report_.state.identity.publication = hash_text(fingerprint);
  return {};
}

Status Preflight::look_at_queries(DocumentReader& reader, KeyResolver& resolver) {
  const std::array<Status, 2> results = {reader.prepare(connection_), resolver.prepare(connection_)};
  for (const Status& result : results) {
    if (result) continue;
    if (!connection_.alive()) return result;
    const bool denied = result.error().code == ErrorCode::PermissionDenied;
    find(denied ? Code::SelectDenied : Code::QueryFailed, Severity::Error, result.error().message);
  }
  if (!results[0] || has_code(report_.findings, Code::TableMissing) ||
      has_code(report_.findings, Code::ColumnMissing) || has_code(report_.findings, Code::SelectDenied)) {
    return {};
  }
  return look_at_ids(reader);
}

Status Preflight::look_at_ids(const DocumentReader& reader) {
  AISLE_TRY(const RootTable root, RootTable::open(connection_, tables_.front()));
  AISLE_TRY(const std::vector<std::string> ids, root.ids_after(connection_, true, "", 1));
  const auto read = reader.documents(connection_, ids);
  if (!read) {
    if (!connection_.alive()) return tl::unexpected(read.error());
    const bool ours = read.error().code == ErrorCode::InvalidArgument && connection_.last_sqlstate().empty();
    find(ours ? Code::IdMismatch : Code::QueryFailed, Severity::Error, read.error().message);
  }
  AISLE_TRY(const double rows, root.estimated_rows(connection_));
  AISLE_TRY(const std::string plan, reader.plan(connection_));
  constexpr double small_table_rows = 20'000;
  if (rows > small_table_rows && plan.find("Seq Scan on " + tables_.front().table) != std::string::npos) {
    find(Code::SlowQuery, Severity::Warning,
         "document_query reads the whole of " + tables_.front().name() +
             " for each batch: compare the id without a cast, as in WHERE p.id = ANY($1)");
  }
  return {};
}

std::vector<Finding> check_source(const IndexSchema& schema, const std::string& conninfo,
                                  const std::optional<SourceIdentity>& known, Lsn index_lsn) {
  const auto* source = std::get_if<PostgresSource>(&schema.source);
  if (source == nullptr) return {};
  ConnectionOptions options;
  options.conninfo = conninfo.empty() ? source->connection : conninfo;
  options.purpose = "aisle check";
  auto connection = Connection::open(options);
  if (!connection) return {{Code::ConnectionFailed, Severity::Error, connection.error().message, ""}};
  std::vector<Finding> findings;
  SystemIdentity system;
  options.replication = true;
  auto replication = Connection::open(options);
  auto identified = replication ? identify_system(*replication) : tl::unexpected(replication.error());
  if (identified) {
    system = *identified;
  } else {
    findings.push_back({Code::ReplicationFailed, Severity::Error, identified.error().message,
                        "ALTER ROLE CURRENT_USER REPLICATION -- as a superuser, naming the role"});
  }
  DocumentReader reader(schema, *source);
  KeyResolver resolver(followed_tables(*source));
  auto report = Preflight(*source, *connection)
                    .run(system, identified ? known : std::nullopt, index_lsn, reader, resolver);
  if (!report) {
    findings.push_back({Code::ConnectionFailed, Severity::Error, report.error().message, ""});
    return findings;
  }
  findings.insert(findings.end(), report->findings.begin(), report->findings.end());
  return findings;
}

}  // namespace aisle
