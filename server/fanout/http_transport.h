// Calls to other nodes as HTTP/1.1 POST over kept connections: non-blocking sockets and poll().
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/fanout/node_transport.h"
#include "server/fanout/response_parser.h"

namespace aisle {

// Connections that wait for their next call, by address. Thread-safe.
class ConnectionPool {
 public:
  static constexpr std::size_t idle_max = 64;  // a node; more are closed

  ~ConnectionPool();
  // A connection that the peer has not closed; -1 when there is none.
  int take(const std::string& address);
  void give_back(const std::string& address, int fd);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<int>> idle_;  // newest last: the others may end by age
};

class HttpTransport final : public NodeTransport {
 public:
  std::unique_ptr<NodeExchange> start(const NodeAddress& node, const NodeCall& call) override;
  void wait(std::span<NodeExchange* const> exchanges, Deadline::Clock::time_point until) override;
  Deadline::Clock::time_point now() const override { return Deadline::Clock::now(); }

 private:
  ConnectionPool pool_;
};

}  // namespace aisle
