// Private nats-servers with JetStream: one, or a cluster, on free ports of the loopback and in a temporary
// folder.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace aisle::test {

// Not thread-safe.
class NatsServers {
 public:
  // Why there is no server to start, "" when there is one.
  static std::string unavailable();

  // Starts them and waits until JetStream answers.
  explicit NatsServers(std::size_t count = 1);
  ~NatsServers();
  NatsServers(const NatsServers&) = delete;
  NatsServers& operator=(const NatsServers&) = delete;

  std::vector<std::string> urls() const;
  std::size_t size() const { return servers_.size(); }

  void start(std::size_t server);
  void kill(std::size_t server);  // kill -9
  void kill_all();
  void start_all();
  void pause(std::size_t server);   // SIGSTOP
  void resume(std::size_t server);  // SIGCONT
  // The servers' data as it is, put aside under a name, and put back; both while all are killed.
  void save_data(const std::string& name);
  void restore_data(const std::string& name);
  // All data gone; while all are killed.
  void wipe_data();
  // Whether JetStream answers with a leader, within the patience of a test.
  bool wait_until_ready();

 private:
  struct Server {
    pid_t pid = 0;
    std::uint16_t port = 0;
    std::uint16_t cluster_port = 0;
  };
  std::filesystem::path configuration(std::size_t server) const;

  TemporaryFolder folder_;
  std::vector<Server> servers_;
};

}  // namespace aisle::test
