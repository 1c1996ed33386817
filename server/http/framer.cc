#include "server/http/framer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aisle {
namespace {

constexpr std::size_t idle_bytes_max = 4096;  // kept by a connection between requests

FrameError too_large(std::size_t limit) {
  return {413, "payload_too_large", fmt::format("the body is longer than the limit of {} bytes", limit), {}};
}

}  // namespace

Framer::Framer(FramerLimits limits, BodyPolicyFor body_policy)
    : limits_(limits), body_policy_(std::move(body_policy)) {}

void Framer::feed(std::string_view bytes) {
  if (failed_) return;
  if (begin_ == buffer_.size()) {
    scanned_ -= begin_;
    line_ -= begin_;
    buffer_.clear();
    begin_ = 0;
  } else if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    line_ -= begin_;
    begin_ = 0;
  }
  buffer_.append(bytes);
}

Framer::Phase Framer::phase() const {
  if (in_body_) return Phase::Body;
  return head_bytes_ == 0 && begin_ == buffer_.size() ? Phase::Between : Phase::Head;
}

Framer::Event Framer::fail_with(FrameError error) {
  failed_ = true;
  error_ = std::move(error);
  buffer_.clear();
  begin_ = 0;
  return Event::Error;
}

Framer::Event Framer::next() {
  if (failed_) return Event::Error;
  if (!in_body_) {
    if (const auto event = scan_head()) return *event;
  }
  return read_body();
}

// Nothing when the head is complete and its body is to be read at once.
std::optional<Framer::Event> Framer::scan_head() {
  while (!head_done_ && scanned_ < buffer_.size()) {
    const char c = buffer_[scanned_++];
    ++head_bytes_;
    if (auto error = check_byte(c)) return fail_with(std::move(*error));
    if (c != '\n') continue;
    if (auto error = end_line()) return fail_with(std::move(*error));
    line_ = scanned_;
  }
  if (!head_done_) return Event::NeedMore;
  begin_ = scanned_;
  const Event event = begin_body();
  if (event == Event::NeedMore) return std::nullopt;
  return event;
}

// Byte by byte and in order, so that of two faults the first is told however the bytes arrive.
std::optional<FrameError> Framer::check_byte(char c) {
  const std::size_t length = scanned_ - line_;  // of the line, this byte included
  const bool after_return = length > 1 && buffer_[scanned_ - 2] == '\r';
  const auto byte = static_cast<unsigned char>(c);
  if (c == '\n' ? !after_return : after_return)
    return FrameError{400, "bad_request", "a line does not end in CRLF", {}};
  const bool control = byte < 0x20 || byte == 0x7f;
  const bool allowed =
      c == '\r' || c == '\n' || (in_request_line_ ? !control && byte < 0x80 : !control || c == '\t');
  if (!allowed) {
    return FrameError{400, "bad_request", fmt::format("the head holds the byte 0x{:02x}", byte), {}};
  }
  const bool line_too_long = c != '\r' && c != '\n' && length > limits_.line_bytes_max;
  if (in_request_line_ && (line_too_long || head_bytes_ > limits_.head_bytes_max)) {
    return FrameError{
        414,
        "uri_too_long",
        fmt::format("the request line is longer than the limit of {} bytes", limits_.line_bytes_max),
        {}};
  }
  if (line_too_long) {
    return FrameError{431,
                      "header_too_large",
                      fmt::format("a header is longer than the limit of {} bytes", limits_.line_bytes_max),
                      {}};
  }
  if (head_bytes_ > limits_.head_bytes_max) {
    return FrameError{431,
                      "header_too_large",
                      fmt::format("the head is longer than the limit of {} bytes", limits_.head_bytes_max),
                      {}};
  }
  return std::nullopt;
}

std::optional<FrameError> Framer::end_line() {
  const std::string_view line = std::string_view(buffer_).substr(line_, scanned_ - line_ - 2);
  if (in_request_line_) {
    if (line.empty() && !skipped_empty_line_) {  // some clients send one after a body
      skipped_empty_line_ = true;
      return std::nullopt;
    }
    in_request_line_ = false;
    return head_.request_line(line);
  }
  if (line.empty()) {
    head_done_ = true;
    return head_.finish();
  }
  if (++headers_ > limits_.headers_max) {
    return FrameError{431,
                      "header_too_large",
                      fmt::format("there are more headers than the limit of {}", limits_.headers_max),
                      {}};
  }
  return head_.header_line(line);
}

Framer::Event Framer::begin_body() {
  const BodyFraming& body = head_.body();
  const BodyPolicy policy = body_policy_(head_.request());
  if (body.content_length > policy.body_bytes_max) return fail_with(too_large(policy.body_bytes_max));
  if (body.gzip && !policy.accepts_gzip && (body.chunked || body.content_length > 0)) {
    return fail_with({415, "unsupported_media_type", "this route takes no compressed body", {}});
  }
  if (body.chunked) chunks_.emplace(policy.body_bytes_max);
  in_body_ = true;
  return body.expects_continue ? Event::SendContinue : Event::NeedMore;
}

Framer::Event Framer::read_body() {
  std::string& body = head_.request().body;
  std::string_view rest = std::string_view(buffer_).substr(begin_);
  bool done = false;
  if (chunks_) {
    const auto outcome = chunks_->consume(rest, body);
    if (outcome == ChunkDecoder::Outcome::TooLarge) return fail_with(too_large(chunks_->body_bytes_max()));
    if (outcome == ChunkDecoder::Outcome::Malformed) {
      return fail_with({400, "bad_request", "the chunked body is malformed", {}});
    }
    done = outcome == ChunkDecoder::Outcome::Done;
  } else {
    const std::size_t missing = static_cast<std::size_t>(head_.body().content_length) - body.size();
    const std::size_t count = std::min(missing, rest.size());
    body.append(rest.substr(0, count));
    rest.remove_prefix(count);
    done = count == missing;
  }
  begin_ = buffer_.size() - rest.size();
  scanned_ = line_ = begin_;
  return done ? Event::Request : Event::NeedMore;
}

FramedRequest Framer::take_request() {
  FramedRequest request = std::move(head_.request());
  head_ = RequestHead();
  chunks_.reset();
  head_bytes_ = headers_ = 0;
  in_request_line_ = true;
  skipped_empty_line_ = in_body_ = head_done_ = false;
  if (begin_ == buffer_.size() && buffer_.capacity() > idle_bytes_max) {
    std::string().swap(buffer_);  // thousands of connections may stay idle for a minute
    begin_ = scanned_ = line_ = 0;
  }
  return request;
}

}  // namespace aisle
