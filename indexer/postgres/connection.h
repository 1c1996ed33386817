// One connection to PostgreSQL. Errors are values that name server, database and what was tried, never a
// password.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"

struct pg_conn;
struct pg_result;

namespace aisle {

struct ConnectionOptions {
  std::string conninfo;           // libpq keywords or URI
  std::string purpose = "aisle";  // application_name, shown in pg_stat_activity
  bool replication = false;       // a walsender: simple queries and replication commands
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds statement_timeout{60'000};  // of the server; the client gives up 5 s later
  std::chrono::milliseconds wal_sender_timeout{
      10'000};  // a dead consumer frees its slot after this, not after 60 s
};

// The rows of one answer, as text. Views live as long as the object.
class Rows {
 public:
  explicit Rows(pg_result* result);
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::string_view text(std::size_t row, std::size_t column) const;  // "" for null
  bool is_null(std::size_t row, std::size_t column) const;

 private:
  struct Free {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Free> result_;
};

// The type of a parameter that carries an array literal.
enum class ArrayType : std::uint8_t {
  Text,      // text[]
  Inferred,  // as the query uses it: `p.id = ANY($1)` makes it an array of the id's type
};

// Not thread-safe. Usable only by one thread at a time; movable.
class Connection {
 public:
  // Only a server that accepts writes is taken from a list of hosts, unless the conninfo says otherwise.
  static Result<Connection> open(const ConnectionOptions& options);

  // Parameters are sent as text; their types are inferred by the server, `first` decides that of $1.
  Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters = {},
                     ArrayType first = ArrayType::Inferred);
  // Simple protocol: several statements, replication commands. Returns the rows of the last.
  Result<Rows> command(const std::string& sql);

  // Which form of $1 (an array) the query takes: text[] where that fits, else as inferred. Also proves that
  // tables and columns exist and may be read.
  Result<ArrayType> check_array_query(const std::string& sql);

  // Queries in flight end with Unavailable when the stop is asked for.
  void set_stop(std::stop_token stop) { stop_ = std::move(stop); }
  Status set_statement_timeout(std::chrono::milliseconds timeout);

  // SQLSTATE of the last failed statement, "" when it failed without one (connection lost).
  const std::string& last_sqlstate() const { return sqlstate_; }
  bool alive() const;
  // "database \"shop\" at db.example:5432".
  std::string describe() const;
  int server_version() const;  // 150018
  pg_conn* handle() { return connection_.get(); }
  // The error of the handle, as a value; used by the replication stream.
  Error error_of(pg_result* result, std::string_view what);

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  explicit Connection(pg_conn* connection) : connection_(connection) {}
  Result<Rows> finish(std::string_view what);
  Status wait_for_socket(bool for_write, const Deadline& deadline, std::string_view what);

  std::unique_ptr<pg_conn, Close> connection_;
  std::chrono::milliseconds statement_timeout_{60'000};
  std::string sqlstate_;
  std::stop_token stop_;
};

// {"a","b"}: a literal every array type reads.
std::string array_literal(std::span<const std::string> values);
std::string quote_identifier(std::string_view name);
std::string quote_literal(std::string_view text);

// Whether the conninfo can be parsed at all; the message never repeats it.
Status check_conninfo(const std::string& conninfo);

// The user's query as a subquery: without trailing semicolons, on lines of its own so that a last comment
// ends.
std::string as_subquery(std::string_view query);

}  // namespace aisle
