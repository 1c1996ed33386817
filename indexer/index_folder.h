// Where an index lies on disk: <data>/<index>/generation-<n>/shard-<k>/, each generation with its manifest.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace aisle {

// What a generation was built for: fixed for its life, written before its first shard.
struct GenerationManifest {
  static constexpr std::uint32_t shards_max = 256;

  std::uint32_t generation = 1;
  std::string schema_hash;
  int analyzer_version = 0;
  std::uint32_t shards = 1;
  std::string created;  // ISO 8601, UTC
  friend bool operator==(const GenerationManifest&, const GenerationManifest&) = default;
};

// The folder of one index, locked against other processes for as long as the object lives.
// Thread-safe: it holds nothing that changes.
class IndexFolder {
 public:
  // Creates the folder when there is none. Conflict when another process has it; the message names the lock
  // file.
  static Result<std::shared_ptr<const IndexFolder>> acquire(const std::filesystem::path& data,
                                                            const std::string& index);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path generation_path(std::uint32_t generation) const;
  std::filesystem::path shard_path(std::uint32_t generation, std::uint32_t shard) const;

  // Numbers of the generations that have a manifest, ascending.
  Result<std::vector<std::uint32_t>> generations() const;

  // NotFound when the generation does not exist, DataLoss when its manifest cannot be read.
  Result<GenerationManifest> manifest(std::uint32_t generation) const;
  // Replaces the manifest as a whole, creating the generation's folder.
  Status write_manifest(const GenerationManifest& manifest) const;

 private:
  IndexFolder(std::filesystem::path path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  const std::filesystem::path path_;
  const FileLock lock_;
};

}  // namespace aisle
