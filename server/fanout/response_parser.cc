#include "server/fanout/response_parser.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace aisle {
namespace {

bool equal_fold(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](unsigned char c) { return std::tolower(c); },
      [](unsigned char c) { return std::tolower(c); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

ResponseParser::State ResponseParser::refuse(std::string_view problem) {
  problem_ = problem;
  state_ = State::Broken;
  return state_;
}

ResponseParser::State ResponseParser::feed(std::string_view bytes) {
  if (state_ == State::Head && !bytes.empty()) {
    head_ += bytes;
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) {
      return head_.size() > head_bytes_max ? refuse("the head of the answer is too long") : state_;
    }
    if (end > head_bytes_max) return refuse("the head of the answer is too long");
    const std::string rest = head_.substr(end + 4);
    head_.resize(end);
    parse_head(head_);
    if (state_ == State::Broken) return state_;
    state_ = State::Body;
    return feed(rest);
  }
  if (state_ == State::Done && !bytes.empty()) return refuse("bytes came behind the answer");
  if (state_ != State::Body) return state_;
  if (bytes.size() > length_ - body_.size()) return refuse("bytes came behind the answer");
  body_ += bytes;
  if (body_.size() == length_) state_ = State::Done;
  return state_;
}

void ResponseParser::parse_head(std::string_view head) {
  const std::size_t line_end = std::min(head.find("\r\n"), head.size());
  const std::string_view line = head.substr(0, line_end);
  constexpr std::string_view version = "HTTP/1.1 ";
  const bool shaped = line.starts_with(version) && line.size() >= version.size() + 3;
  const char* digits = line.data() + version.size();
  if (!shaped || std::from_chars(digits, digits + 3, status_).ptr != digits + 3 || status_ < 200) {
    refuse("the answer does not begin with a status line");
    return;
  }
  for (std::size_t at = line_end + 2; at < head.size() && state_ != State::Broken;) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    parse_header(head.substr(at, end - at));
    at = end + 2;
  }
  if (state_ == State::Broken) return;
  if (!has_length_) {
    refuse("the answer does not tell its length");
    return;
  }
  body_.reserve(std::min<std::size_t>(length_, 1U << 20U));
}

void ResponseParser::parse_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    refuse("a header of the answer has no colon");
    return;
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (equal_fold(name, "connection") && equal_fold(value, "close")) keeps_connection_ = false;
  if (equal_fold(name, "transfer-encoding")) refuse("the answer comes in chunks");
  if (!equal_fold(name, "content-length")) return;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length_);
  if (has_length_ || value.empty() || error != std::errc() || end != value.data() + value.size()) {
    refuse("the length of the answer is no number");
    return;
  }
  if (length_ > body_bytes_max) refuse("the answer is too long");
  has_length_ = true;
}

}  // namespace aisle
