// Threads that share the work on one batch of records.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace aisle {

// One thread at a time may call run().
class BuilderPool {
 public:
  static constexpr unsigned threads_max = 64;

  // `threads` >= 1, the caller of run() being one of them.
  explicit BuilderPool(unsigned threads);
  ~BuilderPool();
  BuilderPool(const BuilderPool&) = delete;
  BuilderPool& operator=(const BuilderPool&) = delete;

  // Calls work(0) ... work(count - 1), each once and in any order, and returns when all have returned. `work`
  // must not throw.
  void run(std::size_t count, const std::function<void(std::size_t)>& work);

 private:
  void serve();
  void take_turns();

  std::mutex mutex_;  // guards what follows, down to the atomics
  std::condition_variable begun_;
  std::condition_variable ended_;
  std::uint64_t round_ = 0;
  std::size_t busy_ = 0;
  bool closing_ = false;

  // of the current round, set while nobody is busy
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};

  std::vector<std::thread> threads_;
};

}  // namespace aisle
