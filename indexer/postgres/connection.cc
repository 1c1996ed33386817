#include "indexer/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

namespace aisle {
namespace {

constexpr Oid text_array_oid = 1009;
constexpr std::chrono::milliseconds poll_slice{200};      // how soon a stop is noticed
constexpr std::chrono::milliseconds client_grace{5'000};  // the server's own time-out should come first

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c);
    }
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  if (out.starts_with("ERROR:  ")) out.erase(0, 8);
  if (out.starts_with("FATAL:  ")) out.erase(0, 8);
  return out;
}

ErrorCode code_of(std::string_view sqlstate) {
  const auto in_class = [&](std::string_view prefix) { return sqlstate.starts_with(prefix); };
  if (sqlstate.empty() || in_class("08") || in_class("57P")) return ErrorCode::Unavailable;
  if (sqlstate == "42501" || in_class("28")) return ErrorCode::PermissionDenied;
  if (sqlstate == "57014" || sqlstate == "55P03") return ErrorCode::DeadlineExceeded;
  if (sqlstate == "55006" || in_class("40")) return ErrorCode::Conflict;
  if (sqlstate == "42704" || sqlstate == "3D000") return ErrorCode::NotFound;
  if (in_class("53")) return ErrorCode::ResourceExhausted;
  if (in_class("22") || in_class("23")) return ErrorCode::InvalidArgument;
  if (in_class("42") || in_class("55") || in_class("25")) return ErrorCode::FailedPrecondition;
  if (in_class("XX001") || in_class("XX002")) return ErrorCode::DataLoss;
  return ErrorCode::Unavailable;
}

struct ParsedConninfo {
  PQconninfoOption* options = nullptr;
  ~ParsedConninfo() { PQconninfoFree(options); }

  std::string value(std::string_view keyword) const {
    for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr;
         ++option) {
      if (keyword == option->keyword && option->val != nullptr) return option->val;
    }
    return {};
  }
};

struct Keywords {
  std::vector<std::string> names;
  std::vector<std::string> values;
  void add(std::string name, std::string value) {
    names.push_back(std::move(name));
    values.push_back(std::move(value));
  }
};

// Later keywords win over the conninfo, which is expanded where it stands.
Keywords connect_keywords(const ConnectionOptions& options, const ParsedConninfo& given) {
  Keywords out;
  out.add("target_session_attrs", "read-write");
  out.add("connect_timeout",
          std::to_string(std::max<std::int64_t>(2, options.connect_timeout.count() / 1000)));
  out.add("keepalives_idle", "10");
  out.add("keepalives_interval", "5");
  out.add("keepalives_count", "3");
  out.add("tcp_user_timeout", "30000");
  out.add("dbname", options.conninfo);
  out.add("application_name", options.purpose);
  out.add("client_encoding", "UTF8");
  std::string settings = given.value("options");
  if (options.replication) {
    out.add("replication", "database");
    settings += " -c wal_sender_timeout=" + std::to_string(options.wal_sender_timeout.count());
  } else {
    settings += " -c statement_timeout=" + std::to_string(options.statement_timeout.count());
    settings += " -c TimeZone=UTC -c DateStyle=ISO -c idle_in_transaction_session_timeout=600000";
  }
  out.add("options", settings);
  return out;
}

}  // namespace

Rows::Rows(pg_result* result) : result_(result) {}
void Rows::Free::operator()(pg_result* result) const {
  PQclear(result);
}
std::size_t Rows::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}
std::string_view Rows::text(std::size_t row, std::size_t column) const {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  return {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
}
bool Rows::is_null(std::size_t row, std::size_t column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

void Connection::Close::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Status check_conninfo(const std::string& conninfo) {
  char* message = nullptr;
  const ParsedConninfo given{PQconninfoParse(conninfo.c_str(), &message)};
  PQfreemem(message);  // may repeat a part of the string, perhaps the password
  if (given.options != nullptr) return {};
  return fail(ErrorCode::InvalidArgument,
              "the connection string is neither a list of keyword=value nor a postgresql:// address");
}

Result<Connection> Connection::open(const ConnectionOptions& options) {
  AISLE_CHECK(check_conninfo(options.conninfo));
  const ParsedConninfo given{PQconninfoParse(options.conninfo.c_str(), nullptr)};
  const Keywords keywords = connect_keywords(options, given);
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const std::string& name : keywords.names) names.push_back(name.c_str());
  for (const std::string& value : keywords.values) values.push_back(value.c_str());
  names.push_back(nullptr);
  values.push_back(nullptr);
  Connection connection(PQconnectdbParams(names.data(), values.data(), /*expand_dbname=*/1));
  if (connection.connection_ == nullptr)
    return fail(ErrorCode::ResourceExhausted, "out of memory for a connection");
  if (PQstatus(connection.handle()) != CONNECTION_OK) {
    const std::string reason = one_line(PQerrorMessage(connection.handle()));
    const bool refused = reason.find("authentication failed") != std::string::npos ||
                         reason.find("must be superuser or replication role") != std::string::npos ||
                         reason.find("no pg_hba.conf entry") != std::string::npos ||
                         reason.find("permission denied") != std::string::npos;
    return fail(refused ? ErrorCode::PermissionDenied : ErrorCode::Unavailable,
                std::string(options.replication ? "replication connection" : "connection") + " to " +
                    connection.describe() + " failed: " + reason);
  }
  PQsetnonblocking(connection.handle(), 1);
  connection.statement_timeout_ = options.statement_timeout;
  return connection;
}

bool Connection::alive() const {
  return PQstatus(connection_.get()) == CONNECTION_OK;
}
int Connection::server_version() const {
  return PQserverVersion(connection_.get());
}

std::string Connection::describe() const {
  const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
  return "database \"" + text(PQdb(connection_.get())) + "\" at " + text(PQhost(connection_.get())) + ":" +
         text(PQport(connection_.get()));
}

Error Connection::error_of(pg_result* result, std::string_view what) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  sqlstate_ = state == nullptr ? "" : state;
  const char* primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string reason = one_line(primary != nullptr ? primary : PQerrorMessage(connection_.get()));
  std::string message = std::string(what) + " on " + describe() + " failed: " + reason;
  if (!sqlstate_.empty()) message += " (SQLSTATE " + sqlstate_ + ")";
  return {code_of(sqlstate_), std::move(message)};
}

