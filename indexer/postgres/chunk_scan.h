// Reads all products in chunks by id, ahead of the writer, on connections of its own.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "indexer/change.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/document_reader.h"
#include "indexer/postgres/root_table.h"

namespace aisle {

struct ChunkScanOptions {
  ConnectionOptions connection;
  std::size_t chunk_rows = 2'000;
  int readers = 2;  // connections; each reads a chunk at a time
  bool from_start = true;
  std::string after;  // else: the last id that needs no reading
  // How many feed batches have been applied; read before a chunk's snapshot is taken. Called on reader
  // threads.
  std::function<std::uint64_t()> feed_batches;
};

struct ScanChunk {
  std::vector<SourceRecord> records;
  std::vector<std::string> missing;  // ids of the root table that the document query does not return
  std::string cursor;                // the chunk's last id
  std::uint64_t feed_batches = 0;    // ids applied by later batches are newer than this chunk
  bool last = false;                 // nothing comes after; may itself be empty
};

// next() from one thread. At most 2 x readers chunks are held.
class ChunkScan {
 public:
  // `table` and `reader` must outlive the scan and be prepared.
  ChunkScan(ChunkScanOptions options, const RootTable& table, const DocumentReader& reader);
  ~ChunkScan();
  ChunkScan(const ChunkScan&) = delete;
  ChunkScan& operator=(const ChunkScan&) = delete;

  // The next chunk in the order of ids; nothing when it was not ready within `wait` or after the last. An
  // error ends the scan; a new one may go on from the last cursor.
  Result<std::optional<ScanChunk>> next(std::chrono::milliseconds wait);
  // The lowest ScanChunk::feed_batches that a chunk still to come can carry.
  std::uint64_t oldest_feed_batches() const;

 private:
  struct Ticket {
    std::uint64_t number = 0;
    std::vector<std::string> ids;
    std::uint64_t feed_batches = 0;
    bool last = false;
  };
  void run(const std::stop_token& stop);
  Status read_chunks(const std::stop_token& stop);
  bool wait_for_room(const std::stop_token& stop);
  // The next ids of the table; nothing when it is at its end.
  Result<std::optional<Ticket>> draw(Connection& connection);
  void deliver(std::uint64_t number, ScanChunk chunk);

  // fixed
  const ChunkScanOptions options_;
  const RootTable& table_;
  const DocumentReader& reader_;

  // under the draw mutex: one reader at a time asks for the next ids
  std::mutex draw_mutex_;
  bool from_start_;
  std::string cursor_;
  std::uint64_t drawn_ = 0;
  bool exhausted_ = false;

  // under the mutex
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, ScanChunk> ready_;  // by number
  std::map<std::uint64_t, std::uint64_t>
      outstanding_;  // number -> feed_batches, of chunks not yet handed out
  std::uint64_t next_ = 0;
  bool finished_ = false;
  std::optional<Error> error_;

  std::vector<std::jthread> threads_;
};

}  // namespace aisle
