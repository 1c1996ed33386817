#include "tests/support/nats_servers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "indexer/nats/kv_bucket.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"

namespace aisle::test {
namespace {

const char* program() {
  for (const char* path : {"/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return nullptr;
}

}  // namespace

std::string NatsServers::unavailable() {
  return program() == nullptr ? "nats-server is not installed" : "";
}

NatsServers::NatsServers(std::size_t count) : servers_(count) {
  for (Server& server : servers_) server.port = free_port();
  for (Server& server : servers_) server.cluster_port = free_port();
  start_all();
  EXPECT_TRUE(wait_until_ready());
}

NatsServers::~NatsServers() {
  kill_all();
}

std::vector<std::string> NatsServers::urls() const {
  std::vector<std::string> urls;
  for (const Server& server : servers_) urls.push_back(fmt::format("nats://127.0.0.1:{}", server.port));
  return urls;
}

std::filesystem::path NatsServers::configuration(std::size_t number) const {
  const Server& server = servers_[number];
  std::string text = fmt::format(
      "server_name: n{0}\nlisten: 127.0.0.1:{1}\nmax_payload: 1048576\n"
      "jetstream {{ store_dir: \"{2}/data/n{0}\", max_mem: 64MB, max_file: 64GB }}\n",
      number, server.port, folder_.path().string());
  if (servers_.size() > 1) {
    text += fmt::format("cluster {{ name: test, listen: 127.0.0.1:{}, routes: [", server.cluster_port);
    for (const Server& other : servers_) text += fmt::format("\"nats://127.0.0.1:{}\", ", other.cluster_port);
    text += " ] }\n";
  }
  const std::filesystem::path file = folder_.path() / fmt::format("n{}.conf", number);
  std::ofstream(file) << text;
  return file;
}

void NatsServers::start(std::size_t number) {
  const std::string file = configuration(number).string();
  const std::string output = (folder_.path() / fmt::format("n{}.log", number)).string();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a killed test
    if (::getppid() != parent) ::_exit(125);
    const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execl(program(), "nats-server", "-c", file.c_str(), nullptr);
    ::_exit(127);
  }
  servers_[number].pid = pid;
}

void NatsServers::kill(std::size_t number) {
  pid_t& pid = servers_[number].pid;
  if (pid == 0) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = 0;
}

void NatsServers::kill_all() {
  for (std::size_t i = 0; i < servers_.size(); ++i) kill(i);
}

void NatsServers::start_all() {
  for (std::size_t i = 0; i < servers_.size(); ++i) start(i);
}

void NatsServers::pause(std::size_t number) {
  ::kill(servers_[number].pid, SIGSTOP);
}

void NatsServers::resume(std::size_t number) {
  ::kill(servers_[number].pid, SIGCONT);
}

void NatsServers::save_data(const std::string& name) {
  std::filesystem::copy(folder_.path() / "data", folder_.path() / name,
                        std::filesystem::copy_options::recursive);
}

void NatsServers::restore_data(const std::string& name) {
  wipe_data();
  std::filesystem::copy(folder_.path() / name, folder_.path() / "data",
                        std::filesystem::copy_options::recursive);
}

void NatsServers::wipe_data() {
  std::filesystem::remove_all(folder_.path() / "data");
}

bool NatsServers::wait_until_ready() {
  const auto connection = NatsConnection::open({.urls = urls(), .name = "test"});
  if (!connection) return false;
  KvBucket bucket(*connection, {.name = "ready", .replicas = static_cast<int>(size()), .memory = true});
  return eventually([&] { return bucket.put("probe", "x").has_value(); });
}

}  // namespace aisle::test
