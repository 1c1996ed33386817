#include "indexer/index_pipeline.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include "base/log.h"
#include "indexer/shard_reader.h"

namespace aisle {
namespace {

constexpr std::size_t append_ops_max = 1'000;
constexpr std::size_t append_bytes_max = 4U << 20U;

unsigned cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

std::string now_text() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

std::uint32_t shard_count(const IndexPipelineOptions& options) {
  const std::uint32_t wanted = options.shards > 0 ? options.shards
                               : options.products_estimate < IndexPipeline::one_shard_products ? 1
                                                                                               : cores();
  return std::min(wanted, GenerationManifest::shards_max);
}

// The generation's manifest, checked against the schema; written first when the generation is new.
Result<GenerationManifest> open_manifest(const IndexFolder& folder, const IndexSchema& schema,
                                         const IndexPipelineOptions& options) {
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

// Marks carry a number on disk: shards that stopped at different batches are told apart by it.
std::string numbered(std::uint64_t number, const std::string& value) {
  return std::to_string(number) + " " + value;
}

std::pair<std::uint64_t, std::string> split_number(const std::string& stored) {
  std::uint64_t number = 0;
  const auto end = std::from_chars(stored.data(), stored.data() + stored.size(), number).ptr;
  const auto begin = static_cast<std::size_t>(end - stored.data());
  return {number, begin < stored.size() ? stored.substr(begin + 1) : std::string()};
}

Status check_size(const Op& op) {
  const std::size_t bytes = op_bytes(op);
  if (bytes <= IndexPipeline::op_bytes_max) return {};
  return fail(ErrorCode::TooLarge, "the document takes " + std::to_string(bytes) + " bytes, the limit is " +
                                       std::to_string(IndexPipeline::op_bytes_max));
}

Status check_same_id(const SourceRecord& record, const std::string& id) {
  if (record.id.empty() || record.id == id) return {};
  return fail(ErrorCode::InvalidArgument,
              "the record says its id is \"" + id + "\", its source says \"" + record.id + "\"");
}

}  // namespace

IndexPipeline::IndexPipeline(std::shared_ptr<const IndexFolder> folder,
                             std::shared_ptr<const IndexSchema> schema,
                             std::shared_ptr<const DocumentBuilder> builder, unsigned builders)
    : folder_(std::move(folder)),
      schema_(std::move(schema)),
      builder_(std::move(builder)),
      dead_letters_(schema_->index),
      pool_(builders > 0 ? builders : cores()) {}

IndexPipeline::~IndexPipeline() {
  close();
}

Result<std::unique_ptr<IndexPipeline>> IndexPipeline::open(std::shared_ptr<const IndexFolder> folder,
                                                           std::shared_ptr<const IndexSchema> schema,
                                                           IndexPipelineOptions options) {
  AISLE_TRY(auto builder, DocumentBuilder::create(schema));
  AISLE_TRY(auto manifest, open_manifest(*folder, *schema, options));
  std::unique_ptr<IndexPipeline> pipeline(
      new IndexPipeline(std::move(folder), std::move(schema), std::move(builder), options.builders));
  pipeline->manifest_ = std::move(manifest);
  AISLE_CHECK(pipeline->open_shards(options));
  return pipeline;
}

Status IndexPipeline::open_shards(const IndexPipelineOptions& options) {
  for (std::uint32_t i = 0; i < manifest_.shards; ++i) {
    Shard shard;
    AISLE_TRY(shard.writer, ShardWriter::open(schema_, {shard_path(i), i, options.pace}));
    shard.log = std::make_shared<LocalOpLog>(shard.writer->durable_seq(), options.log);
    shard.reader.emplace(shard.log->register_reader());
    shard.lsn = shard.opened_lsn = shard.writer->durable_lsn();
    AISLE_TRY(const auto marks, read_shard_marks(shard_path(i)));
    for (const auto& [key, value] : marks) marks_ = std::max(marks_, split_number(value).first);
    shards_.push_back(std::move(shard));
  }
  routed_.resize(shards_.size());
  replay_begin_ = durable_lsn();
  for (const Shard& shard : shards_) replay_end_ = std::max(replay_end_, shard.opened_lsn);
  for (Shard& shard : shards_) {
    LocalOpLog::Reader* reader = &*shard.reader;
    shard.writer->start(shard.log, [reader](Seq seq) { reader->release(seq); });
  }
  return {};
}

Status IndexPipeline::apply(ChangeBatch batch) {
  if (closed_) return fail(ErrorCode::Unavailable, "the index is closed");
  // another history has begun (a restored database), or the replay is over
  if (batch.lsn != 0 && (batch.lsn < replay_begin_ || batch.lsn > replay_end_)) replaying_ = false;
  for (auto& ops : routed_) ops.clear();
  route(build_upserts(batch.upserts), batch.upserts, batch.lsn);
  route(build_values(batch.values), batch.values, batch.lsn);
  for (std::string& id : batch.deletes) {
    if (!check_product_id("id", id)) continue;  // no product has it
    dead_letters_.forget(id);
    Op op;
    op.kind = OpKind::Delete;
    op.id = std::move(id);
    route(std::move(op));
  }
  if (!batch.mark_key.empty()) ++marks_;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    Shard& shard = shards_[i];
    for (Op& op : routed_[i]) op.lsn = shard.lsn;
    Op mark;
    mark.lsn = batch.lsn == 0 || seen_before(shard, batch.lsn) ? shard.lsn : batch.lsn;
    mark.mark_key = batch.mark_key;
    if (!batch.mark_key.empty()) mark.mark_value = numbered(marks_, batch.mark_value);
    shard.lsn = mark.lsn;
    routed_[i].push_back(std::move(mark));
    AISLE_CHECK(deliver(shard, std::exchange(routed_[i], {})));
  }
  return {};
}

std::vector<Result<Op>> IndexPipeline::build_upserts(const std::vector<SourceRecord>& records) {
  std::vector<Result<Op>> built(records.size());
  pool_.run(records.size(), [&](std::size_t i) {
    const auto build = [&]() -> Result<Op> {
      AISLE_TRY(Document document, builder_->build(records[i].json));
      AISLE_CHECK(check_same_id(records[i], document.id));
      Op op;
      op.kind = OpKind::Upsert;
      op.id = document.id;
      op.document = std::move(document);
      AISLE_CHECK(check_size(op));
      return op;
    };
    built[i] = build();
  });
  return built;
}

std::vector<Result<Op>> IndexPipeline::build_values(const std::vector<SourceRecord>& records) {
  std::vector<Result<Op>> built(records.size());
  pool_.run(records.size(), [&](std::size_t i) {
    const auto build = [&]() -> Result<Op> {
      AISLE_TRY(VolatileValues values, builder_->build_values(records[i].json));
      AISLE_CHECK(check_same_id(records[i], values.id));
      Op op;
      op.kind = OpKind::SetNumbers;
      op.id = std::move(values.id);
      op.numbers = std::move(values.numbers);
      return op;
    };
    built[i] = build();
  });
  return built;
}

void IndexPipeline::route(std::vector<Result<Op>> built, const std::vector<SourceRecord>& records, Lsn lsn) {
  for (std::size_t i = 0; i < built.size(); ++i) {
    if (!built[i]) {
      dead_letters_.add({records[i].id, built[i].error().message, lsn});
      continue;
    }
    Op& op = *built[i];
    if (op.kind == OpKind::Upsert) dead_letters_.forget(op.id);
    if (op.kind == OpKind::SetNumbers) {
      const bool seen = seen_before(shards_[shard_of(op.id, shards())], lsn);
      if (seen) ++values_skipped_;
      if (seen || op.numbers.empty()) continue;
    }
    route(std::move(op));
  }
}

void IndexPipeline::route(Op op) {
  routed_[shard_of(op.id, shards())].push_back(std::move(op));
}

bool IndexPipeline::seen_before(const Shard& shard, Lsn lsn) const {
  return replaying_ && lsn != 0 && lsn <= shard.opened_lsn;
}

Status IndexPipeline::deliver(Shard& shard, std::vector<Op> ops) {
  std::vector<Op> piece;
  std::size_t bytes = 0;
  const auto append = [&]() -> Status {
    AISLE_CHECK(shard.writer->alive());
    while (!shard.log->wait_for_room(piece.size(), bytes, Deadline::after(std::chrono::seconds(1)))) {
      AISLE_CHECK(shard.writer->alive());  // else nobody would ever make room
    }
    AISLE_CHECK(shard.log->append(shard.log->tail(), std::exchange(piece, {}), Deadline::never()));
    bytes = 0;
    return {};
  };
  for (Op& op : ops) {
    const std::size_t size = op_bytes(op);
    if (!piece.empty() && (piece.size() >= append_ops_max || bytes + size > append_bytes_max)) {
      AISLE_CHECK(append());
    }
    bytes += size;
    piece.push_back(std::move(op));
  }
  return append();
}

Lsn IndexPipeline::durable_lsn() const {
  Lsn lowest = std::numeric_limits<Lsn>::max();
  for (const Shard& shard : shards_) lowest = std::min(lowest, shard.writer->durable_lsn());
  return shards_.empty() ? 0 : lowest;
}

Status IndexPipeline::flush(Deadline deadline) {
  // first ask all, then wait for each: the shards commit side by side
  for (const Shard& shard : shards_) shard.writer->request_flush(shard.log->tail());
  for (const Shard& shard : shards_) AISLE_CHECK(shard.writer->flush(shard.log->tail(), deadline));
  return {};
}

Result<std::string> IndexPipeline::mark(const std::string& key) const {
  std::optional<std::pair<std::uint64_t, std::string>> oldest;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    AISLE_TRY(auto marks, read_shard_marks(shard_path(i)));
    auto mark = split_number(marks[key]);
    if (!oldest || mark.first < oldest->first) oldest = std::move(mark);
  }
  return oldest ? oldest->second : std::string();
}

