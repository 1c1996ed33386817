#include "indexer/index_pipeline.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "indexer/local_op_log.h"

namespace aisle {
namespace {

constexpr std::size_t append_ops_max = 1'000;
constexpr std::size_t append_bytes_max = 4U << 20U;

unsigned cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

Status check_same_id(const SourceRecord& record, const std::string& id) {
  if (record.id.empty() || record.id == id) return {};
  return fail(ErrorCode::InvalidArgument,
              "the record says its id is \"" + id + "\", its source says \"" + record.id + "\"");
}

}  // namespace

IndexPipeline::IndexPipeline(std::shared_ptr<ShardSet> shards, std::shared_ptr<const DocumentBuilder> builder,
                             IndexPipelineOptions options)
    : shard_set_(std::move(shards)),
      schema_(shard_set_->schema()),
      builder_(std::move(builder)),
      options_(std::move(options)),
      dead_letters_(schema_->index),
      pool_(options_.builders > 0 ? options_.builders : cores()) {}

IndexPipeline::~IndexPipeline() {
  close();
}

Result<std::unique_ptr<IndexPipeline>> IndexPipeline::open(std::shared_ptr<ShardSet> shards,
                                                           IndexPipelineOptions options) {
  AISLE_TRY(auto builder, DocumentBuilder::create(shards->schema()));
  std::unique_ptr<IndexPipeline> pipeline(
      new IndexPipeline(std::move(shards), std::move(builder), std::move(options)));
  if (pipeline->options_.lead) return pipeline;
  std::vector<std::shared_ptr<OpLog>> logs;
  for (std::uint32_t i = 0; i < pipeline->shards(); ++i) logs.push_back(pipeline->shard_set_->log(i));
  AISLE_CHECK(pipeline->append_to(std::move(logs)));
  return pipeline;
}

Status IndexPipeline::append_to(std::vector<std::shared_ptr<OpLog>> logs) {
  shards_.clear();
  replay_end_ = 0;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    const Lsn lsn = shard_set_->durable(i).lsn;
    replay_end_ = std::max(replay_end_, lsn);
    shards_.push_back({std::move(logs.at(i)), lsn, lsn});
  }
  AISLE_TRY(marks_, shard_set_->last_mark());
  routed_.resize(shards_.size());
  AISLE_TRY(const std::string letters, mark(dead_letters_mark));
  dead_letters_.restore(letters);
  replay_begin_ = durable_lsn();
  replaying_ = true;
  leads_ = true;
  return {};
}

Status IndexPipeline::begin(const LogSource& source) {
  if (!options_.lead) return {};
  leads_ = false;
  shards_.clear();
  AISLE_TRY(auto logs, options_.lead(source));
  return append_to(std::move(logs));
}

void IndexPipeline::end() {
  if (options_.lead) leads_ = false;
}

Status IndexPipeline::apply(ChangeBatch batch) {
  if (closed_) return fail(ErrorCode::Unavailable, "the index is closed");
  if (shards_.empty()) return fail(ErrorCode::Conflict, "this node does not lead its logs");
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
  const std::optional<std::string> letters = dead_letters_.take_changes();
  const bool checks = is_check_due();
  if (!batch.mark_key.empty() || letters || checks) ++marks_;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    Shard& shard = shards_[i];
    for (Op& op : routed_[i]) op.lsn = shard.lsn;
    if (letters) routed_[i].push_back(mark_op(shard, dead_letters_mark, *letters));
    if (checks) routed_[i].push_back(mark_op(shard, check_mark, ""));
    Op mark = mark_op(shard, batch.mark_key, batch.mark_value);
    if (batch.lsn != 0 && !seen_before(shard, batch.lsn)) mark.lsn = batch.lsn;
    shard.lsn = mark.lsn;
    routed_[i].push_back(std::move(mark));
    AISLE_CHECK(deliver(i, std::exchange(routed_[i], {})));
  }
  return {};
}

bool IndexPipeline::is_check_due() {
  const auto now = std::chrono::steady_clock::now();
  if (options_.check_interval.count() == 0 || now - checked_at_ < options_.check_interval) return false;
  checked_at_ = now;
  return true;
}

Op IndexPipeline::mark_op(const Shard& shard, const std::string& key, const std::string& value) const {
  Op mark;
  mark.lsn = shard.lsn;
  mark.mark_key = key;
  if (!key.empty()) mark.mark_value = NumberedMark{marks_, value}.text();
  return mark;
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

Status IndexPipeline::check_size(const Op& op) const {
  const std::size_t bytes = op_bytes(op);
  if (bytes <= options_.op_bytes_max) return {};
  return fail(ErrorCode::TooLarge, "the document takes " + std::to_string(bytes) + " bytes, the limit is " +
                                       std::to_string(options_.op_bytes_max));
}

Status IndexPipeline::deliver(std::uint32_t number, std::vector<Op> ops) {
  OpLog& log = *shards_[number].log;
  std::vector<Op> piece;
  std::size_t bytes = 0;
  const auto append = [&]() -> Status {
    AISLE_CHECK(shard_set_->alive(number));
    while (!log.wait_for_room(piece.size(), bytes, Deadline::after(std::chrono::seconds(1)))) {
      AISLE_CHECK(shard_set_->alive(number));  // else nobody would ever make room
    }
    if (auto stored = log.append(log.tail(), std::exchange(piece, {}), Deadline::never()); !stored) {
      leads_ = false;
      return tl::unexpected(std::move(stored).error());
    }
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

bool IndexPipeline::has_room() const {
  return std::ranges::all_of(shards_, [](const Shard& shard) {
    return shard.log->wait_for_room(append_ops_max, append_bytes_max,
                                    Deadline::after(std::chrono::seconds(0)));
  });
}

Lsn IndexPipeline::durable_lsn() const {
  return shard_set_->durable_lsn();
}

Lsn IndexPipeline::acknowledged_lsn() const {
  return options_.acknowledged ? std::min(options_.acknowledged(), durable_lsn()) : durable_lsn();
}

Status IndexPipeline::flush(Deadline deadline) {
  std::vector<Seq> tails;
  for (const Shard& shard : shards_) tails.push_back(shard.log->tail());
  return tails.empty() ? Status() : shard_set_->flush(tails, deadline);
}

Result<std::string> IndexPipeline::mark(const std::string& key) const {
  return shard_set_->mark(key);
}

Result<std::vector<std::string>> IndexPipeline::ids(const std::string& after, std::size_t count_max) {
  AISLE_CHECK(flush(Deadline::never()));
  return shard_set_->ids(after, count_max);
}

void IndexPipeline::close() {
  if (std::exchange(closed_, true)) return;
  if (!options_.lead) shard_set_->close();
}

}  // namespace aisle
