#include "indexer/postgres/key_resolver.h"

#include <utility>

namespace aisle {
namespace {

constexpr std::size_t keys_per_query_max = 10'000;

void add(DirtyIds& ids, bool only_volatile, std::string id) {
  if (only_volatile) {
    ids.add_value(std::move(id));
  } else {
    ids.add_document(std::move(id));
  }
}

}  // namespace

void DirtyIds::add_document(std::string id) {
  values.erase(id);
  documents.insert(std::move(id));
}

void DirtyIds::add_value(std::string id) {
  if (!documents.contains(id)) values.insert(std::move(id));
}

KeyResolver::KeyResolver(std::vector<FollowedTable> tables)
    : tables_(std::move(tables)), paths_(tables_.size()) {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    if (tables_[t].path_query.empty()) continue;
    paths_[t].sql = "SELECT DISTINCT q.product::text FROM " + as_subquery(tables_[t].path_query) +
                    " AS q(product) WHERE q.product IS NOT NULL";
  }
}

Status KeyResolver::prepare(Connection& connection) {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    if (paths_[t].sql.empty()) continue;
    auto type = connection.check_array_query(paths_[t].sql);
    if (!type) return fail(type.error().code, "path of " + tables_[t].name() + ": " + type.error().message);
    paths_[t].type = *type;
  }
  return {};
}

Status KeyResolver::resolve(Connection& connection, const std::vector<const KeySet*>& keys_of_tables,
                            DirtyIds& ids) const {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    if (paths_[t].sql.empty()) {
      for (const std::string& key : *keys_of_tables[t]) add(ids, tables_[t].only_volatile, key);
      continue;
    }
    std::vector<std::string> keys;
    for (const std::string& key : *keys_of_tables[t]) {
      keys.push_back(key);
      if (keys.size() < keys_per_query_max) continue;
      AISLE_CHECK(follow(connection, t, std::exchange(keys, {}), ids));
    }
    AISLE_CHECK(follow(connection, t, keys, ids));
  }
  return {};
}

Status KeyResolver::follow(Connection& connection, std::size_t table, const std::vector<std::string>& keys,
                           DirtyIds& ids) const {
  if (keys.empty()) return {};
  AISLE_TRY(const Rows rows, connection.query(paths_[table].sql, {array_literal(keys)}, paths_[table].type));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    add(ids, tables_[table].only_volatile, std::string(rows.text(row, 0)));
  }
  return {};
}

}  // namespace aisle
