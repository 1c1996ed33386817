// The table of the products, by its id in PostgreSQL's own order of that column.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"

namespace aisle {

// Immutable after open(); then usable on several connections at once.
class RootTable {
 public:
  // Learns the id's type. NotFound when the table or the column is missing.
  static Result<RootTable> open(Connection& connection, const FollowedTable& table);

  // The next ids after `cursor` ("" = from the start), at most `count_max`. An id itself is never empty as a
  // cursor: `from_start` tells.
  Result<std::vector<std::string>> ids_after(Connection& connection, bool from_start,
                                             const std::string& cursor, std::size_t count_max) const;
  // Those of `ids` that the table has not.
  Result<std::vector<std::string>> absent(Connection& connection, std::span<const std::string> ids) const;
  const std::string& type() const { return type_; }
  // The planner's estimate; 0 when it has none.
  Result<double> estimated_rows(Connection& connection) const;

 private:
  RootTable(std::string sql_name, std::string id, std::string type);
  std::string sql_name_;
  std::string id_;
  std::string type_;
};

// The same on a connection of its own.
Result<double> estimate_rows(const PostgresSource& source, const std::string& conninfo);

}  // namespace aisle
