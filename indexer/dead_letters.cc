#include "indexer/dead_letters.h"

#include <algorithm>

#include "base/log.h"

namespace aisle {

DeadLetters::DeadLetters(const std::string& index)
    : index_(index),
      counter_(metric_counter("aisle_dead_letters_total", "Records that could not be indexed",
                              {{"index", index}})) {}

void DeadLetters::add(DeadLetter letter) {
  counter_.add();
  const std::lock_guard lock(mutex_);
  ++total_;
  if (total_ <= logged_max || total_ % 1000 == 0) {
    log(LogLevel::Warn, "index.dead_letter", "record cannot be indexed",
        {{"index", index_}, {"id", letter.id}, {"error", letter.error}, {"total", total_}});
  }
  if (!letter.id.empty()) {
    if (ids_.contains(letter.id)) erase(letter.id);
    ids_.insert(letter.id);
  }
  letters_.push_back(std::move(letter));
  if (letters_.size() > letters_max) {
    ids_.erase(letters_.front().id);
    letters_.pop_front();
  }
}

void DeadLetters::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (ids_.contains(id)) erase(id);
}

std::vector<DeadLetter> DeadLetters::list() const {
  const std::lock_guard lock(mutex_);
  return {letters_.begin(), letters_.end()};
}

std::uint64_t DeadLetters::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

void DeadLetters::erase(const std::string& id) {
  ids_.erase(id);
  std::erase_if(letters_, [&](const DeadLetter& letter) { return letter.id == id; });
}

}  // namespace aisle
