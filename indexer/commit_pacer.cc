#include "indexer/commit_pacer.h"

#include <algorithm>

namespace aisle {

void CommitPacer::add(std::size_t bytes, bool content, Time now) {
  if (ops_ == 0) first_ = now;
  if (content && !content_) first_content_ = now;
  content_ = content_ || content;
  bytes_ += bytes;
  ++ops_;
}

CommitPacer::Time CommitPacer::due_time() const {
  const Time idle = first_ + pace_.idle_interval;
  return content_ ? std::min(idle, first_content_ + interval_) : idle;
}

bool CommitPacer::due(Time now) const {
  return pending() && (full() || now >= due_time());
}

std::chrono::milliseconds CommitPacer::wait(Time now) const {
  if (!pending()) return pace_.idle_interval;
  if (due(now)) return std::chrono::milliseconds(0);
  return std::chrono::ceil<std::chrono::milliseconds>(due_time() - now);
}

void CommitPacer::committed(Time begin, Time end) {
  const auto took = end - begin;
  const auto gathered = begin - first_;
  const auto wanted = std::chrono::ceil<std::chrono::milliseconds>(4 * took);
  interval_ = std::clamp(wanted, pace_.interval, std::max(pace_.interval, pace_.interval_max));
  if (full() && 4 * took > took + gathered) {
    bytes_limit_ = std::min(bytes_limit_ * 2, std::max(pace_.bytes_min, pace_.bytes_max));
  } else if (bytes_ < bytes_limit_ / 4) {
    bytes_limit_ = std::max(bytes_limit_ / 2, pace_.bytes_min);
  }
  dropped();
}

void CommitPacer::dropped() {
  bytes_ = 0;
  ops_ = 0;
  content_ = false;
}

}  // namespace aisle
