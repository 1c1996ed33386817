#include "server/http/acceptor.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"
#include "server/http/socket_io.h"

namespace aisle {
namespace {

constexpr std::chrono::milliseconds pause_without_descriptors{50};

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<AddressList> resolve(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) {
    return fail(ErrorCode::InvalidArgument, fmt::format("cannot resolve the address \"{}\" to listen on: {}",
                                                        address.host, ::gai_strerror(code)));
  }
  return AddressList(found, &::freeaddrinfo);
}

bool is_loopback(const addrinfo& info) {
  if (info.ai_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, info.ai_addr, sizeof(address));
    return (ntohl(address.sin_addr.s_addr) >> 24U) == 127;
  }
  sockaddr_in6 address{};
  std::memcpy(&address, info.ai_addr, sizeof(address));
  return IN6_IS_ADDR_LOOPBACK(&address.sin6_addr);
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return 0;
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof(address));
    return ntohs(address.sin6_port);
  }
  sockaddr_in address{};
  std::memcpy(&address, &storage, sizeof(address));
  return ntohs(address.sin_port);
}

bool lacks_descriptors(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

}  // namespace

Status Acceptor::open(const ListenAddress& address) {
  AISLE_TRY(const AddressList found, resolve(address));
  if (address.loopback_only && !is_loopback(*found)) {
    return fail(
        ErrorCode::FailedPrecondition,
        fmt::format("refusing to listen on \"{}\" without keys: only loopback is allowed", address.host));
  }
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(ErrorCode::ResourceExhausted, fmt::format("no socket: {}", std::strerror(errno)));
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, address.backlog) != 0) {
    const int code = errno;
    ::close(fd);
    return fail(ErrorCode::Unavailable, fmt::format("cannot listen on {} port {}: {}", address.host,
                                                    address.port, std::strerror(code)));
  }
  fd_ = fd;
  port_ = bound_port(fd);
  return {};
}

void Acceptor::start(OnConnection on_connection) {
  on_connection_ = std::move(on_connection);
  thread_ = std::thread([this] { work(); });
}

void Acceptor::stop() {
  stop_.set();
  if (thread_.joinable()) thread_.join();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Acceptor::work() {
  while (!stop_.is_set()) {
    if (wait_readable(fd_, Deadline::never(), &stop_) != Wait::Ready) continue;
    if (accept_waiting()) continue;
    wait_readable(-1, Deadline::after(pause_without_descriptors), &stop_);
  }
  accept_waiting();
}

// False when it has to pause before the next try.
bool Acceptor::accept_waiting() {
  while (true) {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      on_connection_(fd);
      continue;
    }
    const int code = errno;
    if (code == EAGAIN || code == EWOULDBLOCK) return true;
    if (code == EINTR || code == ECONNABORTED) continue;
    if (lacks_descriptors(code)) {
      metrics_.rejected(HttpMetrics::Rejection::NoDescriptors);
      return false;
    }
    log(LogLevel::Warn, "http.accept_failed", std::strerror(code));
    return false;
  }
}

}  // namespace aisle