Result<Rows> Connection::query(const std::string& sql, const std::vector<std::string>& parameters,
                               ArrayType first) {
  sqlstate_.clear();
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  std::vector<Oid> types(parameters.size(), 0);
  if (!types.empty() && first == ArrayType::Text) types.front() = text_array_oid;
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), types.data(),
                        values.data(), nullptr, nullptr, 0) != 1) {
    return tl::unexpected(error_of(nullptr, "sending a query"));
  }
  return finish("query");
}

Result<Rows> Connection::command(const std::string& sql) {
  sqlstate_.clear();
  if (PQsendQuery(connection_.get(), sql.c_str()) != 1)
    return tl::unexpected(error_of(nullptr, "sending a command"));
  return finish("command");
}

Result<ArrayType> Connection::check_array_query(const std::string& sql) {
  const std::string explain = "EXPLAIN " + sql;
  auto as_text = query(explain, {"{}"}, ArrayType::Text);
  if (as_text) return ArrayType::Text;
  if (sqlstate_ != "42883" && sqlstate_ != "42804") return tl::unexpected(std::move(as_text).error());
  auto as_inferred = query(explain, {"{}"}, ArrayType::Inferred);
  if (as_inferred) return ArrayType::Inferred;
  return tl::unexpected(std::move(as_inferred).error());
}

Status Connection::set_statement_timeout(std::chrono::milliseconds timeout) {
  AISLE_CHECK(command("SET statement_timeout = " + std::to_string(timeout.count())));
  statement_timeout_ = timeout;
  return {};
}

Status Connection::wait_for_socket(bool for_write, const Deadline& deadline, std::string_view what) {
  pollfd entry{PQsocket(connection_.get()), static_cast<short>(for_write ? POLLIN | POLLOUT : POLLIN), 0};
  const int wait = static_cast<int>(std::min(poll_slice, deadline.remaining()).count());
  if (::poll(&entry, 1, wait) < 0 && errno != EINTR) {
    return fail(ErrorCode::Unavailable,
                std::string(what) + " on " + describe() + ": " + std::strerror(errno));
  }
  const bool stopped = stop_.stop_requested();
  if (!stopped && !deadline.expired()) return {};
  if (PGcancel* cancel = PQgetCancel(connection_.get()); cancel != nullptr) {
    char ignored[256];
    if (stopped) PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
  }
  sqlstate_.clear();
  if (stopped)
    return fail(ErrorCode::Unavailable, std::string(what) + " on " + describe() + " ended by a stop");
  return fail(ErrorCode::DeadlineExceeded, std::string(what) + " on " + describe() + " had no answer in " +
                                               std::to_string((statement_timeout_ + client_grace).count()) +
                                               " ms");
}

Result<Rows> Connection::finish(std::string_view what) {
  const Deadline deadline = Deadline::after(statement_timeout_ + client_grace);
  for (int left = PQflush(connection_.get()); left != 0; left = PQflush(connection_.get())) {
    if (left < 0) return tl::unexpected(error_of(nullptr, what));
    AISLE_CHECK(wait_for_socket(true, deadline, what));
    if (PQconsumeInput(connection_.get()) == 0) return tl::unexpected(error_of(nullptr, what));
  }
  std::unique_ptr<pg_result, decltype(&PQclear)> last(nullptr, &PQclear);
  while (true) {
    while (PQisBusy(connection_.get()) != 0) {
      AISLE_CHECK(wait_for_socket(false, deadline, what));
      if (PQconsumeInput(connection_.get()) == 0) return tl::unexpected(error_of(nullptr, what));
    }
    pg_result* result = PQgetResult(connection_.get());
    if (result == nullptr) break;
    const bool failed = last != nullptr && PQresultStatus(last.get()) == PGRES_FATAL_ERROR;
    if (failed) {
      PQclear(result);  // the first error is the telling one
    } else {
      last.reset(result);
    }
    if (PQresultStatus(last.get()) == PGRES_COPY_BOTH) break;
  }
  const ExecStatusType status = last == nullptr ? PGRES_FATAL_ERROR : PQresultStatus(last.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_COPY_BOTH) {
    return tl::unexpected(error_of(last.get(), what));
  }
  return Rows(last.release());
}

}  // namespace aisle
