// Threads that come when there is work and go when there has been none for a while. The bound on their number
// is the caller's: it never hands over more tasks at once than it has admitted connections.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace aisle {

// Thread-safe.
class ElasticThreads {
 public:
  explicit ElasticThreads(std::chrono::milliseconds idle_keep) : idle_keep_(idle_keep) {}
  ~ElasticThreads() { join(); }
  ElasticThreads(const ElasticThreads&) = delete;
  ElasticThreads& operator=(const ElasticThreads&) = delete;

  // Runs `task` at once on an idle or a new thread; it must not throw. False when the system gives no thread
  // or join() has begun; the task is then dropped unrun.
  bool run(std::function<void()> task);
  // Ends the idle threads, waits for the tasks. Nothing can be run afterwards.
  void join();
  std::size_t threads() const;

 private:
  using Threads = std::list<std::thread>;
  void work(Threads::iterator self);
  void collect_finished(std::unique_lock<std::mutex>& lock);

  const std::chrono::milliseconds idle_keep_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable all_gone_;
  std::deque<std::function<void()>> tasks_;  // each has an idle thread on its way to it
  std::size_t idle_ = 0;
  bool joining_ = false;
  Threads running_;
  Threads finished_;  // left their loop, to be joined by somebody else
};

}  // namespace aisle
