// A socket that says exactly what a test tells it to, and a small reader of what comes back.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace aisle::test {

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string head;
  std::string body;
};

class RawHttp {
 public:
  explicit RawHttp(std::uint16_t port, const std::string& local_address = "127.0.0.1");
  RawHttp(RawHttp&& other) noexcept;
  RawHttp(const RawHttp&) = delete;
  RawHttp& operator=(const RawHttp&) = delete;
  ~RawHttp();

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // False when the peer has closed. Blocks while its buffers are full, at most `patience`.
  bool send(std::string_view bytes, std::chrono::milliseconds patience = std::chrono::seconds(5));
  // One response by its Content-Length; nothing on close or timeout. `head_only` for answers to HEAD.
  std::optional<RawResponse> read(bool head_only = false,
                                  std::chrono::milliseconds patience = std::chrono::seconds(5));
  // send() and read().
  std::optional<RawResponse> ask(std::string_view bytes);
  // True when the peer closes within that time; what it sends before is dropped.
  bool closed_within(std::chrono::milliseconds patience);
  // Of a closed one: torn down instead of ended in order.
  bool was_reset() const { return reset_; }
  // Whatever has come and nobody has read, without waiting for more than `patience`.
  std::string pending(std::chrono::milliseconds patience);
  void half_close();

 private:
  bool fill(std::chrono::steady_clock::time_point until);

  int fd_ = -1;
  std::string buffer_;
  bool closed_ = false;
  bool reset_ = false;
};

// "GET /path HTTP/1.1" with a Host, and whatever `more` header lines (each ending in CRLF).
std::string get_request(std::string_view target, std::string_view more = "");
std::string post_request(std::string_view target, std::string_view body, std::string_view more = "");

}  // namespace aisle::test
