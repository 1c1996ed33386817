// What a handler gets and what it gives back. Plain values; nothing here knows of sockets.
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.h"

namespace aisle {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  HttpHeaders headers = {};  // a name or value that is no legal header is dropped and logged
  bool overloaded = false;   // refused for want of a permit: HttpConfig::refused_rest
};

struct HttpRequest {
  std::string method;        // upper case, one of the methods the framer knows
  std::string path;          // as it came, still percent-encoded, without the query string
  std::string query_string;  // as it came, without the '?'
  HttpHeaders headers;  // names in lower case, in order of arrival, only those on the framer's allow-list
  std::string body;     // chunks joined and gzip inflated
  std::string remote_address;  // of the socket; forwarded addresses are the caller's to judge
  std::map<std::string, std::string> path_parameters;  // percent-decoded, valid UTF-8, no control characters
  std::string request_id;
  Deadline deadline = Deadline::never();  // of the route, counted from the arrival of the whole request
  // Of a route that takes its permits itself (RouteOptions): takes one of the search permits, runs the
  // function and gives the permit back; the refusal when there is none to be had.
  std::function<HttpResponse(const std::function<HttpResponse()>&)> with_permit = {};

  // The first header of that name (lower case). The view lives as long as the request.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Called on the connection's thread, any number at a time: must be thread-safe. What it throws becomes a 500.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// A refusal made by the layer itself, before or instead of a handler.
struct HttpError {
  int status = 500;
  std::string_view code = {};  // "not_found"; a literal
  std::string message = {};
  std::string request_id = {};
  std::string path = {};  // "" when the request line was not understood
};

}  // namespace aisle
