#include "server/fanout/http_transport.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace aisle {
namespace {

constexpr std::chrono::milliseconds connect_time{100};

std::string address_of(const NodeAddress& node) {
  return node.host + ":" + std::to_string(node.port);
}

// A socket that is connecting; -1 and `error` when it cannot even begin. Numeric addresses do not block; a
// name asks the resolver, once for each new connection.
int begin_connect(const NodeAddress& node, std::string& error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(node.host.c_str(), std::to_string(node.port).c_str(), &hints, &found);
      code != 0) {
    error = std::string("cannot resolve: ") + gai_strerror(code);
    return -1;
  }
  const int fd = socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    error = std::string("no socket: ") + std::strerror(errno);
  } else {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0 && errno != EINPROGRESS) {
      error = std::string("cannot connect: ") + std::strerror(errno);
      close(fd);
      freeaddrinfo(found);
      return -1;
    }
  }
  freeaddrinfo(found);
  return fd;
}

std::string head_of(const NodeAddress& node, const NodeCall& call) {
  std::string head =
      "POST " + call.path + " HTTP/1.1\r\nHost: " + address_of(node) +
      "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(call.body.size()) +
      "\r\n";
  for (const auto& [name, value] : call.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

class HttpExchange final : public NodeExchange {
 public:
  HttpExchange(ConnectionPool& pool, const NodeAddress& node, const NodeCall& call)
      : pool_(pool), node_(node), address_(address_of(node)), head_(head_of(node, call)), body_(call.body) {
    fd_ = pool_.take(address_);
    reused_ = fd_ >= 0;
    if (fd_ < 0) connect();
    if (fd_ >= 0 && connected()) send_more();
  }
  ~HttpExchange() override {
    if (fd_ >= 0) close(fd_);
  }
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  bool finished() const override { return finished_; }
  int status() const override {
    return parser_.state() == ResponseParser::State::Done ? parser_.status() : 0;
  }
  std::string_view body() const override { return parser_.body(); }
  std::string_view error() const override { return error_; }

  pollfd wanted() const {
    const short events = sent_ < head_.size() + body_.size() || connecting_ ? POLLOUT | POLLIN : POLLIN;
    return {fd_, events, 0};
  }
  Deadline::Clock::time_point connect_by() const { return connect_by_; }
  bool connecting() const { return connecting_; }

  void move_on(short events) {
    if (finished_) return;
    if (connecting_) {
      if ((events & (POLLOUT | POLLERR | POLLHUP)) == 0) {
        if (Deadline::Clock::now() >= connect_by_) lose("no connection within its time");
        return;
      }
      if (!connected()) return;
    }
    if ((events & (POLLIN | POLLERR | POLLHUP)) != 0) receive();
    if (!finished_ && sent_ < head_.size() + body_.size()) send_more();
  }

 private:
  void connect() {
    reused_ = false;
    sent_ = 0;
    fd_ = begin_connect(node_, error_);
    connecting_ = fd_ >= 0;
    connect_by_ = Deadline::Clock::now() + connect_time;
    if (fd_ < 0) finished_ = true;
  }

  // Whether the connection stands; ends the exchange when it failed.
  bool connected() {
    if (!connecting_) return true;
    pollfd one{fd_, POLLOUT, 0};
    if (poll(&one, 1, 0) == 0) return false;
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) {
      end(std::string("cannot connect: ") + std::strerror(failure));
      return false;
    }
    connecting_ = false;
    return true;
  }

  void send_more() {
    while (sent_ < head_.size() + body_.size()) {
      std::array<iovec, 2> parts{};
      std::size_t count = 0;
      const auto add = [&](std::string_view part) {
        parts[count++] = {const_cast<char*>(part.data()), part.size()};
      };
      if (sent_ < head_.size()) add(std::string_view(head_).substr(sent_));
      const std::size_t body_sent = sent_ > head_.size() ? sent_ - head_.size() : 0;
      if (body_sent < body_.size()) add(body_.substr(body_sent));
      msghdr message{};
      message.msg_iov = parts.data();
      message.msg_iovlen = count;
      const ssize_t wrote = sendmsg(fd_, &message, MSG_NOSIGNAL);
      if (wrote < 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN) lose(std::string("cannot send: ") + std::strerror(errno));
        return;
      }
      sent_ += static_cast<std::size_t>(wrote);
    }
  }

  void receive() {
    std::array<char, 64 * 1024> buffer{};
    for (;;) {
      const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) {
        lose(got == 0 ? "the connection was closed" : std::string("cannot receive: ") + std::strerror(errno));
        return;
      }
      const auto state = parser_.feed({buffer.data(), static_cast<std::size_t>(got)});
      if (state == ResponseParser::State::Broken) {
        end(std::string(parser_.problem()));
        return;
      }
      if (state != ResponseParser::State::Done) continue;
      if (parser_.keeps_connection() && sent_ == head_.size() + body_.size()) {
        pool_.give_back(address_, fd_);
        fd_ = -1;
      }
      end("");
      return;
    }
  }

  // A kept connection may have been closed just as the call went out: once more on a fresh one.
  void lose(std::string why) {
    if (reused_ && !parser_.begun()) {
      close(fd_);
      connect();
      if (fd_ >= 0 && connected()) send_more();
      return;
    }
    end(std::move(why));
  }

  void end(std::string why) {
    error_ = std::move(why);
    finished_ = true;
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  ConnectionPool& pool_;
  NodeAddress node_;
  std::string address_;
  std::string head_;
  std::string_view body_;
  int fd_ = -1;
  bool reused_ = false;
  bool connecting_ = false;
  bool finished_ = false;
  std::size_t sent_ = 0;
  Deadline::Clock::time_point connect_by_;
  ResponseParser parser_;
  std::string error_;
};

}  // namespace

