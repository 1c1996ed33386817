// Reads products by their ids: the schema's document query and its volatile query.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/change.h"
#include "indexer/postgres/connection.h"
#include "schemas/index_schema.h"

namespace aisle {

struct ReadRecords {
  std::vector<SourceRecord> records;
  std::vector<std::string> missing;  // asked for and not returned
};

// Immutable after prepare(); then usable on several connections at once.
class DocumentReader {
 public:
  DocumentReader(const IndexSchema& schema, const PostgresSource& source);

  // Asks the server to plan both queries: whether tables, columns and rights are there, and which type $1
  // has.
  Status prepare(Connection& connection);

  // InvalidArgument when the query returns an id that was not asked for, or null. A second row of an id is
  // dropped, counted and logged.
  Result<ReadRecords> documents(Connection& connection, std::span<const std::string> ids) const;
  Result<ReadRecords> values(Connection& connection, std::span<const std::string> ids) const;

  // How the server would run the document query, as EXPLAIN says it.
  Result<std::string> plan(Connection& connection) const;

  bool has_volatile_query() const { return !volatile_sql_.empty(); }
  // What is asked: readers with equal text read equal records.
  const std::string& document_sql() const { return document_sql_; }
  const std::string& volatile_sql() const { return volatile_sql_; }

 private:
  Result<ReadRecords> read(Connection& connection, const std::string& sql, ArrayType type,
                           std::span<const std::string> ids) const;

  std::string document_sql_;
  std::string volatile_sql_;
  ArrayType document_type_ = ArrayType::Inferred;
  ArrayType volatile_type_ = ArrayType::Inferred;
};

}  // namespace aisle
