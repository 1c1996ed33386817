// Reading and writing a non-blocking socket against deadlines. Does not own the descriptor.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/deadline.h"
#include "server/http/stop_signal.h"

namespace aisle {

enum class Wait { Ready, Timeout, Stopped };

// Until `fd` is readable, hung up or broken. `stop` may be null; data beats the stop signal when both are
// there.
Wait wait_readable(int fd, Deadline deadline, const StopSignal* stop);

enum class Received { Data, Nothing, Closed };

// Appends to nothing: sets `data` to the part of `buffer` that was filled. Never blocks.
Received receive(int fd, std::span<char> buffer, std::string_view& data);

// All of both parts or false: the peer has gone, or the deadline passed first.
bool send_all(int fd, std::string_view head, std::string_view body, Deadline deadline);

// Says that no more will come, then reads until the peer has closed as well, so that it gets to see the last
// answer instead of a reset. Ends at `deadline` or after 1 MiB.
void linger(int fd, Deadline deadline);

// "127.0.0.1", "2001:db8::1"; IPv4 in IPv6 clothes is written as IPv4. "" if it cannot be told.
std::string peer_address(int fd);

}  // namespace aisle
