// The HTTP/1.1 server of aisle: strict framing, a thread per connection up to a cap, deadlines on every
// phase.
//   (1) A request reaches a handler whole, framed and bounded, or not at all.
//   (2) Every understood request gets exactly one answer, in order, a stop included.
//   (3) No client holds a thread longer than the deadlines of HttpConfig, whatever it sends or does not read.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/deadline.h"
#include "base/error.h"
#include "server/http/http_config.h"
#include "server/http/http_message.h"
#include "server/http/route_table.h"

namespace aisle {

// route(), set_hooks(), start(), stop() from one thread, in that order; the rest is thread-safe.
class HttpServer {
 public:
  explicit HttpServer(HttpConfig config);
  ~HttpServer();  // stops; waits for running handlers however long they take
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Patterns: route_table.h. HEAD is answered by GET routes. Errors: see RouteTable::add().
  Status route(std::string_view method, std::string_view pattern, RouteOptions options, HttpHandler handler);
  void set_hooks(HttpHooks hooks);

  // Errors: see Acceptor::open().
  Status start();
  std::uint16_t port() const;  // after start()

  // From now on answers close their connections, so that clients and proxies move away. Still accepts and
  // answers.
  void drain();
  bool draining() const;
  // Stops accepting, closes idle connections at once and lets requests under way finish until `deadline`,
  // then breaks them. DeadlineExceeded when a handler still runs; the destructor waits for it.
  Status stop(Deadline deadline);

  std::size_t connections() const;
  // How long searches have been refused for want of permits without the queue ever running empty.
  std::chrono::milliseconds saturated_for() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace aisle
