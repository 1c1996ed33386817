#include "server/http/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/take_until.h"

namespace aisle {
namespace {

// The headers anything in aisle reads; all others end here. Prefixes end in '-'.
constexpr std::array<std::string_view, 26> passed_on = {"accept",
                                                        "accept-encoding",
                                                        "accept-language",
                                                        "access-control-request-headers",
                                                        "access-control-request-method",
                                                        "access-control-request-private-network",
                                                        "authorization",
                                                        "content-encoding",
                                                        "content-type",
                                                        "forwarded",
                                                        "host",
                                                        "if-match",
                                                        "if-modified-since",
                                                        "if-none-match",
                                                        "origin",
                                                        "referer",
                                                        "request-id",
                                                        "traceparent",
                                                        "tracestate",
                                                        "user-agent",
                                                        "x-aisle-",
                                                        "x-algolia-",
                                                        "x-api-key",
                                                        "x-forwarded-for",
                                                        "x-forwarded-proto",
                                                        "x-request-id"};
constexpr std::array<std::string_view, 7> known_methods = {"GET",   "HEAD",   "POST",   "PUT",
                                                           "PATCH", "DELETE", "OPTIONS"};
// Named by the standards and never served, unlike what nobody has heard of (501).
constexpr std::array<std::string_view, 3> refused_methods = {"TRACE", "CONNECT", "PRI"};

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_passed_on(std::string_view name) {
  return std::ranges::any_of(passed_on, [&](std::string_view entry) {
    return entry.back() == '-' ? name.starts_with(entry) : name == entry;
  });
}

// A line break that some later decoder would see.
bool hides_a_line_break(std::string_view value) {
  for (std::size_t at = value.find('%'); at != std::string_view::npos; at = value.find('%', at + 1)) {
    const std::string escape = lower(value.substr(at, 3));
    if (escape == "%0d" || escape == "%0a" || escape == "%00") return true;
  }
  return false;
}

bool is_host(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:[]%").find(c) != std::string_view::npos;
  });
}

FrameError bad(std::string message) {
  return {400, "bad_request", std::move(message), {}};
}

template <class Visit>
void for_each_list_item(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::string_view item = take_until(list, ',');
    visit(lower(trimmed(item)));
  }
}

std::optional<FrameError> check_version(std::string_view version) {
  const bool shaped = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.' &&
                      version[5] >= '0' && version[5] <= '9' && version[7] >= '0' && version[7] <= '9';
  if (!shaped) return bad("the request line does not end in an HTTP version");
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  return FrameError{
      505, "http_version_not_supported", fmt::format("{} is not spoken here, use HTTP/1.1", version), {}};
}

std::optional<FrameError> check_method(std::string_view method) {
  if (std::ranges::find(known_methods, method) != known_methods.end()) return std::nullopt;
  if (std::ranges::find(refused_methods, method) != refused_methods.end()) {
    return FrameError{405, "method_not_allowed", fmt::format("method {} is not allowed", method),
                      framer_methods};
  }
  return FrameError{501, "not_implemented", "the method is not known", {}};
}

// Absolute form to origin form; "" if it is neither.
std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::string scheme = lower(target.substr(0, 8));
  const std::size_t skip = scheme.starts_with("http://") ? 7 : scheme == "https://" ? 8 : 0;
  if (skip == 0) return {};
  target.remove_prefix(skip);
  const std::size_t path = target.find_first_of("/?");
  if (path == 0) return {};
  if (path == std::string_view::npos) return "/";
  return target[path] == '/' ? target.substr(path) : std::string_view{};
}

}  // namespace

std::optional<FrameError> RequestHead::request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos) {
    return bad("the request line is not method, target and version with one space between");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!is_token(method) || target.empty()) return bad("the request line lacks a method or a target");
  if (auto error = check_version(version)) return error;
  if (auto error = check_method(method)) return error;
  if (target.find('#') != std::string_view::npos) return bad("the request target holds a fragment");
  request_.method = method;
  request_.version_minor = version.back() - '0';
  request_.target = target == "*" && method == "OPTIONS" ? target : origin_form(target);
  if (request_.target.empty()) return bad("the request target does not begin with a slash");
  return std::nullopt;
}

std::optional<FrameError> RequestHead::header_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return bad("a header line is folded");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return bad("a header line is not a name, a colon and a value");
  }
  const std::string name = lower(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (auto error = note(name, value)) return error;
  if (is_passed_on(name) && !hides_a_line_break(value)) request_.headers.emplace_back(name, value);
  return std::nullopt;
}

std::optional<FrameError> RequestHead::note(std::string_view name, std::string_view value) {
  if (name == "host") {
    if (++hosts_ > 1) return bad("the host header comes twice");
    if (!is_host(value)) return bad("the host header holds a character that no host has");
  } else if (name == "content-length") {
    return note_length(value);
  } else if (name == "transfer-encoding") {
    ++transfer_encodings_;
    body_.chunked = true;
    other_transfer_coding_ = other_transfer_coding_ || lower(value) != "chunked";
  } else if (name == "content-encoding") {
    const std::string coding = lower(value);
    body_.gzip = body_.gzip || coding == "gzip";
    other_content_coding_ = other_content_coding_ || (coding != "gzip" && coding != "identity");
  } else if (name == "content-type") {
    multipart_ = multipart_ || lower(value).starts_with("multipart/");
  } else if (name == "expect") {
    body_.expects_continue = true;
    other_expectation_ = other_expectation_ || lower(value) != "100-continue";
  } else if (name == "connection") {
    for_each_list_item(value, [&](const std::string& item) {
      says_close_ = says_close_ || item == "close";
      says_keep_alive_ = says_keep_alive_ || item == "keep-alive";
    });
  }
  return std::nullopt;
}

std::optional<FrameError> RequestHead::note_length(std::string_view value) {
  if (++lengths_ > 1) return bad("the content-length header comes twice");
  if (value.empty() || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
    return bad("content-length is not a number in digits");
  }
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const char c : value) {  // saturates: whatever is too long for a number is too long for a body
    const auto digit = static_cast<std::uint64_t>(c - '0');
    body_.content_length =
        body_.content_length > (most - digit) / 10 ? most : body_.content_length * 10 + digit;
  }
  return std::nullopt;
}

std::optional<FrameError> RequestHead::finish() {
  if (request_.version_minor == 1 && hosts_ == 0) return bad("the host header is missing");
  if (transfer_encodings_ > 0 && lengths_ > 0)
    return bad("content-length and transfer-encoding come together");
  if (transfer_encodings_ > 1) return bad("the transfer-encoding header comes twice");
  if (transfer_encodings_ > 0 && request_.version_minor == 0) return bad("HTTP/1.0 has no transfer-encoding");
  if (other_transfer_coding_) {
    return FrameError{411, "length_required", "the only transfer coding is chunked", {}};
  }
  if (other_expectation_) {
    return FrameError{417, "expectation_failed", "the only expectation is 100-continue", {}};
  }
  const bool has_body = body_.chunked || body_.content_length > 0;
  if (has_body && other_content_coding_) {
    return FrameError{415, "unsupported_media_type", "the only content coding of a request is gzip", {}};
  }
  if (has_body && multipart_)
    return FrameError{415, "unsupported_media_type", "multipart is not accepted", {}};
  body_.expects_continue = body_.expects_continue && has_body && request_.version_minor == 1;
  request_.keep_alive = request_.version_minor == 1 ? !says_close_ : says_keep_alive_ && !says_close_;
  return std::nullopt;
}

}  // namespace aisle
