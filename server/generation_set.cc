#include "server/generation_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "analyzers/analyzer.h"
#include "base/file.h"
#include "base/log.h"
#include "base/utc_time.h"

namespace aisle {

GenerationSet::GenerationSet(std::shared_ptr<const IndexFolder> folder, std::filesystem::path schema_folder)
    : folder_(std::move(folder)), schema_folder_(std::move(schema_folder)) {}

std::filesystem::path GenerationSet::schema_file(std::uint32_t number) const {
  return folder_->generation_path(number) / "schema.json";
}

Result<std::shared_ptr<Generation>> GenerationSet::open(std::uint32_t number,
                                                        const std::shared_ptr<const IndexSchema>& wanted) {
  const std::lock_guard opening(open_mutex_);
  if (auto found = find(number)) return found;
  auto opened = open_from_disk(number, wanted);
  if (!opened) {
    return fail(opened.error().code, fmt::format("generation {}: {}", number, opened.error().message));
  }
  const std::lock_guard lock(mutex_);
  open_.emplace(number, *opened);
  return opened;
}

Result<std::shared_ptr<Generation>> GenerationSet::open_from_disk(
    std::uint32_t number, const std::shared_ptr<const IndexSchema>& wanted) {
  AISLE_TRY(const GenerationManifest manifest, folder_->manifest(number));
  AISLE_TRY(const auto schema, schema_of(manifest, wanted));
  if (manifest.analyzer_version != analyzer_version || schema->hash != manifest.schema_hash) {
    log(LogLevel::Warn, "generation.stale", "NEEDS_REINDEX: built by another version of aisle, searched but not fed",
        {{"index", schema->index}, {"generation", number}});
    return Generation::open_stale(*folder_, schema, manifest);
  }
  ShardSetOptions options;
  options.generation = number;
  AISLE_TRY(auto shards, ShardSet::open(folder_, schema, options));
  AISLE_TRY(auto pipeline, IndexPipeline::open(shards, {}));
  return Generation::open(std::move(shards), std::move(pipeline), folder_->generation_path(number));
}

Result<std::shared_ptr<const IndexSchema>> GenerationSet::schema_of(
    const GenerationManifest& manifest, const std::shared_ptr<const IndexSchema>& wanted) const {
  const std::filesystem::path file = schema_file(manifest.generation);
  const auto text = read_file(file);
  if (!text && text.error().code != ErrorCode::NotFound) return tl::unexpected(text.error());
  if (wanted->hash == manifest.schema_hash) {  // weights, tables and the like may have changed
    if (!text || *text != wanted->text) AISLE_CHECK(write_file_atomically(file, wanted->text));
    return wanted;
  }
  if (!text) {
    return fail(ErrorCode::FailedPrecondition,
                fmt::format("NEEDS_REINDEX: {} was built with schema {} and analyzer {}, now they are {} and {}: "
                            "run aisle reindex {}, or delete the folder to build anew",
                            file.parent_path().string(), manifest.schema_hash, manifest.analyzer_version, wanted->hash,
                            analyzer_version, wanted->index));
  }
  auto schema = IndexSchema::parse(*text, schema_folder_);
  if (!schema) return fail(ErrorCode::DataLoss, file.string() + ": " + schema.error().message);
  return schema;
}

Status GenerationSet::create(std::uint32_t number, const IndexSchema& schema, std::uint32_t shards) {
  const GenerationManifest manifest{number, schema.hash, analyzer_version, shards, utc_text(utc_now())};
  std::error_code failure;
  std::filesystem::create_directories(folder_->generation_path(number), failure);
  if (failure) {
    return fail(ErrorCode::Unavailable,
                "cannot create " + folder_->generation_path(number).string() + ": " + failure.message());
  }
  AISLE_CHECK(write_file_atomically(schema_file(number), schema.text));
  return folder_->write_manifest(manifest);
}

std::shared_ptr<Generation> GenerationSet::find(std::uint32_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Generation>> GenerationSet::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Generation>> generations;
  for (const auto& [number, generation] : open_) generations.push_back(generation);
  return generations;
}

void GenerationSet::close(std::uint32_t number) {
  std::shared_ptr<Generation> closing;
  {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(number);
    if (found == open_.end()) return;
    closing = std::move(found->second);
    open_.erase(found);
  }
  closing->close();
}

void GenerationSet::close_all() {
  for (const auto& generation : all()) close(generation->number());
}

Status GenerationSet::remove(std::uint32_t number) {
  const std::lock_guard opening(open_mutex_);
  close(number);
  const std::filesystem::path folder = folder_->generation_path(number);
  std::error_code failure;
  std::filesystem::remove(folder / "generation.json", failure);
  if (!failure) std::filesystem::remove_all(folder, failure);
  if (!failure) return {};
  return fail(ErrorCode::Unavailable, "cannot delete " + folder.string() + ": " + failure.message());
}

std::uint32_t shards_for(std::uint32_t wanted, std::uint64_t products) {
  if (wanted == 0) wanted = products < ShardSet::one_shard_products ? 1 : std::thread::hardware_concurrency();
  return std::clamp(wanted, 1U, GenerationManifest::shards_max);
}

}  // namespace aisle
