// A private PostgreSQL server of the test program: in a temporary folder, on a Unix socket there, without
// TCP.
#pragma once
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

struct pg_conn;

namespace aisle::test {

// A session for statements of the test; failures of statements fail the test and return nothing.
class SqlSession {
 public:
  explicit SqlSession(const std::string& conninfo);
  ~SqlSession();
  SqlSession(const SqlSession&) = delete;
  SqlSession& operator=(const SqlSession&) = delete;

  using Row = std::vector<std::string>;  // "" for null
  std::vector<Row> query(const std::string& sql);
  void exec(const std::string& sql) { query(sql); }
  // Like exec, but a statement that fails is told, not a failure of the test.
  bool attempt(const std::string& sql);
  // First column of the first row, "" when there is none.
  std::string value(const std::string& sql);
  // Sends without waiting for the answer; finish() waits.
  void send(const std::string& sql);
  void finish();

 private:
  pg_conn* connection_;
};

// Not thread-safe; sessions may be used beside it.
class PostgresServer {
 public:
  // Why there is no server to start, "" when there is one.
  static std::string unavailable();
  // The one of this program, started at the first call.
  static PostgresServer& shared();

  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void start();
  // "fast" ends sessions, "immediate" is a crash.
  void stop(const std::string& mode = "fast");
  // A new, empty database.
  std::string create_database();
  std::string conninfo(const std::string& database = "postgres") const;
  // The stopped server's files are kept aside, and put back: a restored backup.
  void save_files();
  void restore_files();
  void exec(const std::string& sql) { SqlSession(conninfo()).exec(sql); }
  std::string value(const std::string& sql) { return SqlSession(conninfo()).value(sql); }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = 0;
  int databases_ = 0;
};

}  // namespace aisle::test
