// Everything that can be set on a listener, with its reason, and the hooks of its owner.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "server/http/framer.h"
#include "server/http/http_message.h"
#include "server/http/search_permits.h"

namespace aisle {

struct HttpConfig {
  std::string name = "public";             // label of metrics, field of log lines
  std::string bind_address = "127.0.0.1";  // a name is resolved once
  std::uint16_t port = 0;                  // 0: any free one, see HttpServer::port()
  bool loopback_only = false;              // start() refuses another bind_address: there are no keys yet
  int backlog = 4096;                      // connects beyond it wait a second for their next SYN

  // A thread each: about 25 KB when idle. Lowered at start, with a warning, to what RLIMIT_NOFILE allows.
  std::size_t connections_max = 2048;
  std::size_t connections_per_address_max = 256;  // 0: no cap
  std::function<bool(std::string_view address)> is_trusted_proxy =
      {};                                         // exempt from that cap; null: nobody is
  std::chrono::milliseconds thread_idle{30'000};  // an unused thread is kept that long

  FramerLimits framer;
  std::size_t query_string_bytes_max = 4 * 1024;  // 414
  std::size_t pipelined_per_turn_max = 32;        // answers before others get the processor
  std::size_t gzip_bytes_min = 1024;              // smaller answers fit a packet or two anyway

  // Each covers the whole phase, however the bytes trickle.
  std::chrono::milliseconds head_timeout{5'000};   // from the first byte, or from accept for a new connection
  std::chrono::milliseconds body_timeout{10'000};  // RouteOptions::body_time_max overrides it
  std::size_t body_bytes_per_second_min = 1024;    // after body_rate_grace
  std::chrono::milliseconds body_rate_grace{2'000};
  std::chrono::milliseconds idle_timeout{75'000};  // browsers and proxies keep 60 s
  std::chrono::milliseconds write_timeout{10'000};
  std::chrono::milliseconds linger_timeout{1'000};  // for the peer to read the last answer

  PermitLimits permits;
  // A connection whose search found no permit is not read again for so long: clients that ask again at once
  // would keep the processor from those who wait. Retry-After is longer.
  std::chrono::milliseconds refused_rest{0};
};

// All may be null. They run on connection threads and must be thread-safe; what they throw becomes a 500.
struct HttpHooks {
  // Answers OPTIONS on a path that has routes but none for OPTIONS. Default: 204 with Allow.
  HttpHandler options = {};
  // Shapes refusals of the layer itself. Default: error_response().
  std::function<HttpResponse(const HttpError&)> render_error = {};
  // Sees every answer to an understood request before it is sent, refusals included: the place for CORS
  // headers.
  std::function<void(const HttpRequest&, HttpResponse&)> before_answer = {};
  // Sees it after it was sent, with the time since the request was whole: the place for the access log.
  std::function<void(const HttpRequest&, const HttpResponse&, std::chrono::nanoseconds)> after_answer = {};
};

}  // namespace aisle
