// Which handler answers a method and a path. Our own segments and no regular expressions: linear in the path.
//   "/v1/indexes/{index}/search"  exact segments and named ones; exact wins over named, named over tail
//   "/console/{file...}"          a tail takes the rest of the path, slashes included; it may be empty
#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/http/http_message.h"
#include "server/http/http_metrics.h"

namespace aisle {

struct RouteOptions {
  bool needs_permit = false;   // takes one of the search permits while its handler runs
  bool takes_permits = false;  // its handler does when it computes something: HttpRequest::with_permit
  std::size_t body_bytes_max = std::size_t{1} << 20U;  // as sent and, if gzip, inflated
  bool accepts_gzip = false;                           // of request bodies
  std::chrono::milliseconds time_max{10'000};          // becomes HttpRequest::deadline
  std::chrono::milliseconds body_time_max{0};          // 0: the listener's; more for routes with large bodies
};

struct Route {
  std::string pattern;
  RouteOptions options;
  HttpHandler handler;
  std::vector<std::string> parameter_names;  // in the order of the pattern
  std::shared_ptr<RouteMetrics> metrics;
};

struct RouteMatch {
  const Route* route = nullptr;  // borrowed from the table; null unless status is 200
  int status = 404;              // 200, 400 (the path is malformed), 404, 405
  std::string allow;             // for 405 and OPTIONS, when the path exists
  std::map<std::string, std::string> path_parameters;
};

// Filled before the server starts, then immutable and safe to read from any thread.
class RouteTable {
 public:
  RouteTable();
  ~RouteTable();
  // InvalidArgument for a malformed pattern, Conflict when method and pattern are taken.
  Status add(std::string_view method, std::string_view pattern, RouteOptions options, HttpHandler handler);

  // `path` without query string, percent-encoded. HEAD finds GET routes. A segment that decodes to "." or
  // "..", to invalid UTF-8 or to a control character makes it 400.
  RouteMatch find(std::string_view method, std::string_view path) const;

 private:
  struct Node;
  const Node* match(const Node& node, const std::vector<std::string>& segments, std::size_t index,
                    std::vector<std::string>& values) const;

  std::unique_ptr<Node> root_;
};

}  // namespace aisle
