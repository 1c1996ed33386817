// Tells connections beyond a cap that they are refused, without giving a thread to any of them.
#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "server/http/stop_signal.h"

namespace aisle {

// One thread for all of them. Thread-safe.
class Rejector {
 public:
  static constexpr std::size_t waiting_max =
      1024;  // refused and not yet closed; more are closed without a word

  Rejector();
  ~Rejector();
  Rejector(const Rejector&) = delete;
  Rejector& operator=(const Rejector&) = delete;

  // Takes over the descriptor, sends `answer` and closes as soon as the peer does, after a second at the
  // latest.
  void refuse(int fd, std::string answer);

 private:
  struct Refused {
    int fd;
    std::string answer;
    bool sent = false;
    Deadline deadline;
  };
  void work();
  static bool finished(Refused& refused, short events);

  StopSignal stop_;
  const int wake_;  // an eventfd: something is in incoming_
  std::mutex mutex_;
  std::vector<Refused> incoming_;
  std::size_t waiting_ = 0;  // incoming_ and those work() holds
  std::thread thread_;
};

}  // namespace aisle
