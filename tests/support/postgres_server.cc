#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace aisle::test {
namespace {

namespace fs = std::filesystem;

fs::path binary_folder() {
  fs::path newest;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path folder = version.path() / "bin";
    if (fs::exists(folder / "initdb") && (newest.empty() || folder > newest)) newest = folder;
  }
  if (newest.empty() && fs::exists("/usr/bin/initdb")) newest = "/usr/bin";
  return newest;
}

// PostgreSQL refuses to run as root: then everything runs as its own user.
const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

pid_t spawn(const std::vector<std::string>& command, const fs::path& output) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const passwd* user = server_user();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // the server must not outlive a killed test
  if (::getppid() != parent) ::_exit(125);
  ::setsid();
  const int file = ::open(output.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  ::dup2(file, 1);
  ::dup2(file, 2);
  if (::chdir("/") != 0) ::_exit(124);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

std::string file_text(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// With owners and modes: the server refuses files that are not its own.
void copy_folder(const fs::path& from, const fs::path& to) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execlp("cp", "cp", "-a", from.c_str(), to.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("cannot copy " + from.string());
}

constexpr const char* settings = R"(
listen_addresses = ''
wal_level = logical
fsync = off
max_connections = 60
max_replication_slots = 40
max_wal_senders = 20
max_slot_wal_keep_size = 2GB
shared_buffers = 64MB
log_line_prefix = '%m [%p] %a '
)";

}  // namespace

SqlSession::SqlSession(const std::string& conninfo) : connection_(PQconnectdb(conninfo.c_str())) {
  EXPECT_EQ(PQstatus(connection_), CONNECTION_OK) << PQerrorMessage(connection_);
}

SqlSession::~SqlSession() {
  PQfinish(connection_);
}

std::vector<SqlSession::Row> SqlSession::query(const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_, sql.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) << PQerrorMessage(connection_) << sql;
  std::vector<Row> rows;
  for (int r = 0; r < PQntuples(result.get()); ++r) {
    Row row;
    for (int c = 0; c < PQnfields(result.get()); ++c) row.emplace_back(PQgetvalue(result.get(), r, c));
    rows.push_back(std::move(row));
  }
  return rows;
}

bool SqlSession::attempt(const std::string& sql) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_, sql.c_str()), &PQclear);
  return PQresultStatus(result.get()) != PGRES_FATAL_ERROR;
}

std::string SqlSession::value(const std::string& sql) {
  const auto rows = query(sql);
  return rows.empty() || rows.front().empty() ? "" : rows.front().front();
}

void SqlSession::send(const std::string& sql) {
  EXPECT_EQ(PQsendQuery(connection_, sql.c_str()), 1) << PQerrorMessage(connection_);
}

void SqlSession::finish() {
  while (PGresult* result = PQgetResult(connection_)) {
    EXPECT_NE(PQresultStatus(result), PGRES_FATAL_ERROR) << PQerrorMessage(connection_);
    PQclear(result);
  }
}

std::string PostgresServer::unavailable() {
  if (binary_folder().empty()) return "PostgreSQL's server is not installed (no initdb found)";
  if (::geteuid() == 0 && server_user() == nullptr) return "running as root without a user for the server";
  return "";
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  if (const passwd* user = server_user()) {
    if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("chown failed");
  }
  const std::string data = folder_.path() / "data";
  const pid_t pid = spawn({binary_folder() / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E",
                           "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
                          folder_.path() / "initdb.log");
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + file_text(folder_.path() / "initdb.log"));
  std::ofstream(fs::path(data) / "postgresql.conf", std::ios::app)
      << settings << "unix_socket_directories = '" << folder_.path().string() << "'\n";
  start();
}

PostgresServer::~PostgresServer() {
  stop("fast");
}

void PostgresServer::start() {
  pid_ = spawn({binary_folder() / "postgres", "-D", folder_.path() / "data"}, folder_.path() / "server.log");
  for (int attempt = 0; attempt < 600; ++attempt) {
    if (PQping(conninfo().c_str()) == PQPING_OK) return;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("the server did not start: " + file_text(folder_.path() / "server.log"));
}

void PostgresServer::stop(const std::string& mode) {
  if (pid_ == 0) return;
  ::kill(pid_, mode == "immediate" ? SIGQUIT : SIGINT);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = 0;
}

void PostgresServer::save_files() {
  fs::remove_all(folder_.path() / "saved");
  copy_folder(folder_.path() / "data", folder_.path() / "saved");
}

void PostgresServer::restore_files() {
  fs::remove_all(folder_.path() / "data");
  copy_folder(folder_.path() / "saved", folder_.path() / "data");
}

std::string PostgresServer::create_database() {
  const std::string name = "shop" + std::to_string(++databases_);
  exec("CREATE DATABASE " + name);
  return name;
}

std::string PostgresServer::conninfo(const std::string& database) const {
  return "host=" + folder_.path().string() + " user=tester dbname=" + database;
}

}  // namespace aisle::test
