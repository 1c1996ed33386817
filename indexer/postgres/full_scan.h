// The one job behind first build, resync and repair: all chunks of the root table, then a sweep of the ids
// the index has and the table has not. Its position is a mark in the index, so that it goes on after a crash.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/change.h"
#include "indexer/postgres/chunk_scan.h"

namespace aisle {

inline constexpr const char* scan_mark = "scan_cursor";

// What the mark says: "" never scanned, "start", "chunk:<last id>", "sweep:<last id>", "done".
struct ScanPosition {
  enum class Phase : std::uint8_t { Start, Chunks, Sweep, Done };
  Phase phase = Phase::Start;
  std::string id;

  std::string text() const;
  static ScanPosition parse(const std::string& mark);
};

struct FullScanOptions {
  ConnectionOptions connection;
  std::size_t chunk_rows = 2'000;
  int readers = 2;
  std::size_t sweep_page_ids = 5'000;
  // A sweep that would delete more than this part of the index, and more than `sweep_free_ids`, waits for a
  // word: an emptied table must not empty the shop.
  double sweep_fraction_max = 0.2;
  std::size_t sweep_free_ids = 1'000;
};

// One thread: that of the feed, between two of its batches; so a sweep never races with a change being
// applied. Invariant: a chunk never overwrites what the feed applied after the chunk was read (touched()).
class FullScan {
 public:
  FullScan(FullScanOptions options, const RootTable& table, const DocumentReader& reader, ChangeSink& sink,
           ScanPosition from);

  // One unit of work with `connection` free for use: a chunk, or a page of the sweep. `lsn` goes into the
  // batch. False when there was nothing to do yet.
  Result<bool> step(Connection& connection, Lsn lsn);

  // The feed applied these ids; counts as one batch.
  void touched(const ChangeBatch& batch);

  const ScanPosition& position() const { return position_; }
  bool done() const { return position_.phase == ScanPosition::Phase::Done; }
  std::uint64_t products() const { return products_; }

  // Not empty: the sweep waits for allow_sweep(); the sentence says why.
  const std::string& waiting_for_word() const { return waiting_; }
  void allow_sweep();

 private:
  Result<bool> step_fence(Connection& connection);
  Result<bool> step_chunk(Lsn lsn);
  Result<bool> step_sweep(Connection& connection, Lsn lsn);
  Result<bool> step_count(Connection& connection);
  void forget_touched();
  void start_chunks();

  const FullScanOptions options_;
  const RootTable& table_;
  const DocumentReader& reader_;
  ChangeSink& sink_;
  ScanPosition position_;
  std::optional<std::uint64_t> fence_;  // xmax when the scan began: it starts when everything below has ended
  bool fence_passed_ = false;

  std::atomic<std::uint64_t> feed_batches_{0};
  std::unordered_map<std::string, std::uint64_t> touched_;  // id -> number of the last batch that carried it
  std::uint64_t products_ = 0;

  bool counted_ = false;
  std::string count_after_;
  std::size_t counted_ids_ = 0;
  std::size_t counted_absent_ = 0;
  std::string waiting_;

  std::unique_ptr<ChunkScan> chunks_;  // last: its threads read feed_batches_
};

}  // namespace aisle
