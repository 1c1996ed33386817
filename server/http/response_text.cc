#include "server/http/response_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/log.h"
#include "base/take_until.h"
#include "server/http/gzip.h"

namespace aisle {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

// Remembered for its second: formatting a date costs more than the rest of the head.
const std::string& date_now() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 40> buffer{};
    const std::size_t length =
        std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    text.assign(buffer.data(), length);
    second = now;
  }
  return text;
}

bool is_legal_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_legal_value(std::string_view value) {
  return std::ranges::none_of(
      value, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

bool is_ours(std::string_view name) {
  static constexpr std::array<std::string_view, 8> owned = {
      "content-length", "content-type", "connection",   "transfer-encoding",
      "date",           "server",       "x-request-id", "x-content-type-options"};
  return std::ranges::find(owned, lower(name)) != owned.end();
}

bool is_text(std::string_view content_type) {
  const std::string type = lower(content_type.substr(0, content_type.find(';')));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("javascript") ||
         type.ends_with("xml") || type == "application/x-ndjson";
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (!is_legal_name(name) || !is_legal_value(value)) {
    log(LogLevel::Error, "http.header_dropped", "a handler set an illegal response header", {{"name", name}});
    return;
  }
  out.append(name).append(": ").append(value).append("\r\n");
}

bool status_has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  bool wildcard = false;
  while (!accept_encoding.empty()) {
    const std::string_view item = take_until(accept_encoding, ',');
    std::string coding = lower(item);
    std::erase_if(coding, [](char c) { return c == ' ' || c == '\t'; });
    const std::size_t parameters = coding.find(';');
    const std::string_view quality =
        parameters == std::string::npos ? "" : std::string_view(coding).substr(parameters);
    const bool refused =
        quality.starts_with(";q=0") && quality.find_first_not_of("0.", 4) == std::string_view::npos;
    const std::string_view name = std::string_view(coding).substr(0, parameters);
    if (name == "gzip" || name == "x-gzip") return !refused;
    if (name == "*") wildcard = !refused;
  }
  return wildcard;
}

void compress_response(HttpResponse& response, std::string_view accept_encoding, std::size_t bytes_min) {
  if (response.body.size() < bytes_min || !is_text(response.content_type)) return;
  for (const auto& [name, value] : response.headers) {
    if (lower(name) == "content-encoding") return;
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!accepts_gzip(accept_encoding)) return;
  auto packed = gzip(response.body);
  if (!packed || packed->size() >= response.body.size()) return;
  response.body = std::move(*packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

bool has_body(const HttpResponse& response, const ResponseContext& context) {
  return !context.head_only && status_has_body(response.status);
}

std::string response_head(const HttpResponse& response, const ResponseContext& context) {
  std::string out;
  out.reserve(512);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                 reason_phrase(response.status));
  if (status_has_body(response.status)) {
    if (!response.body.empty()) append_header(out, "Content-Type", response.content_type);
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
  }
  for (const auto& [name, value] : response.headers) {
    if (is_ours(name)) {
      log(LogLevel::Error, "http.header_dropped", "a handler set a header of the HTTP layer",
          {{"name", name}});
    } else {
      append_header(out, name, value);
    }
  }
  append_header(out, "Date", date_now());
  append_header(out, "X-Request-Id", context.request_id);
  out += "X-Content-Type-Options: nosniff\r\n";
  if (!context.keep_alive) {
    out += "Connection: close\r\n";
  } else if (context.version_minor == 0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  return out;
}

}  // namespace aisle
