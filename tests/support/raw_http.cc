#include "tests/support/raw_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace aisle::test {
namespace {

using Clock = std::chrono::steady_clock;

bool wait_for(int fd, short events, Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd entry{fd, events, 0};
  return ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(0, left))) > 0;
}

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

RawResponse parse_head(std::string_view head) {
  RawResponse response;
  response.head = head;
  if (head.size() > 12) response.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    at = end + 2;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.headers[name] = line.substr(colon + 2);
  }
  return response;
}

}  // namespace

RawHttp::RawHttp(std::uint16_t port, const std::string& local_address)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in local = address_of(local_address, 0);
  const sockaddr_in remote = address_of("127.0.0.1", port);
  const bool bound = local_address == "127.0.0.1" ||
                     ::bind(fd_, reinterpret_cast<const sockaddr*>(&local), sizeof(local)) == 0;
  if (!bound || ::connect(fd_, reinterpret_cast<const sockaddr*>(&remote), sizeof(remote)) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

RawHttp::RawHttp(RawHttp&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      closed_(other.closed_),
      reset_(other.reset_) {}

RawHttp::~RawHttp() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawHttp::send(std::string_view bytes, std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !wait_for(fd_, POLLOUT, until)) {
      return false;
    }
  }
  return true;
}

bool RawHttp::fill(Clock::time_point until) {
  if (closed_ || !wait_for(fd_, POLLIN, until)) return false;
  std::array<char, 16384> part;
  const ssize_t count = ::recv(fd_, part.data(), part.size(), 0);
  if (count <= 0) {
    closed_ = true;
    reset_ = count < 0;
    return false;
  }
  buffer_.append(part.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<RawResponse> RawHttp::read(bool head_only, std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (buffer_.find("\r\n\r\n") == std::string::npos) {
    if (!fill(until)) return std::nullopt;
  }
  const std::size_t head_bytes = buffer_.find("\r\n\r\n") + 4;
  RawResponse response = parse_head(std::string_view(buffer_).substr(0, head_bytes));
  const auto length = response.headers.find("content-length");
  const std::size_t body_bytes =
      head_only || length == response.headers.end() ? 0 : std::stoul(length->second);
  while (buffer_.size() < head_bytes + body_bytes) {
    if (!fill(until)) return std::nullopt;
  }
  response.body = buffer_.substr(head_bytes, body_bytes);
  buffer_.erase(0, head_bytes + body_bytes);
  return response;
}

std::optional<RawResponse> RawHttp::ask(std::string_view bytes) {
  send(bytes);  // a peer that answers before the end and closes is to be heard all the same
  return read();
}

bool RawHttp::closed_within(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (fill(until)) buffer_.clear();
  return closed_;
}

std::string RawHttp::pending(std::chrono::milliseconds patience) {
  const auto until = Clock::now() + patience;
  while (fill(until)) {
  }
  return std::exchange(buffer_, {});
}

void RawHttp::half_close() {
  ::shutdown(fd_, SHUT_WR);
}

std::string get_request(std::string_view target, std::string_view more) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more) + "\r\n";
}

std::string post_request(std::string_view target, std::string_view body, std::string_view more) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more) + "\r\n" + std::string(body);
}

}  // namespace aisle::test
