#include "schemas/source_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "schemas/name_rules.h"

namespace aisle {
namespace {

constexpr std::array<std::string_view, 6> file_endings = {".jsonl",    ".csv",    ".tsv",
                                                          ".jsonl.gz", ".csv.gz", ".tsv.gz"};

bool is_record_file(std::string_view path) {
  return std::any_of(file_endings.begin(), file_endings.end(), [&](std::string_view ending) {
    return path.size() > ending.size() && path.ends_with(ending);
  });
}

FileSource read_file_source(const JsonReader& source) {
  source.allow_only({"type", "path"});
  std::string path = source.require_string("path");
  if (source.ok() && !is_record_file(path)) {
    source.member("path").fail(fmt::format(
        "is \"{}\", expected a file ending in .jsonl, .csv or .tsv, each also .gz", path.substr(0, 200)));
  }
  return {std::move(path)};
}

// The member as a name that `valid` accepts; `expected` says in words what that is.
std::string read_name(const JsonReader& object, std::string_view name, const std::string& fallback,
                      bool (*valid)(std::string_view), std::string_view expected) {
  std::string text = object.string_or(name, fallback);
  if (!object.ok() || valid(text)) return text;
  object.member(name).fail(fmt::format("is \"{}\", expected {}", text.substr(0, 80), expected));
  return text;
}

std::string read_column(const JsonReader& object, std::string_view name) {
  return read_name(object, name, "id", is_sql_name, "a column name: letters, digits, _ and $, at most 63");
}

std::string read_table_name(const JsonReader& object) {
  std::string table =
      read_name(object, "table", "", is_table_name, "a table name, with or without its schema");
  return table.find('.') == std::string::npos ? "public." + table : table;
}

std::string read_query(const JsonReader& object, std::string_view name, std::string_view use) {
  std::string query = object.require_string(name);
  if (!object.ok()) return query;
  if (query.size() > source_query_bytes_max) {
    object.member(name).fail(
        fmt::format("is {} bytes, the limit is {}", query.size(), source_query_bytes_max));
  }
  if (!holds_first_parameter(query)) object.member(name).fail(fmt::format(": {}", use));
  return query;
}

SourceTable read_table(const JsonReader& reader, const IndexSchema& schema) {
  SourceTable table;
  reader.allow_only({"table", "root", "path", "key", "volatile"});
  table.table = read_table_name(reader);
  if (reader.ok() && reader.has("root") == reader.has("path")) {
    reader.fail(
        reader.has("root")
            ? ": has both \"root\" and \"path\", one of them finds the products of a changed row"
            : ": needs \"root\" (the column with the product's id) or \"path\" (a query that finds it)");
  }
  if (reader.has("root")) {
    table.root_column = read_column(reader, "root");
    if (reader.has("key")) reader.member("key").fail(": is for \"path\"; \"root\" needs none");
  } else {
    table.path_query =
        read_query(reader, "path", "the query must take the changed rows' keys as $1 (an array)");
    table.key = read_column(reader, "key");
  }
  table.only_volatile = reader.bool_or("volatile", false);
  const bool volatile_fields = std::any_of(schema.fields.begin(), schema.fields.end(),
                                           [](const Field& field) { return field.volatile_value; });
  if (table.only_volatile && !volatile_fields) reader.member("volatile").fail(": no field is volatile");
  return table;
}

std::vector<SourceTable> read_tables(const JsonReader& list, const std::string& root,
                                     const IndexSchema& schema) {
  std::vector<SourceTable> tables;
  const auto elements = list.elements();
  if (elements.size() > source_tables_max) {
    list.fail(fmt::format("has {} tables, the limit is {}", elements.size(), source_tables_max));
    return tables;
  }
  std::set<std::string> seen = {root};
  for (const JsonReader& element : elements) {
    tables.push_back(read_table(element, schema));
    if (!element.ok()) break;
    if (tables.back().table == root)
      element.member("table").fail(": is the root table, which needs no entry");
    if (!seen.insert(tables.back().table).second) {
      element.member("table").fail(": occurs twice; one \"path\" with UNION finds products in two ways");
    }
  }
  return tables;
}

void read_root(const JsonReader& root, PostgresSource& source) {
  root.allow_only({"table", "id"});
  source.root_table = read_table_name(root);
  source.root_id = read_column(root, "id");
}

PostgresSource read_postgres_source(const JsonReader& reader, const IndexSchema& schema) {
  PostgresSource source;
  reader.allow_only(
      {"type", "connection", "slot", "publication", "root", "document_query", "volatile_query", "tables"});
  const std::string name = default_slot_name(schema.index);
  source.connection = reader.string_or("connection", "");
  source.slot = read_name(reader, "slot", name, is_slot_name, "lower-case letters, digits and _, at most 63");
  source.publication = read_name(reader, "publication", name, is_sql_name,
                                 "letters, digits, _ and $, at most 63, no digit first");
  read_root(reader.member("root"), source);
  source.document_query =
      read_query(reader, "document_query", "the query must take the ids as $1, as in WHERE p.id = ANY($1)");
  if (reader.has("volatile_query")) {
    source.volatile_query =
        read_query(reader, "volatile_query", "the query must take the ids as $1, as in WHERE p.id = ANY($1)");
  }
  if (reader.has("tables")) source.tables = read_tables(reader.member("tables"), source.root_table, schema);
  return source;
}

}  // namespace

Source read_source(const JsonReader& source, const IndexSchema& schema) {
  static const std::vector<std::string> kinds = {"file", "postgres"};
  const std::string kind = source.require_choice("type", kinds);
  if (kind == "file") return read_file_source(source);
  if (kind == "postgres") return read_postgres_source(source, schema);
  return {};
}

}  // namespace aisle
