#include "server/http/socket_io.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace aisle {
namespace {

constexpr std::size_t linger_bytes_max = std::size_t{1} << 20U;

bool wait_writable(int fd, Deadline deadline) {
  pollfd entry{fd, POLLOUT, 0};
  while (true) {
    const auto left = deadline.remaining();
    const int count = ::poll(&entry, 1, static_cast<int>(left.count()));
    if (count > 0) return (entry.revents & POLLOUT) != 0;
    if (count < 0 && errno != EINTR) return false;
    if (deadline.expired()) return false;
  }
}

}  // namespace

Wait wait_readable(int fd, Deadline deadline, const StopSignal* stop) {
  std::array<pollfd, 2> entries = {pollfd{fd, POLLIN, 0},
                                   pollfd{stop != nullptr ? stop->fd() : -1, POLLIN, 0}};
  while (true) {
    const auto left = deadline.remaining();
    const int count = ::poll(entries.data(), entries.size(), static_cast<int>(left.count()));
    if (count > 0) return entries[0].revents != 0 ? Wait::Ready : Wait::Stopped;
    if (count < 0 && errno != EINTR) return Wait::Timeout;
    if (deadline.expired()) return Wait::Timeout;
  }
}

Received receive(int fd, std::span<char> buffer, std::string_view& data) {
  while (true) {
    const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
      data = std::string_view(buffer.data(), static_cast<std::size_t>(count));
      return Received::Data;
    }
    if (count == 0) return Received::Closed;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Received::Nothing : Received::Closed;
  }
}

bool send_all(int fd, std::string_view head, std::string_view body, Deadline deadline) {
  while (!head.empty() || !body.empty()) {
    std::array<iovec, 2> parts = {iovec{const_cast<char*>(head.data()), head.size()},
                                  iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
      if (!wait_writable(fd, deadline)) return false;
      continue;
    }
    const std::size_t of_head = std::min(head.size(), static_cast<std::size_t>(sent));
    head.remove_prefix(of_head);
    body.remove_prefix(static_cast<std::size_t>(sent) - of_head);
    if (deadline.expired() && !(head.empty() && body.empty())) return false;
  }
  return true;
}

void linger(int fd, Deadline deadline) {
  ::shutdown(fd, SHUT_WR);
  std::vector<char> buffer(16 * 1024);
  std::size_t total = 0;
  while (total < linger_bytes_max && wait_readable(fd, deadline, nullptr) == Wait::Ready) {
    std::string_view data;
    if (receive(fd, buffer, data) == Received::Closed) return;
    total += data.size();
    if (deadline.expired()) return;
  }
}

std::string peer_address(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof(address));
    if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
      ::inet_ntop(AF_INET, &address.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    }
  }
  return text.data();
}

}  // namespace aisle
