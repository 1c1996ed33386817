#include "server/http/elastic_threads.h"

#include <system_error>
#include <utility>

namespace aisle {

bool ElasticThreads::run(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  if (joining_) return false;
  if (idle_ > tasks_.size()) {
    tasks_.push_back(std::move(task));
    changed_.notify_one();
    return true;
  }
  tasks_.push_front(std::move(task));  // for the new thread, which counts as idle until it takes a task
  const auto self = running_.emplace(running_.end());
  ++idle_;
  try {
    *self = std::thread([this, self] { work(self); });
  } catch (const std::system_error&) {
    --idle_;
    tasks_.pop_front();
    running_.erase(self);
    return false;
  }
  collect_finished(lock);
  return true;
}

void ElasticThreads::work(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!changed_.wait_for(lock, idle_keep_, [&] { return !tasks_.empty() || joining_; })) break;
    if (tasks_.empty()) break;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    --idle_;
    lock.unlock();
    task();
    lock.lock();
    ++idle_;
  }
  --idle_;
  finished_.splice(finished_.end(), running_, self);
  if (running_.empty()) all_gone_.notify_all();
}

void ElasticThreads::collect_finished(std::unique_lock<std::mutex>& lock) {
  Threads finished;
  finished.swap(finished_);
  lock.unlock();
  for (std::thread& thread : finished) thread.join();
}

void ElasticThreads::join() {
  std::unique_lock lock(mutex_);
  joining_ = true;
  changed_.notify_all();
  all_gone_.wait(lock, [&] { return running_.empty(); });
  collect_finished(lock);
}

std::size_t ElasticThreads::threads() const {
  const std::lock_guard lock(mutex_);
  return running_.size();
}

}  // namespace aisle
