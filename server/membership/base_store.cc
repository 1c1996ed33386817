#include "server/membership/base_store.h"

#include <fmt/format.h>

#include <fstream>
#include <random>
#include <utility>

#include "base/log.h"
#include "server/membership/sha256.h"

namespace aisle {
namespace {

constexpr std::chrono::minutes copy_time{5};

std::string random_id() {
  std::random_device source;
  return fmt::format("{:08x}{:08x}", source(), source());
}

std::string shard_folder(std::uint32_t shard) {
  return "shard-" + std::to_string(shard);
}

}  // namespace

BaseStore::BaseStore(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<BaseManifest> BaseStore::make(ShardSet& shards) {
  const std::lock_guard one_at_a_time(making_);
  std::optional<Kept> former;
  {
    const std::lock_guard lock(mutex_);
    const bool same = kept_ && kept_->manifest.generation.number == shards.manifest().generation;
    if (same && std::chrono::steady_clock::now() - kept_->made < fresh_time) return kept_->manifest;
    former = std::exchange(kept_, std::nullopt);
  }
  std::error_code ignored;
  if (former) std::filesystem::remove_all(folder_ / former->manifest.id, ignored);
  AISLE_TRY(BaseManifest manifest, copy(shards));
  log(LogLevel::Info, "base.made", "a base for another node was copied",
      {{"generation", manifest.generation.number}, {"files", manifest.files.size()}});
  const std::lock_guard lock(mutex_);
  kept_ = Kept{manifest, std::chrono::steady_clock::now()};
  return manifest;
}

Result<BaseManifest> BaseStore::copy(ShardSet& shards) const {
  const GenerationManifest& made_for = shards.manifest();
  BaseManifest manifest{
      random_id(),
      {made_for.generation, made_for.shards, made_for.schema_hash, made_for.analyzer_version},
      shards.schema()->text,
      {}};
  for (const std::uint32_t i : shards.held()) {
    const std::filesystem::path folder = folder_ / manifest.id / shard_folder(i);
    AISLE_CHECK(shards.copy(i, folder, Deadline::after(copy_time)));
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
      AISLE_TRY(std::string hash, sha256_of_file(entry.path()));
      manifest.files.push_back(
          {i, entry.path().filename().string(), entry.file_size(failure), std::move(hash)});
    }
    if (failure) return fail(ErrorCode::Unavailable, folder.string() + ": " + failure.message());
  }
  return manifest;
}

Result<std::string> BaseStore::read(const std::string& id, std::uint32_t shard, const std::string& name,
                                    std::uint64_t offset) const {
  {
    const std::lock_guard lock(mutex_);
    if (!kept_ || kept_->manifest.id != id) return fail(ErrorCode::NotFound, "base " + id + " is gone");
  }
  if (!is_base_file_name(name)) return fail(ErrorCode::InvalidArgument, "file is no name of a file");
  std::ifstream in(folder_ / id / shard_folder(shard) / name, std::ios::binary);
  if (!in) return fail(ErrorCode::NotFound, "base " + id + " has no such file");
  in.seekg(static_cast<std::streamoff>(offset));
  std::string part(part_bytes_max, '\0');
  in.read(part.data(), static_cast<std::streamsize>(part.size()));
  part.resize(static_cast<std::size_t>(in.gcount()));
  return part;
}

}  // namespace aisle
