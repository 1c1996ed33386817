// Products that somebody asked to be read again, on disk until they were: a kill forgets no wish.
#pragma once
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace aisle {

// Thread-safe.
class KeptRepairs {
 public:
  // One id a line, from an earlier process if it is there.
  explicit KeptRepairs(std::filesystem::path file);

  // ResourceExhausted: the file cannot be written.
  Status add(std::span<const std::string> ids);
  std::vector<std::string> ids() const;
  // All of them were read and are on disk; `known` of them, so that one that came meanwhile stays.
  void forget(std::size_t known);

 private:
  Status write() const;  // the mutex is held

  const std::filesystem::path file_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> ids_;
};

}  // namespace aisle
