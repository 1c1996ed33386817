// Feeds the local log of a shard from another log, on a thread of its own: how a node follows its cluster.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "indexer/local_op_log.h"

namespace aisle {

// Reads `source` behind the local log's tail for as long as it lives. An error is told by trouble() and the
// log looked at again after a second: nothing is skipped, so a log that does not fit stays in trouble.
class LogFollower {
 public:
  LogFollower(std::shared_ptr<OpLog> source, std::shared_ptr<LocalOpLog> target, std::string name);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // It once had all that the log held.
  bool caught_up() const { return caught_up_; }
  std::optional<Error> trouble() const;  // nothing once ops arrive or the log answers again

 private:
  void run(const std::stop_token& stop);
  Status step();
  void tell(std::optional<Error> trouble);

  const std::shared_ptr<OpLog> source_;
  const std::shared_ptr<LocalOpLog> target_;
  const std::string name_;  // for the log
  std::atomic<bool> caught_up_{false};
  mutable std::mutex mutex_;
  std::optional<Error> trouble_;
  std::jthread thread_;  // last: stops first
};

}  // namespace aisle
