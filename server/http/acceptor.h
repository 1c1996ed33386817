// Listens and accepts. No error of accept() ends it: when descriptors run out it pauses, without spinning.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/error.h"
#include "server/http/http_metrics.h"
#include "server/http/stop_signal.h"

namespace aisle {

struct ListenAddress {
  std::string host;        // numeric or a name
  std::uint16_t port = 0;  // 0: any free one
  bool loopback_only = false;
  int backlog = 4096;
};

// open() and stop() from one thread.
class Acceptor {
 public:
  // Takes over a non-blocking descriptor; runs on the accepting thread and must be quick and not throw.
  using OnConnection = std::function<void(int fd)>;

  explicit Acceptor(const HttpMetrics& metrics) : metrics_(metrics) {}
  ~Acceptor() { stop(); }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // InvalidArgument for a host that does not resolve, FailedPrecondition for one that is not loopback though
  // only loopback is allowed, Unavailable when the port is taken.
  Status open(const ListenAddress& address);
  void start(OnConnection on_connection);
  // Takes what already waits in the backlog, then closes. Idempotent.
  void stop();
  std::uint16_t port() const { return port_; }  // once open

 private:
  void work();
  bool accept_waiting();

  const HttpMetrics& metrics_;
  OnConnection on_connection_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  StopSignal stop_;
  std::thread thread_;
};

}  // namespace aisle
