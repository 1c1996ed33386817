// The op log of one shard inside one process: ops wait in memory until every reader has let go of them. What
// it holds is lost with the process; the source delivers it again from the durable LSN.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "indexer/op_log.h"

namespace aisle {

// Approximate memory of an op, in bytes: what the log and the shard writer count against their limits.
std::size_t op_bytes(const Op& op);

// Truths: (1) seqs have no gaps; (2) an op stays readable until every registered reader has released it;
// (3) append() waits rather than pass a limit, unless the log is empty: then one append of any size goes in.
// Threads: append() from one at a time, everything else from any number.
class LocalOpLog final : public OpLog {
 public:
  struct Limits {
    std::size_t ops_max = 200'000;
    std::size_t bytes_max = 128U << 20U;  // by op_bytes()
  };

  // Holds back ops: those after released() stay in the log as long as the Reader lives. May outlive neither
  // the log nor be used after it. A log without a reader keeps everything and ends up full.
  class Reader {
   public:
    Reader(Reader&& other) noexcept : log_(other.log_), key_(other.key_) { other.log_ = nullptr; }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    Reader& operator=(Reader&&) = delete;
    ~Reader();
    // Ops up to `seq` are no longer needed by this reader. Going back has no effect.
    void release(Seq seq);
    Seq released() const;

   private:
    friend class LocalOpLog;
    Reader(LocalOpLog* log, std::uint64_t key) : log_(log), key_(key) {}
    LocalOpLog* log_;
    std::uint64_t key_;
  };

  // The first op gets seq `tail` + 1: the seq that the shard has on disk.
  LocalOpLog(Seq tail, Limits limits);

  // Starts at the oldest op that is still there. Register first, load the shard second: what the load misses
  // is then still in the log.
  Reader register_reader();

  Result<Seq> append(Seq last_seen, std::vector<Op> ops, Deadline deadline) override;
  Result<std::vector<SequencedOp>> read(Seq seen, std::size_t count_max, Deadline deadline) override;
  Seq tail() const override;
  // Adds ops that another log has numbered, which must go on where this one ends. Never waits: ask
  // wait_for_room() first. Conflict when they do not go on, Unavailable when the log is closed.
  Status take(std::vector<SequencedOp> ops);
  // Of the last op that was added; nothing when there was none since it was opened.
  std::optional<LogPosition> position() const;

  bool wait_for_room(std::size_t ops, std::size_t bytes, Deadline deadline) override;

  // Appends fail from now on, reads drain what is left. Wakes everybody.
  void close();

  std::size_t ops() const;
  std::size_t bytes() const;

 private:
  struct Entry {
    std::shared_ptr<const Op> op;  // shared so that readers copy outside the lock
    LogPoint point;
    std::size_t bytes;
  };

  void add(std::vector<Entry> entries, std::size_t bytes);  // the mutex is held
  bool has_room(std::size_t ops, std::size_t bytes) const;
  void release(std::uint64_t key, Seq seq);
  // Takes out what no reader needs, for the caller to destroy after unlocking.
  std::vector<Entry> trim();

  const Limits limits_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable grown_;
  std::condition_variable shrunk_;
  std::deque<Entry> entries_;  // seqs first_ + 1 ... tail_
  Seq first_;                  // seq before the oldest entry
  Seq tail_;
  std::optional<LogPosition> position_;
  std::size_t bytes_ = 0;
  std::map<std::uint64_t, Seq> readers_;  // key -> released
  std::uint64_t next_reader_ = 0;
  bool closed_ = false;
};

}  // namespace aisle
