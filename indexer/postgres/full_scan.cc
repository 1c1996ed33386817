#include "indexer/postgres/full_scan.h"

#include <utility>

#include "base/fault_point.h"
#include "base/log.h"
#include "indexer/postgres/snapshot.h"

namespace aisle {
namespace {

using Phase = ScanPosition::Phase;

}  // namespace

std::string ScanPosition::text() const {
  switch (phase) {
    case Phase::Start:
      return "start";
    case Phase::Chunks:
      return "chunk:" + id;
    case Phase::Sweep:
      return "sweep:" + id;
    case Phase::Done:
      break;
  }
  return "done";
}

ScanPosition ScanPosition::parse(const std::string& mark) {
  if (mark == "done") return {Phase::Done, ""};
  if (mark.starts_with("chunk:")) return {Phase::Chunks, mark.substr(6)};
  if (mark.starts_with("sweep:")) return {Phase::Sweep, mark.substr(6)};
  return {Phase::Start, ""};
}

FullScan::FullScan(FullScanOptions options, const RootTable& table, const DocumentReader& reader,
                   ChangeSink& sink, ScanPosition from)
    : options_(std::move(options)), table_(table), reader_(reader), sink_(sink), position_(std::move(from)) {
  fence_passed_ = position_.phase != Phase::Start;
  if (position_.phase == Phase::Chunks) start_chunks();
}

void FullScan::start_chunks() {
  ChunkScanOptions chunks;
  chunks.connection = options_.connection;
  chunks.chunk_rows = options_.chunk_rows;
  chunks.readers = options_.readers;
  chunks.from_start = position_.phase == Phase::Start;
  chunks.after = position_.id;
  chunks.feed_batches = [this] { return feed_batches_.load(); };
  chunks_ = std::make_unique<ChunkScan>(std::move(chunks), table_, reader_);
}

Result<bool> FullScan::step(Connection& connection, Lsn lsn) {
  if (!fence_passed_) return step_fence(connection);
  switch (position_.phase) {
    case Phase::Start:
    case Phase::Chunks:
      return step_chunk(lsn);
    case Phase::Sweep:
      return step_sweep(connection, lsn);
    case Phase::Done:
      break;
  }
  return false;
}

// A transaction that committed before the slot's start may still be invisible (it waits for a standby): its
// changes will never be streamed, so the first chunk waits until all that were running then have ended.
Result<bool> FullScan::step_fence(Connection& connection) {
  AISLE_TRY(const Rows rows, connection.query("SELECT pg_current_snapshot()"));
  AISLE_TRY(const VisibleTransactions now, VisibleTransactions::parse(rows.text(0, 0)));
  if (!fence_) fence_ = now.xmax;
  if (now.xmin < *fence_) return false;
  fence_passed_ = true;
  start_chunks();
  return true;
}

void FullScan::touched(const ChangeBatch& batch) {
  const std::uint64_t number = feed_batches_.load() + 1;
  if (chunks_ != nullptr) {
    for (const SourceRecord& record : batch.upserts) touched_[record.id] = number;
    for (const std::string& id : batch.deletes) touched_[id] = number;
  }
  feed_batches_ = number;
}

void FullScan::forget_touched() {
  const std::uint64_t oldest = chunks_ == nullptr ? feed_batches_.load() : chunks_->oldest_feed_batches();
  std::erase_if(touched_, [&](const auto& entry) { return entry.second <= oldest; });
}

Result<bool> FullScan::step_chunk(Lsn lsn) {
  AISLE_TRY(std::optional<ScanChunk> chunk, chunks_->next(std::chrono::milliseconds(0)));
  if (!chunk) return false;
  const auto newer = [&](const std::string& id) {
    const auto found = touched_.find(id);
    return found != touched_.end() && found->second > chunk->feed_batches;
  };
  std::erase_if(chunk->records, [&](const SourceRecord& record) { return newer(record.id); });
  std::erase_if(chunk->missing, newer);
  ScanPosition next = position_;
  if (chunk->last) {
    next = {Phase::Sweep, ""};
  } else {
    next = {Phase::Chunks, chunk->cursor};
  }
  products_ += chunk->records.size();
  ChangeBatch batch;
  batch.upserts = std::move(chunk->records);
  batch.deletes = std::move(chunk->missing);
  batch.lsn = lsn;
  batch.mark_key = scan_mark;
  batch.mark_value = next.text();
  fault_point("full_scan.before_chunk");
  AISLE_CHECK(sink_.apply(std::move(batch)));
  fault_point("full_scan.after_chunk");
  position_ = std::move(next);
  if (position_.phase == Phase::Sweep) chunks_.reset();
  forget_touched();
  return true;
}

void FullScan::allow_sweep() {
  counted_ = true;
  waiting_.clear();
}

// Counts first: how much of the index would go.
Result<bool> FullScan::step_count(Connection& connection) {
  AISLE_TRY(const std::vector<std::string> ids, sink_.ids(count_after_, options_.sweep_page_ids));
  if (!ids.empty()) {
    AISLE_TRY(const std::vector<std::string> absent, table_.absent(connection, ids));
    counted_ids_ += ids.size();
    counted_absent_ += absent.size();
    count_after_ = ids.back();
    return true;
  }
  counted_ = true;
  const auto limit = options_.sweep_fraction_max * static_cast<double>(counted_ids_);
  if (counted_absent_ > options_.sweep_free_ids && static_cast<double>(counted_absent_) > limit) {
    counted_ = false;
    waiting_ = "the scan would delete " + std::to_string(counted_absent_) + " of " +
               std::to_string(counted_ids_) + " products that table no longer has; confirm to let it";
    log(LogLevel::Error, "feed.held", waiting_);
  }
  return true;
}

Result<bool> FullScan::step_sweep(Connection& connection, Lsn lsn) {
  if (!waiting_.empty()) return false;
  if (!counted_) return step_count(connection);
  AISLE_TRY(const std::vector<std::string> ids, sink_.ids(position_.id, options_.sweep_page_ids));
  ScanPosition next;
  ChangeBatch batch;
  if (ids.empty()) {
    next = {Phase::Done, ""};
  } else {
    next = {Phase::Sweep, ids.back()};
    AISLE_TRY(batch.deletes, table_.absent(connection, ids));
  }
  batch.lsn = lsn;
  batch.mark_key = scan_mark;
  batch.mark_value = next.text();
  AISLE_CHECK(sink_.apply(std::move(batch)));
  position_ = std::move(next);
  return true;
}

}  // namespace aisle
