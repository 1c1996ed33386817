// From dirty keys of tables to the ids of the products they are part of.
#pragma once
#include <string>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"

namespace aisle {

// An id is in one of the two at most.
struct DirtyIds {
  KeySet documents;  // to be read whole
  KeySet values;     // only volatile fields can have changed

  void add_document(std::string id);
  void add_value(std::string id);
  std::size_t size() const { return documents.size() + values.size(); }
};

// Immutable after prepare().
class KeyResolver {
 public:
  explicit KeyResolver(std::vector<FollowedTable> tables);
  Status prepare(Connection& connection);

  // Adds the products of the keys, which are given by position in the tables; one query for each table with
  // a path and 10,000 keys.
  Status resolve(Connection& connection, const std::vector<const KeySet*>& keys, DirtyIds& ids) const;

 private:
  struct Path {
    std::string sql;  // "" when the key is the product's id
    ArrayType type = ArrayType::Inferred;
  };
  Status follow(Connection& connection, std::size_t table, const std::vector<std::string>& keys,
                DirtyIds& ids) const;

  std::vector<FollowedTable> tables_;
  std::vector<Path> paths_;
};

}  // namespace aisle
