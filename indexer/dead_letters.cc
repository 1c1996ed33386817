#include "indexer/dead_letters.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/log.h"

namespace aisle {

DeadLetters::DeadLetters(const std::string& index)
    : index_(index),
      counter_(metric_counter("aisle_dead_letters_total", "Records that could not be indexed",
                              {{"index", index}})) {}

void DeadLetters::add(DeadLetter letter) {
  counter_.add();
  const std::lock_guard lock(mutex_);
  changed_ = true;
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
  if (!ids_.contains(id)) return;
  erase(id);
  changed_ = true;
}

std::optional<std::string> DeadLetters::take_changes() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(changed_, false)) return std::nullopt;
  nlohmann::json out = nlohmann::json::array();
  const std::size_t first = letters_.size() > kept_max ? letters_.size() - kept_max : 0;
  for (std::size_t i = first; i < letters_.size(); ++i) {
    const DeadLetter& letter = letters_[i];
    out.push_back({letter.id, letter.error.substr(0, error_bytes_max), letter.lsn});
  }
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void DeadLetters::restore(const std::string& text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_array()) return;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : parsed) {
    if (!entry.is_array() || entry.size() != 3 || !entry[0].is_string() || !entry[1].is_string() ||
        !entry[2].is_number_unsigned()) {
      continue;
    }
    DeadLetter letter{entry[0].get<std::string>(), entry[1].get<std::string>(), entry[2].get<Lsn>()};
    if (!letter.id.empty() && !ids_.insert(letter.id).second) continue;
    letters_.push_back(std::move(letter));
  }
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
