#include "indexer/postgres/root_table.h"

#include <charconv>
#include <unordered_set>

namespace aisle {
namespace {

std::vector<std::string> first_column(const Rows& rows) {
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) out.emplace_back(rows.text(row, 0));
  return out;
}

}  // namespace

RootTable::RootTable(std::string sql_name, std::string id, std::string type)
    : sql_name_(std::move(sql_name)), id_(std::move(id)), type_(std::move(type)) {}

Result<RootTable> RootTable::open(Connection& connection, const FollowedTable& table) {
  AISLE_TRY(const Rows rows,
            connection.query("SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
                             "WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped",
                             {table.sql_name(), table.column}));
  if (rows.empty()) {
    return fail(ErrorCode::NotFound,
                "root table " + table.name() + " or its column " + table.column + " is missing");
  }
  return RootTable(table.sql_name(), quote_identifier(table.column), std::string(rows.text(0, 0)));
}

Result<std::vector<std::string>> RootTable::ids_after(Connection& connection, bool from_start,
                                                      const std::string& cursor,
                                                      std::size_t count_max) const {
  const std::string order = " ORDER BY t." + id_ + " LIMIT " + std::to_string(count_max);
  const std::string select = "SELECT t." + id_ + "::text FROM " + sql_name_ + " t";
  if (from_start) {
    AISLE_TRY(const Rows rows, connection.query(select + order));
    return first_column(rows);
  }
  AISLE_TRY(const Rows rows,
            connection.query(select + " WHERE t." + id_ + " > $1::text::" + type_ + order, {cursor}));
  return first_column(rows);
}

Result<std::vector<std::string>> RootTable::absent(Connection& connection,
                                                   std::span<const std::string> ids) const {
  const std::string select = "SELECT t." + id_ + "::text FROM " + sql_name_ + " t WHERE t." + id_;
  auto found = connection.query(select + " = ANY($1::text[]::" + type_ + "[])", {array_literal(ids)});
  if (!found) {
    // An index of an older schema may hold ids that this column's type cannot express.
    if (!connection.last_sqlstate().starts_with("22")) return tl::unexpected(std::move(found).error());
    found = connection.query(select + "::text = ANY($1::text[])", {array_literal(ids)});
  }
  if (!found) return tl::unexpected(std::move(found).error());
  std::unordered_set<std::string_view> present;
  for (std::size_t row = 0; row < found->size(); ++row) present.insert(found->text(row, 0));
  std::vector<std::string> out;
  for (const std::string& id : ids) {
    if (!present.contains(id)) out.push_back(id);
  }
  return out;
}

Result<double> RootTable::estimated_rows(Connection& connection) const {
  AISLE_TRY(const Rows rows,
            connection.query(
                "SELECT COALESCE(sum(c.reltuples), 0) FROM pg_class c "
                "WHERE c.reltuples > 0 AND c.relkind <> 'p' AND (c.oid = $1::text::regclass OR c.oid IN "
                "(SELECT relid FROM pg_partition_tree($1::text::regclass)))",
                {sql_name_}));
  double estimate = 0;
  if (!rows.empty()) {
    const std::string_view text = rows.text(0, 0);
    std::from_chars(text.data(), text.data() + text.size(), estimate);
  }
  return estimate;
}

Result<double> estimate_rows(const PostgresSource& source, const std::string& conninfo) {
  ConnectionOptions options;
  options.conninfo = conninfo;
  AISLE_TRY(Connection connection, Connection::open(options));
  AISLE_TRY(const RootTable root, RootTable::open(connection, followed_tables(source).front()));
  return root.estimated_rows(connection);
}

}  // namespace aisle