Result<std::vector<std::string>> IndexPipeline::ids(const std::string& after, std::size_t count_max) {
  AISLE_CHECK(flush(Deadline::never()));
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    AISLE_TRY(auto ids, read_shard_ids(shard_path(i), after, count_max));
    std::ranges::move(ids, std::back_inserter(all));
  }
  std::ranges::sort(all);
  if (all.size() > count_max) all.resize(count_max);
  return all;
}

void IndexPipeline::close() {
  if (std::exchange(closed_, true)) return;
  for (Shard& shard : shards_) {
    shard.writer->request_flush(shard.log->tail());
    shard.log->close();
  }
  for (Shard& shard : shards_) shard.writer->stop();
}

std::filesystem::path IndexPipeline::shard_path(std::uint32_t shard) const {
  return folder_->shard_path(manifest_.generation, shard);
}

std::uint64_t IndexPipeline::document_count() const {
  std::uint64_t count = 0;
  for (const Shard& shard : shards_) count += shard.writer->document_count();
  return count;
}

ShardStatistics IndexPipeline::statistics() const {
  ShardStatistics sum;
  for (const Shard& shard : shards_) {
    const ShardStatistics one = shard.writer->statistics();
    sum.added += one.added;
    sum.replaced += one.replaced;
    sum.values_changed += one.values_changed;
    sum.unchanged += one.unchanged;
    sum.deleted += one.deleted;
    sum.unknown += one.unknown;
  }
  return sum;
}

}  // namespace aisle
