#include "server/generation_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "analyzers/analyzer.h"
#include "base/file.h"
#include "base/log.h"
#include "base/utc_time.h"
#include "server/membership/base_source.h"
#include "server/membership/members.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds lead_time{30};         // to catch up with the logs before leading them
constexpr std::chrono::seconds find_members_time{3};  // for the other members to be heard of

}  // namespace

GenerationSet::GenerationSet(std::shared_ptr<const IndexFolder> folder, std::filesystem::path schema_folder,
                             std::shared_ptr<Membership> membership)
    : folder_(std::move(folder)),
      schema_folder_(std::move(schema_folder)),
      membership_(std::move(membership)) {}

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
    log(LogLevel::Warn, "generation.stale",
        "NEEDS_REINDEX: built by another version of aisle, searched but not fed",
        {{"index", schema->index}, {"generation", number}});
    return Generation::open_stale(*folder_, schema, manifest);
  }
  ShardSetOptions options;
  options.generation = number;
  if (membership_) options.selection = membership_->config().shards;
  AISLE_TRY(auto shards, ShardSet::open(folder_, schema, options));
  if (membership_) return open_replicated(std::move(shards));
  AISLE_TRY(auto pipeline, IndexPipeline::open(shards, {}));
  return Generation::open(std::move(shards), std::move(pipeline), folder_->generation_path(number));
}

// Shards that follow the cluster's logs; of a member that may feed them with a pipeline into these.
Result<std::shared_ptr<Generation>> GenerationSet::open_replicated(std::shared_ptr<ShardSet> shards) const {
  const std::string index = shards->schema()->index;
  const std::uint32_t number = shards->manifest().generation;
  const auto replicated = membership_->replicate(shards);
  std::unique_ptr<IndexPipeline> pipeline;
  if (membership_->feeds()) {
    IndexPipelineOptions options;
    options.op_bytes_max = batch_op_bytes_max;
    options.check_interval = membership_->config().check_interval;
    options.lead = [replicated](const LogSource& source) {
      return replicated->lead(source, Deadline::after(lead_time));
    };
    const GenerationRef ref{number, shards->size(), "", 0};
    options.acknowledged = [membership = membership_, index, ref] {
      return acknowledged_lsn(membership->nodes(), index, ref, membership->config().ack_replicas);
    };
    AISLE_TRY(pipeline, IndexPipeline::open(shards, std::move(options)));
  }
  return Generation::open(
      std::move(shards), std::move(pipeline), folder_->generation_path(number),
      {replicated,
       {&membership_->statistics(), [membership = membership_, index, number](const std::string& hash) {
          return statistics_known(membership->nodes(), index, number, hash);
        }}});
}

Status GenerationSet::prepare(const GenerationRef& wanted, const std::shared_ptr<const IndexSchema>& schema) {
  const auto found = folder_->manifest(wanted.number);
  if (!membership_ || found || found.error().code != ErrorCode::NotFound) {
    return found || !membership_ ? Status() : tl::unexpected<Error>(found.error());
  }
  const std::filesystem::path incoming = folder_->path() / "incoming";
  const Deadline patience = Deadline::after(find_members_time);
  while (true) {
    const auto base = take_base(*membership_, schema->index, wanted, incoming);
    if (base) return install(incoming, wanted);
    if (base.error().code != ErrorCode::NotFound) return tl::unexpected(base.error());
    if (patience.expired()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  if (schema->hash == wanted.schema_hash) return create(wanted.number, *schema, wanted.shards);
  return fail(ErrorCode::FailedPrecondition,
              fmt::format("generation {} has schema {}, this node is configured with {} and no member has it",
                          wanted.number, wanted.schema_hash, schema->hash));
}

// The manifest comes last: without it there is no generation.
Status GenerationSet::install(const std::filesystem::path& base, const GenerationRef& generation) const {
  const std::filesystem::path folder = folder_->generation_path(generation.number);
  std::error_code failure;
  std::filesystem::remove(folder / "generation.json", failure);
  if (!failure) std::filesystem::remove_all(folder, failure);
  if (failure)
    return fail(ErrorCode::Unavailable, "cannot replace " + folder.string() + ": " + failure.message());
  AISLE_CHECK(rename_durably(base, folder));
  return folder_->write_manifest({generation.number, generation.schema_hash, generation.analyzer_version,
                                  generation.shards, utc_text(utc_now())});
}

Result<std::shared_ptr<Generation>> GenerationSet::replace(const GenerationRef& wanted,
                                                           const std::shared_ptr<const IndexSchema>& schema) {
  const std::filesystem::path incoming = folder_->path() / "incoming";
  const auto present = find(wanted.number);
  const bool longest = present != nullptr && present->is_behind();
  AISLE_CHECK(take_base(*membership_, schema->index, wanted, incoming, longest));
  std::error_code ignored;  // without statistics scores wait for the leader's
  std::filesystem::copy_file(folder_->generation_path(wanted.number) / "statistics.bin",
                             incoming / "statistics.bin", ignored);
  {
    const std::lock_guard opening(open_mutex_);
    close(wanted.number);
    AISLE_CHECK(install(incoming, wanted));
  }
  return open(wanted.number, schema);
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
    return fail(
        ErrorCode::FailedPrecondition,
        fmt::format("NEEDS_REINDEX: {} was built with schema {} and analyzer {}, now they are {} and {}: "
                    "run aisle reindex {}, or delete the folder to build anew",
                    file.parent_path().string(), manifest.schema_hash, manifest.analyzer_version,
                    wanted->hash, analyzer_version, wanted->index));
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
