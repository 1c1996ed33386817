// An HttpResponse as bytes on the wire. Pure but for the Date header.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace aisle {

struct ResponseContext {
  std::string_view request_id;  // echoed as X-Request-Id
  bool head_only = false;       // the answer to a HEAD: the length of the body, not the body
  bool keep_alive = true;
  int version_minor = 1;  // of the request
};

// Compresses the body and says so, when it is text of at least `bytes_min`, the client takes gzip and it is
// not encoded already. Adds Vary wherever the answer might have been compressed.
void compress_response(HttpResponse& response, std::string_view accept_encoding, std::size_t bytes_min);

// True for a value of Accept-Encoding that takes gzip: "gzip", "br, gzip;q=0.5", "*"; not "gzip;q=0".
bool accepts_gzip(std::string_view accept_encoding);

// The status line, the headers and the empty line. Adds Content-Length, Date, X-Request-Id,
// X-Content-Type-Options: nosniff and Connection; there is no Server header. A header that is no legal one,
// or one that this layer owns, is left out and logged.
std::string response_head(const HttpResponse& response, const ResponseContext& context);

// 204, 304 and answers to HEAD have none.
bool has_body(const HttpResponse& response, const ResponseContext& context);

}  // namespace aisle
