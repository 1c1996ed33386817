// The series of the HTTP layer. Each is registered once and kept; none carries a query, user or address.
#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/metrics.h"

namespace aisle {

// aisle_http_requests_total{route,method,code} and aisle_http_request_duration_seconds{route,code_class}.
// Thread-safe. Methods and codes come from fixed sets, so the number of series is bounded.
class RouteMetrics {
 public:
  explicit RouteMetrics(std::string route) : route_(std::move(route)) {}
  void observe(const std::string& method, int status, double seconds);

 private:
  const std::string route_;
  std::mutex mutex_;
  std::map<std::pair<std::string, int>, Counter> requests_;
  std::array<std::optional<Histogram>, 6> durations_;  // by the first digit of the status
};

// Of one listener; `listener` is a label, as a process has a public one and one for its operators.
// Thread-safe.
class HttpMetrics {
 public:
  explicit HttpMetrics(const std::string& listener);

  enum class Rejection {
    QueueFull,
    Cap,
    AddressCap,
    HeadTimeout,
    BodyTimeout,
    WriteTimeout,
    TooLarge,
    BadFraming,
    NoDescriptors
  };
  void rejected(Rejection reason) const { rejected_[static_cast<std::size_t>(reason)].add(); }
  void queue_wait(double seconds) const { queue_wait_.observe(seconds); }
  void queue_length(std::size_t length) const { queue_length_.set(static_cast<double>(length)); }
  // `state` is an index into connection_states.
  void connections(std::size_t state, std::size_t count) const {
    connections_[state].set(static_cast<double>(count));
  }
  static constexpr std::array<std::string_view, 5> connection_states = {"idle", "reading", "queued",
                                                                        "handling", "writing"};

 private:
  std::array<Counter, 9> rejected_;
  Histogram queue_wait_;
  Gauge queue_length_;
  std::array<Gauge, 5> connections_;
};

}  // namespace aisle
