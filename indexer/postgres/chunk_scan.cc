#include "indexer/postgres/chunk_scan.h"

#include <algorithm>
#include <utility>

#include "indexer/postgres/snapshot_transaction.h"

namespace aisle {

ChunkScan::ChunkScan(ChunkScanOptions options, const RootTable& table, const DocumentReader& reader)
    : options_(std::move(options)),
      table_(table),
      reader_(reader),
      from_start_(options_.from_start),
      cursor_(options_.after) {
  for (int i = 0; i < options_.readers; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
  }
}

ChunkScan::~ChunkScan() {
  for (std::jthread& thread : threads_) thread.request_stop();
  {
    const std::lock_guard lock(mutex_);  // a reader between its check and its wait must not miss the call
    changed_.notify_all();
  }
  threads_.clear();
}

Result<std::optional<ScanChunk>> ChunkScan::next(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [&] { return error_ || finished_ || ready_.contains(next_); });
  const auto found = ready_.find(next_);
  if (found == ready_.end()) {
    if (error_) return tl::unexpected(*error_);
    return std::nullopt;
  }
  ScanChunk chunk = std::move(found->second);
  ready_.erase(found);
  outstanding_.erase(next_);
  ++next_;
  finished_ = chunk.last;
  changed_.notify_all();
  return chunk;
}

std::uint64_t ChunkScan::oldest_feed_batches() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t oldest = options_.feed_batches();
  for (const auto& [number, feed_batches] : outstanding_) oldest = std::min(oldest, feed_batches);
  return oldest;
}

void ChunkScan::run(const std::stop_token& stop) {
  const Status status = read_chunks(stop);
  if (status || stop.stop_requested()) return;
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = status.error();
  changed_.notify_all();
}

bool ChunkScan::wait_for_room(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const std::size_t chunks_max = 2 * static_cast<std::size_t>(options_.readers);
  changed_.wait(lock, [&] { return stop.stop_requested() || error_ || outstanding_.size() < chunks_max; });
  return !stop.stop_requested() && !error_;
}

Result<std::optional<ChunkScan::Ticket>> ChunkScan::draw(Connection& connection) {
  const std::lock_guard lock(draw_mutex_);
  if (exhausted_) return std::nullopt;
  Ticket ticket;
  ticket.number = drawn_;
  {
    // Outstanding before its snapshot is taken: what the feed applies from now on is remembered for this
    // chunk.
    const std::lock_guard inner(mutex_);
    ticket.feed_batches = options_.feed_batches();
    outstanding_.emplace(drawn_, ticket.feed_batches);
  }
  ++drawn_;
  AISLE_TRY(ticket.ids, table_.ids_after(connection, from_start_, cursor_, options_.chunk_rows));
  exhausted_ = ticket.ids.size() < options_.chunk_rows;
  ticket.last = exhausted_;
  if (!ticket.ids.empty()) {
    cursor_ = ticket.ids.back();
    from_start_ = false;
  }
  return ticket;
}

Status ChunkScan::read_chunks(const std::stop_token& stop) {
  AISLE_TRY(Connection connection, Connection::open(options_.connection));
  connection.set_stop(stop);
  while (wait_for_room(stop)) {
    AISLE_TRY(const std::optional<Ticket> ticket, draw(connection));
    if (!ticket) return {};
    AISLE_TRY(SnapshotTransaction transaction, SnapshotTransaction::begin(connection, {}, Deadline::never()));
    AISLE_TRY(ReadRecords read, reader_.documents(connection, ticket->ids));
    AISLE_CHECK(transaction.end());
    ScanChunk chunk{std::move(read.records), std::move(read.missing), {}, ticket->feed_batches, ticket->last};
    if (!ticket->ids.empty()) chunk.cursor = ticket->ids.back();
    deliver(ticket->number, std::move(chunk));
  }
  return {};
}

void ChunkScan::deliver(std::uint64_t number, ScanChunk chunk) {
  const std::lock_guard lock(mutex_);
  ready_.emplace(number, std::move(chunk));
  changed_.notify_all();
}

}  // namespace aisle
