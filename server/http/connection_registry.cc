#include "server/http/connection_registry.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace aisle {

ConnectionRegistry::ConnectionRegistry(std::size_t connections_max, std::size_t per_address_max,
                                       const HttpMetrics& metrics)
    : connections_max_(connections_max), per_address_max_(per_address_max), metrics_(metrics) {}

// With the mutex held.
void ConnectionRegistry::publish(ConnectionState state) {
  const auto index = static_cast<std::size_t>(state);
  metrics_.connections(index, by_state_[index].size());
}

ConnectionRegistry::Admission ConnectionRegistry::admit(int fd, std::string address, bool counted,
                                                        Handle& handle) {
  const std::lock_guard lock(mutex_);
  if (size_ >= connections_max_) return Admission::Full;
  if (!counted || per_address_max_ == 0) {
    address.clear();
  } else if (std::size_t& count = per_address_[address]; count < per_address_max_) {
    ++count;
  } else {
    return Admission::AddressFull;
  }
  ++size_;
  auto& list = by_state_[static_cast<std::size_t>(ConnectionState::Reading)];
  handle = list.insert(list.end(), Entry{fd, std::move(address), ConnectionState::Reading});
  publish(ConnectionState::Reading);
  return Admission::Admitted;
}

void ConnectionRegistry::set_state(Handle handle, ConnectionState state) {
  const std::lock_guard lock(mutex_);
  const ConnectionState before = handle->state;
  if (before == state) return;
  auto& to = by_state_[static_cast<std::size_t>(state)];
  to.splice(to.end(), by_state_[static_cast<std::size_t>(before)], handle);
  handle->state = state;
  publish(before);
  publish(state);
}

void ConnectionRegistry::release(Handle handle) {
  const std::lock_guard lock(mutex_);
  ::close(handle->fd);
  if (!handle->address.empty()) {
    const auto found = per_address_.find(handle->address);
    if (--found->second == 0) per_address_.erase(found);
  }
  const ConnectionState state = handle->state;
  by_state_[static_cast<std::size_t>(state)].erase(handle);
  publish(state);
  if (--size_ == 0) empty_.notify_all();
}

bool ConnectionRegistry::crowded() const {
  const std::lock_guard lock(mutex_);
  return size_ > connections_max_ - connections_max_ / 4;
}

void ConnectionRegistry::nudge_longest_idle() {
  const std::lock_guard lock(mutex_);
  auto& idle = by_state_[static_cast<std::size_t>(ConnectionState::Idle)];
  if (idle.empty()) return;
  ::shutdown(idle.front().fd, SHUT_RD);         // what has arrived can still be read
  idle.splice(idle.end(), idle, idle.begin());  // so that the next call wakes another one
}

void ConnectionRegistry::break_all() {
  const std::lock_guard lock(mutex_);
  for (auto& list : by_state_) {
    for (const Entry& entry : list) ::shutdown(entry.fd, SHUT_RDWR);
  }
}

bool ConnectionRegistry::wait_until_empty(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, deadline.remaining(), [&] { return size_ == 0; });
}

std::size_t ConnectionRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

}  // namespace aisle
