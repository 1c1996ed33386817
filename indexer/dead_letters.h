// Records that could not become documents: kept for people to look at, while everything else goes on.
#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/metrics.h"
#include "schemas/op.h"

namespace aisle {

struct DeadLetter {
  std::string id;  // "" when the record did not even tell that
  std::string error;
  Lsn lsn = 0;
};

// Thread-safe. Metric: aisle_dead_letters_total{index}.
class DeadLetters {
 public:
  static constexpr std::size_t letters_max = 1'000;    // beyond that the oldest go
  static constexpr std::size_t kept_max = 200;         // the newest, in encode()
  static constexpr std::size_t error_bytes_max = 300;  // of one there
  static constexpr std::uint64_t logged_max = 20;      // later ones reach the log at every thousandth

  explicit DeadLetters(const std::string& index);

  // An id has one letter, the newest.
  void add(DeadLetter letter);
  // The product was built after all.
  void forget(const std::string& id);

  std::vector<DeadLetter> list() const;  // oldest first
  std::uint64_t total() const;           // added since the start, also those no longer listed

  // As text, kept with the index: the newest kept_max. Nothing when there was no change since the last call.
  std::optional<std::string> take_changes();
  // What take_changes() gave to an earlier process; other text is ignored.
  void restore(const std::string& text);

 private:
  void erase(const std::string& id);

  const std::string index_;
  const Counter counter_;
  mutable std::mutex mutex_;  // guards what follows
  std::deque<DeadLetter> letters_;
  std::unordered_set<std::string> ids_;
  std::uint64_t total_ = 0;
  bool changed_ = false;
};

}  // namespace aisle
