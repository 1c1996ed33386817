// A generation as its shards have it on disk, for whoever compares it with something else.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace aisle {

// Each call reads what is committed at that moment. Any thread; errors as shard_reader.h.
class StoredGeneration {
 public:
  // Folders of all shards, in their order; not empty.
  explicit StoredGeneration(std::vector<std::filesystem::path> shards) : shards_(std::move(shards)) {}

  // In the order of `ids`; 0 for a product that is not there.
  Result<std::vector<std::uint64_t>> fingerprints(std::span<const std::string> ids) const;
  // Ids greater than `after` in byte order, at most `count_max`, ordered.
  Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) const;

 private:
  std::vector<std::filesystem::path> shards_;
};

}  // namespace aisle
