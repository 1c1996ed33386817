// The thread that takes one shard's op log to disk.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "base/deadline.h"
#include "base/error.h"
#include "base/metrics.h"
#include "indexer/commit_pacer.h"
#include "indexer/op_log.h"
#include "indexer/shard_store.h"

namespace aisle {

// The mark of this key asks every copy of a shard for its content at that place of the log.
inline constexpr const char* check_mark = "check";

// What is stored up to `seq`: read_shard_content(). Seq 0: never looked.
struct ContentCheck {
  Seq seq = 0;
  std::uint64_t content = 0;
  static constexpr std::uint64_t unreadable = ~std::uint64_t{0};
  friend bool operator==(const ContentCheck&, const ContentCheck&) = default;
};

struct ShardWriterOptions {
  std::filesystem::path folder;
  std::uint32_t shard = 0;  // its number, for metrics and the log
  CommitPace pace = {};
};

// Reads the log from the stored seq on, writes in transactions (commit_pacer.h says when) and tells what is
// durable. When writing fails the shard is reopened and the log read again from the stored seq, with growing
// pauses, until it works: the log must keep ops until on_durable. An op that Xapian refuses for itself is
// skipped, logged and counted. Metrics: aisle_commit_duration_seconds{index,shard},
// aisle_shard_ops_refused_total, aisle_shard_failures_total. Threads: any may call; start() and stop() from
// one.
class ShardWriter {
 public:
  static constexpr std::size_t refused_ops_max = 1'000;  // remembered for one run; more stop the writer

  // Errors as ShardStore::open.
  static Result<std::unique_ptr<ShardWriter>> open(std::shared_ptr<const IndexSchema> schema,
                                                   ShardWriterOptions options);
  ~ShardWriter();  // stop()

  // `log` must outlive the writer or stop(). `on_durable` is called on the writer's thread after each commit.
  void start(std::shared_ptr<OpLog> log, std::function<void(Seq)> on_durable);

  // Commits what the log holds, ends the thread and lets go of the folder. What was told as durable stays
  // readable.
  void stop();

  // Waits until ops up to `seq` are on disk. DeadlineExceeded tells the writer's trouble, if there is one.
  Status flush(Seq seq, Deadline deadline);
  // The same without waiting.
  void request_flush(Seq seq);

  // Commits and copies the shard's files into the new folder `to`, between two commits; returns the position
  // they have. Writing waits meanwhile; queries do not. One at a time: Conflict when there is another.
  Result<ShardPosition> copy(const std::filesystem::path& to, Deadline deadline);

  // An error when the thread has ended, with its reason.
  Status alive() const;

  // At the last check_mark: committed and read back from the disk there, while writing waited.
  ContentCheck checked() const;

  ShardPosition durable() const;
  Lsn durable_lsn() const { return durable_lsn_; }             // without a lock
  std::uint64_t document_count() const { return documents_; }  // as committed
  ShardStatistics statistics() const;                          // as committed
  const std::filesystem::path& folder() const { return options_.folder; }

 private:
  ShardWriter(std::string index, std::unique_ptr<ShardStore> store, ShardWriterOptions options);
  void run();
  bool step();  // false ends the thread
  Status take(std::vector<SequencedOp> ops);
  Status commit();
  void check();
  bool recover(const Error& error);
  void tell(const Error& trouble);
  void pause() const;
  void publish();
  bool flush_waits() const;
  Status serve_copy();
  Result<ShardPosition> copy_files(const std::filesystem::path& to) const;

  const ShardWriterOptions options_;
  const std::string index_;
  Histogram commit_duration_;
  Counter refused_total_;
  Counter failures_total_;

  // of the writer's thread
  std::unique_ptr<ShardStore> store_;
  CommitPacer pacer_;
  std::shared_ptr<OpLog> log_;
  std::function<void(Seq)> on_durable_;
  ShardPosition seen_;
  Seq applying_ = 0;
  bool applying_op_ = false;
  std::set<Seq> refused_;
  std::chrono::milliseconds pause_{0};

  // shared without lock
  std::atomic<Seq> durable_seq_{0};
  std::atomic<Lsn> durable_lsn_{0};
  std::atomic<std::uint64_t> documents_{0};
  std::atomic<Seq> flush_seq_{0};
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable moved_;
  ShardPosition durable_;
  ContentCheck checked_;
  std::optional<Error> trouble_;
  bool ended_ = false;
  std::filesystem::path copy_to_;  // asked for; "" = nothing
  std::optional<Result<ShardPosition>> copied_;
  ShardStatistics statistics_;

  std::thread thread_;
};

}  // namespace aisle
