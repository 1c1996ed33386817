// A running HttpServer on loopback with a few plain routes, for the tests of the HTTP layer.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "server/http/http_server.h"

namespace aisle::test {

// The defaults, without a cap on an address: all test clients share one.
inline HttpConfig test_config() {
  HttpConfig config;
  config.connections_per_address_max = 0;
  config.linger_timeout = std::chrono::milliseconds(300);
  return config;
}

class HttpFixture {
 public:
  static constexpr std::size_t large_bytes = std::size_t{32}
                                             << 20U;  // of GET /large: more than socket buffers take

  explicit HttpFixture(HttpConfig config = test_config()) : server(std::move(config)) {
    const auto text = [](std::string body) {
      return HttpResponse{.content_type = "text/plain", .body = std::move(body)};
    };
    add("GET", "/livez", {}, [text](const HttpRequest&) { return text("ok"); });
    add("POST", "/echo", {}, [text](const HttpRequest& request) { return text(request.body); });
    add("GET", "/echo", {}, [text](const HttpRequest& request) { return text("get" + request.body); });
    add("POST", "/small", {.body_bytes_max = 100, .accepts_gzip = true},
        [text](const HttpRequest& request) { return text(request.body); });
    add("GET", "/items/{id}", {},
        [text](const HttpRequest& request) { return text(request.path_parameters.at("id")); });
    add("GET", "/query", {}, [text](const HttpRequest& request) { return text(request.query_string); });
    add("GET", "/headers", {}, [text](const HttpRequest& request) {
      std::string all = "remote=" + request.remote_address + "\n";
      for (const auto& [name, value] : request.headers)
        all.append(name).append("=").append(value).append("\n");
      return text(all);
    });
    add("GET", "/throw", {},
        [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("secret detail"); });
    add("GET", "/large", {}, [](const HttpRequest&) {
      return HttpResponse{.content_type = "application/octet-stream", .body = std::string(large_bytes, 'x')};
    });
  }

  void add(std::string_view method, std::string_view pattern, RouteOptions options, HttpHandler handler) {
    const auto added = server.route(method, pattern, options, std::move(handler));
    EXPECT_TRUE(added) << added.error().message;
  }
  // To be called once, after any further routes.
  std::uint16_t start() {
    const auto started = server.start();
    EXPECT_TRUE(started) << started.error().message;
    return server.port();
  }

  HttpServer server;
};

}  // namespace aisle::test
