#include "server/http/dispatcher.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "base/log.h"
#include "server/http/error_response.h"
#include "server/http/gzip.h"
#include "server/http/request_id.h"
#include "server/http/response_text.h"

namespace aisle {
namespace {

HttpError error_for(const HttpRequest& request, int status, std::string_view code, std::string message) {
  return {status, code, std::move(message), request.request_id, request.path};
}

// After inflating, a handler must not see a coding that is no longer there. True if it was gzip.
bool take_gzip_coding(HttpHeaders& headers) {
  bool gzip = false;
  std::erase_if(headers, [&](const auto& header) {
    if (header.first != "content-encoding") return false;
    gzip = gzip ||
           header.second.size() == std::string_view("gzip").size();  // the framer admits identity besides
    return true;
  });
  return gzip;
}

}  // namespace

HttpRequest Dispatcher::make_request(FramedRequest framed, RouteMatch& match, std::string remote_address) {
  HttpRequest request;
  request.method = std::move(framed.method);
  const std::size_t question = framed.target.find('?');
  request.path = framed.target.substr(0, question);
  if (question != std::string::npos) request.query_string = framed.target.substr(question + 1);
  request.headers = std::move(framed.headers);
  request.body = std::move(framed.body);
  request.remote_address = std::move(remote_address);
  request.path_parameters = std::move(match.path_parameters);
  request.request_id = request_id_of(request.headers);
  if (match.route != nullptr) request.deadline = Deadline::after(match.route->options.time_max);
  return request;
}

HttpResponse Dispatcher::refusal(const HttpError& error) const {
  if (hooks_.render_error) {
    try {
      return hooks_.render_error(error);
    } catch (const std::exception& exception) {
      log(LogLevel::Error, "http.hook_failed", exception.what(), {{"request_id", error.request_id}});
    }
  }
  return error_response(error.status, error.code, error.message, error.request_id);
}

// Detail goes to the log, the client gets the id under which to find it.
HttpResponse Dispatcher::guarded(const HttpRequest& request,
                                 const std::function<HttpResponse()>& call) const {
  try {
    return call();
  } catch (const std::exception& exception) {
    log(LogLevel::Error, "http.handler_failed", exception.what(),
        {{"request_id", request.request_id}, {"path", request.path}});
  } catch (...) {
    log(LogLevel::Error, "http.handler_failed", "the handler threw something that is no exception",
        {{"request_id", request.request_id}, {"path", request.path}});
  }
  return refusal(error_for(request, 500, "internal", "the request failed, see the log for its request_id"));
}

HttpResponse Dispatcher::answer(HttpRequest& request, const RouteMatch& match,
                                const OnState& on_state) const {
  HttpResponse response = route(request, match, on_state);
  if (hooks_.before_answer) {
    response = guarded(request, [&] {
      hooks_.before_answer(request, response);
      return std::move(response);
    });
  }
  compress_response(response, request.header("accept-encoding").value_or(""), config_.gzip_bytes_min);
  return response;
}

HttpResponse Dispatcher::route(HttpRequest& request, const RouteMatch& match, const OnState& on_state) const {
  if (request.query_string.size() > config_.query_string_bytes_max) {
    return refusal(error_for(request, 414, "uri_too_long",
                             fmt::format("the query string is {} bytes, the limit is {}",
                                         request.query_string.size(), config_.query_string_bytes_max)));
  }
  if (match.route == nullptr) return unrouted(request, match);
  const RouteOptions& options = match.route->options;
  if (!request.body.empty() && take_gzip_coding(request.headers)) {
    auto inflated = gunzip(request.body, options.body_bytes_max);
    if (!inflated) {
      const bool too_large = inflated.error().code == ErrorCode::TooLarge;
      if (too_large) metrics_.rejected(HttpMetrics::Rejection::TooLarge);
      return refusal(error_for(request, too_large ? 413 : 400,
                               too_large ? "payload_too_large" : "bad_request",
                               std::move(inflated.error().message)));
    }
    request.body = std::move(*inflated);
  }
  if (options.needs_permit)
    return permitted(request, on_state, [&] { return handle(request, *match.route); });
  if (options.takes_permits) {
    request.with_permit = [&](const std::function<HttpResponse()>& work) {
      return permitted(request, on_state, work);
    };
  }
  return handle(request, *match.route);
}

HttpResponse Dispatcher::permitted(const HttpRequest& request, const OnState& on_state,
                                   const std::function<HttpResponse()>& work) const {
  on_state(ConnectionState::Queued);
  const auto permit = permits_.acquire(request.deadline);
  if (!permit) {
    HttpResponse refused =
        refusal(error_for(request, 503, "overloaded", "too many searches at once, try again"));
    refused.overloaded = true;
    return refused;
  }
  on_state(ConnectionState::Handling);
  return work();
}

HttpResponse Dispatcher::handle(const HttpRequest& request, const Route& route) const {
  return guarded(request, [&] { return route.handler(request); });
}

HttpResponse Dispatcher::unrouted(const HttpRequest& request, const RouteMatch& match) const {
  const bool any_path = request.path == "*";
  if (request.method == "OPTIONS" && (any_path || match.status == 405)) {
    HttpResponse response{.status = 204, .content_type = {}, .body = {}};
    if (hooks_.options && !any_path) response = guarded(request, [&] { return hooks_.options(request); });
    response.headers.emplace_back("Allow", any_path ? framer_methods : match.allow);
    return response;
  }
  if (match.status == 400) {
    return refusal(error_for(request, 400, "bad_request", "the path is not valid percent-encoded text"));
  }
  if (match.status == 405) {
    auto response =
        refusal(error_for(request, 405, "method_not_allowed",
                          fmt::format("{} is not allowed here, only {}", request.method, match.allow)));
    response.headers.emplace_back("Allow", match.allow);
    return response;
  }
  return refusal(error_for(request, 404, "not_found", "there is nothing at this path"));
}

}  // namespace aisle
