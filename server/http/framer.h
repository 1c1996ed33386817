// Strict incremental framing of HTTP/1.x requests. Pure: bytes in, requests or one error out, no I/O, no
// clock.
//   (1) How the bytes are cut into pieces never changes what comes out.
//   (2) Memory is bounded by head_bytes_max, the body limit of the route and what one feed() adds.
//   (3) After an error nothing more comes out.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/chunk_decoder.h"
#include "server/http/request_head.h"

namespace aisle {

struct FramerLimits {
  std::size_t line_bytes_max = 8 * 1024;   // request line (414) or one header (431), without CRLF
  std::size_t head_bytes_max = 16 * 1024;  // request line, headers and CRLFs together (431)
  std::size_t headers_max = 100;           // (431)
};

// What the route of a request lets its body be.
struct BodyPolicy {
  std::size_t body_bytes_max = 1024 * 1024;  // as sent, chunks joined (413)
  bool accepts_gzip = false;                 // else 415
};
// Asked once a head is complete, before any byte of its body is taken.
using BodyPolicyFor = std::function<BodyPolicy(const FramedRequest& head)>;

// Not thread-safe.
class Framer {
 public:
  enum class Event {
    NeedMore,      // feed() and ask again
    SendContinue,  // the client waits for "100 Continue"; answer it and ask again
    Request,       // take_request()
    Error,         // error(); write it and close
  };
  enum class Phase { Between, Head, Body };  // Between: no byte of the next request has come

  explicit Framer(FramerLimits limits, BodyPolicyFor body_policy);

  void feed(std::string_view bytes);
  // Goes as far as the bytes allow. Bytes after a request stay for the next one.
  Event next();
  // Once after each Event::Request.
  FramedRequest take_request();
  const FrameError& error() const { return error_; }
  // What has been understood of the request that is under way or failed: any part of it may still be empty.
  const FramedRequest& partial_request() const { return head_.request(); }

  Phase phase() const;
  std::size_t body_bytes() const { return head_.request().body.size(); }

 private:
  Event fail_with(FrameError error);
  std::optional<Event> scan_head();
  std::optional<FrameError> check_byte(char c);
  std::optional<FrameError> end_line();
  Event begin_body();
  Event read_body();

  const FramerLimits limits_;
  const BodyPolicyFor body_policy_;
  std::string buffer_;
  std::size_t begin_ = 0;       // of the unconsumed bytes in buffer_
  std::size_t scanned_ = 0;     // bytes of buffer_ already looked at, while in a head
  std::size_t line_ = 0;        // begin of the current line in buffer_
  std::size_t head_bytes_ = 0;  // of this head so far
  std::size_t headers_ = 0;     // header lines of this head so far
  bool in_request_line_ = true;
  bool skipped_empty_line_ = false;
  bool in_body_ = false;
  bool head_done_ = false;
  bool failed_ = false;
  RequestHead head_;
  std::optional<ChunkDecoder> chunks_;
  FrameError error_;
};

}  // namespace aisle
