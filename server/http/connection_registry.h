// All open connections of a listener: how many there are, from where, and what each does right now.
#pragma once
#include <array>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/deadline.h"
#include "server/http/http_metrics.h"

namespace aisle {

// In the order of HttpMetrics::connection_states.
enum class ConnectionState { Idle, Reading, Queued, Handling, Writing };

// Thread-safe. A descriptor is closed by release() alone and under the lock, so nobody shuts down a reused
// one.
class ConnectionRegistry {
 public:
  struct Entry {
    int fd = -1;
    std::string address;
    ConnectionState state = ConnectionState::Reading;
  };
  using Handle = std::list<Entry>::iterator;
  enum class Admission { Admitted, Full, AddressFull };

  // `per_address_max` 0 means no such cap.
  ConnectionRegistry(std::size_t connections_max, std::size_t per_address_max, const HttpMetrics& metrics);

  // On Admitted `handle` is set and the descriptor belongs to the registry until release(). `counted` false
  // exempts the address from its cap (a trusted proxy).
  Admission admit(int fd, std::string address, bool counted, Handle& handle);
  void set_state(Handle handle, ConnectionState state);
  void release(Handle handle);  // closes the descriptor

  // Over three quarters of the cap: answers should close their connections.
  bool crowded() const;
  // Wakes the connection that has been idle longest; it closes unless a request came meanwhile. No-op without
  // one.
  void nudge_longest_idle();
  // Breaks what is left, for the end of a stop.
  void break_all();
  // False when some are left at the deadline.
  bool wait_until_empty(Deadline deadline);
  std::size_t size() const;

 private:
  void publish(ConnectionState state);

  const std::size_t connections_max_;
  const std::size_t per_address_max_;
  const HttpMetrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::array<std::list<Entry>, 5> by_state_;                  // each in order of entering the state
  std::unordered_map<std::string, std::size_t> per_address_;  // as many entries as connections at most
  std::size_t size_ = 0;
};

}  // namespace aisle
