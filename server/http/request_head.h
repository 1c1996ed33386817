// The head of one HTTP/1.x request, read line by line and rebuilt from an allow-list of headers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace aisle {

// Why a request is refused. After it the connection closes: nobody knows where the next request would begin.
struct FrameError {
  int status = 400;
  std::string_view code = "bad_request";  // a literal
  std::string message;
  std::string_view allow;  // value of the Allow header of a 405, else ""
};

// One request, framed. `headers` are the allow-listed ones, names in lower case.
struct FramedRequest {
  std::string method;
  std::string target;  // origin form: path and query as they came; "*" for OPTIONS alone
  int version_minor = 1;
  HttpHeaders headers;
  std::string body;  // chunks joined, still compressed if content-encoding says so
  bool keep_alive = true;
};

// How the body will come, as the head tells it.
struct BodyFraming {
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool expects_continue = false;
  bool gzip = false;
};

// The methods that get as far as the routes, for Allow headers.
inline constexpr std::string_view framer_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

// Takes the lines of one head without their CRLF; the caller has checked bytes and lengths. Not thread-safe.
// Strict where servers are known to disagree, as that is what request smuggling lives on.
class RequestHead {
 public:
  std::optional<FrameError> request_line(std::string_view line);
  std::optional<FrameError> header_line(std::string_view line);
  // After the empty line: what only the whole head can tell.
  std::optional<FrameError> finish();

  FramedRequest& request() { return request_; }
  const FramedRequest& request() const { return request_; }
  const BodyFraming& body() const { return body_; }

 private:
  std::optional<FrameError> note(std::string_view name, std::string_view value);
  std::optional<FrameError> note_length(std::string_view value);

  FramedRequest request_;
  BodyFraming body_;
  int hosts_ = 0;
  int lengths_ = 0;
  int transfer_encodings_ = 0;
  bool other_transfer_coding_ = false;
  bool other_content_coding_ = false;
  bool other_expectation_ = false;
  bool multipart_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
};

}  // namespace aisle
