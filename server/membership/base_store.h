// Makes bases of this node's generations and hands out their files.
#pragma once
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "indexer/shard_set.h"
#include "server/membership/base_manifest.h"

namespace aisle {

// One base at a time, kept until another is made; one that is younger than fresh_time is given out again. The
// copies lie in a folder of their own: the writer changes a live shard's files in place. Thread-safe.
class BaseStore {
 public:
  static constexpr std::chrono::seconds fresh_time{60};
  static constexpr std::size_t part_bytes_max = 4U << 20U;

  // What an earlier process left in `folder` is deleted.
  explicit BaseStore(std::filesystem::path folder);

  // Errors: ShardSet::copy.
  Result<BaseManifest> make(ShardSet& shards);
  // Up to part_bytes_max bytes from `offset` on; "" at the end. NotFound when the base is gone.
  Result<std::string> read(const std::string& id, std::uint32_t shard, const std::string& name,
                           std::uint64_t offset) const;

 private:
  struct Kept {
    BaseManifest manifest;
    std::chrono::steady_clock::time_point made;
  };
  Result<BaseManifest> copy(ShardSet& shards) const;

  const std::filesystem::path folder_;
  std::mutex making_;         // one at a time
  mutable std::mutex mutex_;  // guards what follows
  std::optional<Kept> kept_;
};

}  // namespace aisle
