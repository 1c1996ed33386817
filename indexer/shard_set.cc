#include "indexer/shard_set.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include "analyzers/analyzer.h"
#include "indexer/shard_reader.h"

namespace aisle {
namespace {

std::string now_text() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

std::uint32_t shard_count(const ShardSetOptions& options) {
  const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::uint32_t wanted = options.shards > 0                                         ? options.shards
                               : options.products_estimate < ShardSet::one_shard_products ? 1
                                                                                          : cores;
  return std::min(wanted, GenerationManifest::shards_max);
}

// The generation's manifest, checked against the schema; written first when the generation is new.
Result<GenerationManifest> open_manifest(const IndexFolder& folder, const IndexSchema& schema,
                                         const ShardSetOptions& options) {
  const auto found = folder.manifest(options.generation);
  if (!found && found.error().code != ErrorCode::NotFound) return tl::unexpected(found.error());
  if (!found) {
    const GenerationManifest manifest{options.generation, schema.hash, analyzer_version, shard_count(options),
                                      now_text()};
    AISLE_CHECK(folder.write_manifest(manifest));
    return manifest;
  }
  if (found->schema_hash != schema.hash || found->analyzer_version != analyzer_version) {
    const std::filesystem::path path = folder.generation_path(options.generation);
    return fail(
        ErrorCode::FailedPrecondition,
        fmt::format("NEEDS_REINDEX: {} was built with schema {} and analyzer {}, now they are {} and {}: "
                    "run aisle reindex {}, or delete the folder to build anew",
                    path.string(), found->schema_hash, found->analyzer_version, schema.hash, analyzer_version,
                    schema.index));
  }
  return *found;
}

}  // namespace

ShardSet::ShardSet(std::shared_ptr<const IndexFolder> folder, std::shared_ptr<const IndexSchema> schema,
                   GenerationManifest manifest, ShardSelection selection)
    : folder_(std::move(folder)),
      schema_(std::move(schema)),
      manifest_(std::move(manifest)),
      selection_(std::move(selection)),
      shards_(manifest_.shards) {
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (holds(i)) held_.push_back(i);
  }
}

ShardSet::~ShardSet() {
  close();
}

std::string NumberedMark::text() const {
  return std::to_string(number) + " " + value;
}

NumberedMark NumberedMark::parse(const std::string& stored) {
  NumberedMark mark;
  const auto end = std::from_chars(stored.data(), stored.data() + stored.size(), mark.number).ptr;
  const auto begin = static_cast<std::size_t>(end - stored.data());
  if (begin < stored.size()) mark.value = stored.substr(begin + 1);
  return mark;
}

Result<std::shared_ptr<ShardSet>> ShardSet::open(std::shared_ptr<const IndexFolder> folder,
                                                 std::shared_ptr<const IndexSchema> schema,
                                                 const ShardSetOptions& options) {
  AISLE_TRY(auto manifest, open_manifest(*folder, *schema, options));
  std::shared_ptr<ShardSet> set(
      new ShardSet(std::move(folder), std::move(schema), std::move(manifest), options.selection));
  AISLE_CHECK(set->open_shards(options));
  return set;
}

Status ShardSet::open_shards(const ShardSetOptions& options) {
  for (const std::uint32_t i : held_) {
    Shard& shard = shards_[i];
    AISLE_TRY(shard.writer, ShardWriter::open(schema_, {path(i), i, options.pace}));
    shard.log = std::make_shared<LocalOpLog>(shard.writer->durable().seq, options.log);
    shard.reader.emplace(shard.log->register_reader());
  }
  for (const std::uint32_t i : held_) {
    Shard& shard = shards_[i];
    LocalOpLog::Reader* reader = &*shard.reader;
    shard.writer->start(shard.log, [reader](Seq seq) { reader->release(seq); });
  }
  return {};
}

Status ShardSet::flush_logs(Deadline deadline) {
  std::vector<Seq> tails(size());
  for (const std::uint32_t i : held_) tails[i] = shards_[i].log->tail();
  return flush(tails, deadline);
}

void ShardSet::close() {
  if (std::exchange(closed_, true)) return;
  for (const Shard& shard : shards_) {
    if (!shard.writer) continue;
    shard.writer->request_flush(shard.log->tail());
    shard.log->close();
  }
  for (const Shard& shard : shards_) {
    if (shard.writer) shard.writer->stop();
  }
}

std::filesystem::path ShardSet::path(std::uint32_t shard) const {
  return folder_->shard_path(manifest_.generation, shard);
}

Lsn ShardSet::durable_lsn() const {
  Lsn lowest = std::numeric_limits<Lsn>::max();
  for (const std::uint32_t i : held_) lowest = std::min(lowest, shards_[i].writer->durable_lsn());
  return held_.empty() ? 0 : lowest;
}

std::uint64_t ShardSet::document_count() const {
  std::uint64_t count = 0;
  for (const std::uint32_t i : held_) count += shards_[i].writer->document_count();
  return count;
}

ShardStatistics ShardSet::statistics() const {
  ShardStatistics sum;
  for (const std::uint32_t i : held_) {
    const ShardStatistics one = shards_[i].writer->statistics();
    sum.added += one.added;
    sum.replaced += one.replaced;
    sum.values_changed += one.values_changed;
    sum.unchanged += one.unchanged;
    sum.deleted += one.deleted;
    sum.unknown += one.unknown;
  }
  return sum;
}

Result<std::string> ShardSet::mark(const std::string& key) const {
  std::optional<NumberedMark> oldest;
  for (const std::uint32_t i : held_) {
    AISLE_TRY(auto marks, read_shard_marks(path(i)));
    NumberedMark mark = NumberedMark::parse(marks[key]);
    if (!oldest || mark.number < oldest->number) oldest = std::move(mark);
  }
  return oldest ? oldest->value : std::string();
}

Result<std::uint64_t> ShardSet::last_mark() const {
  std::uint64_t last = 0;
  for (const std::uint32_t i : held_) {
    AISLE_TRY(const auto marks, read_shard_marks(path(i)));
    for (const auto& [key, value] : marks) last = std::max(last, NumberedMark::parse(value).number);
  }
  return last;
}

Result<std::vector<std::string>> ShardSet::ids(const std::string& after, std::size_t count_max) const {
  std::vector<std::string> all;
  for (const std::uint32_t i : held_) {
    AISLE_TRY(auto ids, read_shard_ids(path(i), after, count_max));
    std::ranges::move(ids, std::back_inserter(all));
  }
  std::ranges::sort(all);
  if (all.size() > count_max) all.resize(count_max);
  return all;
}

Status ShardSet::flush(const std::vector<Seq>& seqs, Deadline deadline) {
  // first ask all, then wait for each: the shards commit side by side
  for (const std::uint32_t i : held_) shards_[i].writer->request_flush(seqs.at(i));
  for (const std::uint32_t i : held_) AISLE_CHECK(shards_[i].writer->flush(seqs[i], deadline));
  return {};
}

}  // namespace aisle
