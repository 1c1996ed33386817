#include "indexer/postgres/document_reader.h"

#include <unordered_map>

#include "base/log.h"
#include "base/metrics.h"

namespace aisle {
namespace {

std::string with_id_and_json(const std::string& query, const std::string& id_field) {
  return "SELECT d." + quote_identifier(id_field) + "::text, row_to_json(d)::text FROM " +
         as_subquery(query) + " d";
}

Result<ArrayType> checked(Connection& connection, const std::string& sql, std::string_view name) {
  auto type = connection.check_array_query(sql);
  if (type) return type;
  return fail(type.error().code, std::string(name) + ": " + type.error().message);
}

void note_duplicate(const std::string& id) {
  static const Counter counter = metric_counter("aisle_feed_duplicate_rows_total",
                                                "Rows of a source query beyond the first of a product");
  counter.add();
  log(LogLevel::Warn, "feed.duplicate_row", "the document query returned more than one row for a product",
      {{"id", id}});
}

}  // namespace

DocumentReader::DocumentReader(const IndexSchema& schema, const PostgresSource& source)
    : document_sql_(with_id_and_json(source.document_query, schema.id_field)),
      volatile_sql_(
          source.volatile_query.empty() ? "" : with_id_and_json(source.volatile_query, schema.id_field)) {}

Status DocumentReader::prepare(Connection& connection) {
  AISLE_TRY(document_type_, checked(connection, document_sql_, "document_query"));
  if (has_volatile_query()) {
    AISLE_TRY(volatile_type_, checked(connection, volatile_sql_, "volatile_query"));
  }
  return {};
}

Result<ReadRecords> DocumentReader::documents(Connection& connection,
                                              std::span<const std::string> ids) const {
  return read(connection, document_sql_, document_type_, ids);
}

Result<ReadRecords> DocumentReader::values(Connection& connection, std::span<const std::string> ids) const {
  return read(connection, volatile_sql_, volatile_type_, ids);
}

Result<std::string> DocumentReader::plan(Connection& connection) const {
  AISLE_TRY(const Rows rows, connection.query("EXPLAIN " + document_sql_, {"{}"}, document_type_));
  std::string text;
  for (std::size_t row = 0; row < rows.size(); ++row) text.append(rows.text(row, 0)).push_back('\n');
  return text;
}

Result<ReadRecords> DocumentReader::read(Connection& connection, const std::string& sql, ArrayType type,
                                         std::span<const std::string> ids) const {
  ReadRecords out;
  if (ids.empty()) return out;
  AISLE_TRY(const Rows rows, connection.query(sql, {array_literal(ids)}, type));
  std::unordered_map<std::string_view, bool> returned;
  for (const std::string& id : ids) returned.emplace(id, false);
  out.records.reserve(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string id(rows.text(row, 0));
    const auto asked = returned.find(id);
    if (asked == returned.end()) {
      return fail(ErrorCode::InvalidArgument,
                  "the source query returned id \"" + id +
                      "\" that was not asked for; its id must be the root table's id");
    }
    if (asked->second) {
      note_duplicate(id);
      continue;
    }
    asked->second = true;
    out.records.push_back({std::move(id), std::string(rows.text(row, 1))});
  }
  for (const std::string& id : ids) {
    if (!returned.at(id)) out.missing.push_back(id);
  }
  return out;
}

}  // namespace aisle