ConnectionPool::~ConnectionPool() {
  for (const auto& [address, all] : idle_) {
    for (const int fd : all) close(fd);
  }
}

int ConnectionPool::take(const std::string& address) {
  const std::lock_guard lock(mutex_);
  std::vector<int>& idle = idle_[address];
  while (!idle.empty()) {
    const int fd = idle.back();
    idle.pop_back();
    char byte = 0;
    if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN) return fd;
    close(fd);  // ended, or says what nobody asked for
  }
  return -1;
}

void ConnectionPool::give_back(const std::string& address, int fd) {
  const std::lock_guard lock(mutex_);
  std::vector<int>& idle = idle_[address];
  if (idle.size() >= idle_max) {
    close(idle.front());
    idle.erase(idle.begin());
  }
  idle.push_back(fd);
}

std::unique_ptr<NodeExchange> HttpTransport::start(const NodeAddress& node, const NodeCall& call) {
  return std::make_unique<HttpExchange>(pool_, node, call);
}

void HttpTransport::wait(std::span<NodeExchange* const> exchanges, Deadline::Clock::time_point until) {
  std::vector<HttpExchange*> open;
  for (NodeExchange* exchange : exchanges) {
    if (!exchange->finished()) open.push_back(static_cast<HttpExchange*>(exchange));
  }
  if (open.size() < exchanges.size()) return;
  for (;;) {
    std::vector<pollfd> polled;
    Deadline::Clock::time_point wake = until;
    for (const HttpExchange* exchange : open) {
      polled.push_back(exchange->wanted());
      if (exchange->connecting()) wake = std::min(wake, exchange->connect_by());
    }
    const auto left = std::max(wake - Deadline::Clock::now(), Deadline::Clock::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec span{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
    const int ready = ppoll(polled.data(), polled.size(), &span, nullptr);
    bool any_finished = false;
    for (std::size_t i = 0; i < open.size(); ++i) {
      open[i]->move_on(ready > 0 ? polled[i].revents : short{0});
      any_finished |= open[i]->finished();
    }
    if (any_finished || Deadline::Clock::now() >= until) return;
  }
}

}  // namespace aisle
