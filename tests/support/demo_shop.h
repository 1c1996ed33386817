// The sample shop of data/demo, for tests of the whole service.
#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/postgres_server.h"

namespace aisle::test {

// The catalogue as JSON records. Throws std::runtime_error when Python is missing.
void write_demo_records(const std::filesystem::path& jsonl);

// The shop's own tables, filled, in a database of its own on PostgresServer::shared(). Not thread-safe.
class DemoShop {
 public:
  // Why there can be no shop, "" when there can.
  static std::string unavailable();
  DemoShop();
  // Drops the replication slots on it, once nobody follows any more: their names are free for the next shop.
  ~DemoShop();
  DemoShop(const DemoShop&) = delete;
  DemoShop& operator=(const DemoShop&) = delete;

  std::string conninfo() const;
  SqlSession& session() { return *session_; }
  // After a restart of the server.
  void reconnect();
  // The service's configuration for it: catalogue schema of data/demo, indexes below `folder`.
  std::filesystem::path write_config(const std::filesystem::path& folder) const;
  // Every product as the catalogue schema's document query gives it, by id.
  std::map<std::string, nlohmann::json> products();

 private:
  std::string database_;
  std::unique_ptr<SqlSession> session_;
};

}  // namespace aisle::test
