#include "server/http/rejector.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "server/http/socket_io.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds patience{1};

}  // namespace

Rejector::Rejector() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_([this] { work(); }) {}

Rejector::~Rejector() {
  stop_.set();
  thread_.join();
  if (wake_ >= 0) ::close(wake_);
}

void Rejector::refuse(int fd, std::string answer) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ < waiting_max && !stop_.is_set()) {
      ++waiting_;
      incoming_.push_back(Refused{fd, std::move(answer), false, Deadline::after(patience)});
      fd = -1;
    }
  }
  if (fd >= 0) {
    ::close(fd);
  } else {
    ::eventfd_write(wake_, 1);
  }
}

// One step on one connection; true when it may be closed.
bool Rejector::finished(Refused& refused, short events) {
  if (!refused.sent) {
    refused.sent = true;  // a fresh socket's buffer takes a few hundred bytes whole; if not, it hears nothing
    send_all(refused.fd, refused.answer, {}, Deadline::after(std::chrono::seconds(0)));
    ::shutdown(refused.fd, SHUT_WR);
    return false;
  }
  if (refused.deadline.expired()) return true;
  if (events == 0) return false;
  std::array<char, 4096> buffer;
  std::string_view data;
  return receive(refused.fd, buffer, data) == Received::Closed;
}

void Rejector::work() {
  std::vector<Refused> held;
  std::vector<pollfd> entries;
  while (!stop_.is_set()) {
    entries.assign({pollfd{stop_.fd(), POLLIN, 0}, pollfd{wake_, POLLIN, 0}});
    for (const Refused& refused : held) entries.push_back(pollfd{refused.fd, POLLIN, 0});
    const auto wait = held.empty() ? Deadline::never().remaining() : held.front().deadline.remaining();
    if (::poll(entries.data(), entries.size(), static_cast<int>(wait.count())) < 0) continue;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (finished(held[i], entries[i + 2].revents)) {
        ::close(held[i].fd);
      } else {
        if (kept != i) held[kept] = std::move(held[i]);
        ++kept;
      }
    }
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(kept), held.end());
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
    const std::lock_guard lock(mutex_);
    for (Refused& fresh : incoming_) {
      finished(fresh, 0);  // sends
      held.push_back(std::move(fresh));
    }
    incoming_.clear();
    waiting_ = held.size();
  }
  for (const Refused& refused : held) ::close(refused.fd);
  for (const Refused& refused : incoming_) ::close(refused.fd);
}

}  // namespace aisle
