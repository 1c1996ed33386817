#include "server/http/http_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "server/http/acceptor.h"
#include "server/http/connection.h"
#include "server/http/connection_registry.h"
#include "server/http/dispatcher.h"
#include "server/http/elastic_threads.h"
#include "server/http/rejector.h"
#include "server/http/request_id.h"
#include "server/http/response_text.h"
#include "server/http/search_permits.h"
#include "server/http/socket_io.h"
#include "server/http/stop_signal.h"

namespace aisle {
namespace {

constexpr rlim_t spare_descriptors = 256;  // files, database connections, sockets to other nodes
constexpr std::chrono::milliseconds after_breaking{500};

// How many connections the descriptors of this process carry, at most `wanted`. Raises the soft limit if it
// can.
std::size_t affordable_connections(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = static_cast<rlim_t>(wanted) + spare_descriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  const auto most =
      static_cast<std::size_t>(std::max(limit.rlim_cur, 2 * spare_descriptors) - spare_descriptors);
  log(LogLevel::Warn, "http.connections_lowered", "the descriptor limit does not carry connections_max",
      {{"connections_max", wanted}, {"now", most}});
  return std::min(wanted, most);
}

HttpConfig affordable(HttpConfig config) {
  config.connections_max = affordable_connections(config.connections_max);
  return config;
}

}  // namespace

struct HttpServer::Parts {
  explicit Parts(HttpConfig given)
      : config(affordable(std::move(given))),
        metrics(config.name),
        unrouted_metrics("none"),
        permits(config.permits, metrics),
        registry(config.connections_max, config.connections_per_address_max, metrics),
        dispatcher(config, hooks, permits, metrics),
        context{config, hooks, routes, dispatcher, registry, metrics, unrouted_metrics, stopping, draining},
        threads(config.thread_idle),
        acceptor(metrics) {}

  void take(int fd);
  void refuse(int fd, int status, std::string_view message, HttpMetrics::Rejection reason);

  // Fixed once started
  const HttpConfig config;
  HttpHooks hooks;
  RouteTable routes;
  bool started = false;
  // Thread-safe by themselves
  HttpMetrics metrics;
  RouteMetrics unrouted_metrics;
  SearchPermits permits;
  ConnectionRegistry registry;
  Dispatcher dispatcher;
  StopSignal stopping;
  std::atomic<bool> draining{false};
  const ConnectionContext context;
  std::optional<Rejector> rejector;
  ElasticThreads threads;
  Acceptor acceptor;  // last: it goes first and feeds all the others
};

// On the accepting thread.
void HttpServer::Parts::take(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  std::string address = peer_address(fd);
  const bool counted = !(config.is_trusted_proxy && config.is_trusted_proxy(address));
  if (registry.crowded()) registry.nudge_longest_idle();
  ConnectionRegistry::Handle handle;
  switch (registry.admit(fd, address, counted, handle)) {
    case ConnectionRegistry::Admission::Admitted:
      break;
    case ConnectionRegistry::Admission::Full:
      refuse(fd, 503, "too many connections, try again", HttpMetrics::Rejection::Cap);
      return;
    case ConnectionRegistry::Admission::AddressFull:
      refuse(fd, 429, "too many connections from this address", HttpMetrics::Rejection::AddressCap);
      return;
  }
  const bool runs = threads.run([this, handle, address = std::move(address)] {
    Connection(context, handle, address).run();
    registry.release(handle);
  });
  if (!runs) {
    metrics.rejected(HttpMetrics::Rejection::Cap);
    registry.release(handle);
  }
}

void HttpServer::Parts::refuse(int fd, int status, std::string_view message, HttpMetrics::Rejection reason) {
  metrics.rejected(reason);
  const std::string id = make_request_id();
  const HttpResponse response =
      dispatcher.refusal({status, "too_many_connections", std::string(message), id, {}});
  rejector->refuse(fd, response_head(response, {.request_id = id, .keep_alive = false}) + response.body);
}

HttpServer::HttpServer(HttpConfig config) : parts_(std::make_unique<Parts>(std::move(config))) {}

HttpServer::~HttpServer() {
  if (auto stopped = stop(Deadline::after(std::chrono::seconds(10))); !stopped) {
    log(LogLevel::Warn, "http.stop_late", stopped.error().message);
  }
}

Status HttpServer::route(std::string_view method, std::string_view pattern, RouteOptions options,
                         HttpHandler handler) {
  if (parts_->started) return fail(ErrorCode::FailedPrecondition, "the server has started, routes are fixed");
  return parts_->routes.add(method, pattern, options, std::move(handler));
}

void HttpServer::set_hooks(HttpHooks hooks) {
  if (!parts_->started) parts_->hooks = std::move(hooks);
}

Status HttpServer::start() {
  if (parts_->started) return fail(ErrorCode::FailedPrecondition, "the server has started already");
  const HttpConfig& config = parts_->config;
  AISLE_CHECK(parts_->acceptor.open({.host = config.bind_address,
                                     .port = config.port,
                                     .loopback_only = config.loopback_only,
                                     .backlog = config.backlog}));
  parts_->started = true;
  parts_->rejector.emplace();
  parts_->acceptor.start([parts = parts_.get()](int fd) { parts->take(fd); });
  return {};
}

std::uint16_t HttpServer::port() const {
  return parts_->acceptor.port();
}

void HttpServer::drain() {
  parts_->draining.store(true);
}

bool HttpServer::draining() const {
  return parts_->draining.load();
}

Status HttpServer::stop(Deadline deadline) {
  parts_->draining.store(true);
  parts_->acceptor.stop();
  parts_->stopping.set();
  if (parts_->registry.wait_until_empty(deadline)) return {};
  parts_->registry.break_all();
  if (parts_->registry.wait_until_empty(Deadline::after(after_breaking))) return {};
  return fail(ErrorCode::DeadlineExceeded,
              fmt::format("{} connections have a handler that still runs", parts_->registry.size()));
}

std::size_t HttpServer::connections() const {
  return parts_->registry.size();
}

std::chrono::milliseconds HttpServer::saturated_for() const {
  return parts_->permits.saturated_for();
}

}  // namespace aisle
