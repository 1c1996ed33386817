// One connection from its first byte to its close: reads, frames, dispatches, answers, one request after the
// other.
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "server/http/connection_registry.h"
#include "server/http/dispatcher.h"
#include "server/http/framer.h"
#include "server/http/http_config.h"
#include "server/http/route_table.h"
#include "server/http/stop_signal.h"

namespace aisle {

// What all connections of a listener share; outlives them.
struct ConnectionContext {
  const HttpConfig& config;
  const HttpHooks& hooks;
  const RouteTable& routes;
  const Dispatcher& dispatcher;
  ConnectionRegistry& registry;
  const HttpMetrics& metrics;
  RouteMetrics& unrouted_metrics;
  const StopSignal& stop;
  const std::atomic<bool>& draining;
};

// Lives on one thread. The descriptor is the registry's; run() leaves closing to the caller.
class Connection {
 public:
  Connection(const ConnectionContext& context, ConnectionRegistry::Handle handle, std::string remote_address);
  void run();

 private:
  using Clock = Deadline::Clock;

  bool read_more();
  Deadline phase_deadline() const;
  Deadline body_deadline() const;
  void note_phase();
  void refuse_late();
  void refuse(const FrameError& error);
  bool serve();
  bool send(const HttpResponse& response, std::string_view request_id, bool head_only, int version_minor);
  bool stays_open() const;

  const ConnectionContext& context_;
  const ConnectionRegistry::Handle handle_;
  const int fd_;
  const std::string remote_address_;
  const Dispatcher::OnState on_state_;
  RouteMatch match_;  // of the request under way, found as soon as its head is whole
  Framer framer_;
  Framer::Phase phase_ = Framer::Phase::Between;
  Clock::time_point phase_begin_;
  bool first_request_ = true;
  bool keep_alive_ = true;
  std::size_t served_in_turn_ = 0;  // since the last read
};

}  // namespace aisle
