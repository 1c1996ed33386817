#include "indexer/builder_pool.h"

#include <algorithm>

namespace aisle {
namespace {

constexpr std::size_t turn = 16;  // records taken at once

}  // namespace

BuilderPool::BuilderPool(unsigned threads) {
  for (unsigned i = 1; i < std::clamp(threads, 1U, threads_max); ++i)
    threads_.emplace_back([this] { serve(); });
}

BuilderPool::~BuilderPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    begun_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void BuilderPool::run(std::size_t count, const std::function<void(std::size_t)>& work) {
  if (threads_.empty() || count <= turn) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    count_ = count;
    next_ = 0;
    busy_ = threads_.size();
    ++round_;
    begun_.notify_all();
  }
  take_turns();
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return busy_ == 0; });
}

void BuilderPool::take_turns() {
  while (true) {
    const std::size_t begin = next_.fetch_add(turn);
    if (begin >= count_) return;
    for (std::size_t i = begin; i < std::min(count_, begin + turn); ++i) (*work_)(i);
  }
}

void BuilderPool::serve() {
  std::uint64_t done = 0;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      begun_.wait(lock, [&] { return closing_ || round_ != done; });
      if (closing_) return;
      done = round_;
    }
    take_turns();
    const std::lock_guard lock(mutex_);
    if (--busy_ == 0) ended_.notify_all();
  }
}

}  // namespace aisle
