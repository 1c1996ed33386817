// From a framed request to its answer: route, inflate, permit, handler, hooks, compression. Knows no socket.
#pragma once
#include <functional>
#include <string_view>

#include "server/http/connection_registry.h"
#include "server/http/http_config.h"
#include "server/http/http_message.h"
#include "server/http/route_table.h"
#include "server/http/search_permits.h"

namespace aisle {

// Immutable but for what it refers to; thread-safe. Nothing escapes as an exception.
class Dispatcher {
 public:
  using OnState = std::function<void(ConnectionState)>;

  // Borrows all four for its life.
  Dispatcher(const HttpConfig& config, const HttpHooks& hooks, SearchPermits& permits,
             const HttpMetrics& metrics)
      : config_(config), hooks_(hooks), permits_(permits), metrics_(metrics) {}

  static HttpRequest make_request(FramedRequest framed, RouteMatch& match, std::string remote_address);

  // The whole answer, ready to be sent. May inflate request.body. `on_state` hears of Queued and Handling.
  HttpResponse answer(HttpRequest& request, const RouteMatch& match, const OnState& on_state) const;

  // In the shape the owner wants.
  HttpResponse refusal(const HttpError& error) const;

 private:
  HttpResponse route(HttpRequest& request, const RouteMatch& match, const OnState& on_state) const;
  HttpResponse handle(const HttpRequest& request, const Route& route) const;
  HttpResponse permitted(const HttpRequest& request, const OnState& on_state,
                         const std::function<HttpResponse()>& work) const;
  HttpResponse unrouted(const HttpRequest& request, const RouteMatch& match) const;
  HttpResponse guarded(const HttpRequest& request, const std::function<HttpResponse()>& call) const;

  const HttpConfig& config_;
  const HttpHooks& hooks_;
  SearchPermits& permits_;
  const HttpMetrics& metrics_;
};

}  // namespace aisle
