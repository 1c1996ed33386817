// The answer of another node, byte by byte: status line, headers of which the length counts, body.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

class ResponseParser {
 public:
  static constexpr std::size_t head_bytes_max = 16U << 10U;
  static constexpr std::size_t body_bytes_max = 64U << 20U;

  enum class State : std::uint8_t { Head, Body, Done, Broken };

  State feed(std::string_view bytes);
  State state() const { return state_; }
  bool begun() const { return !head_.empty() || state_ != State::Head; }
  // Of a finished answer.
  int status() const { return status_; }
  const std::string& body() const { return body_; }
  bool keeps_connection() const { return keeps_connection_; }
  // Why it is broken.
  std::string_view problem() const { return problem_; }

 private:
  void parse_head(std::string_view head);
  void parse_header(std::string_view line);
  State refuse(std::string_view problem);

  State state_ = State::Head;
  std::string head_;
  std::string body_;
  int status_ = 0;
  bool has_length_ = false;
  std::size_t length_ = 0;
  bool keeps_connection_ = true;
  std::string_view problem_;
};

}  // namespace aisle
