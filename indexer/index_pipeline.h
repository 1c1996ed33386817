// From changes to ops: builds documents and routes them to one op log a shard, those of this node's own
// shards or of a cluster.
//
//   apply() --builder pool--> ops --shard_of(id)--> op log k
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "indexer/builder_pool.h"
#include "indexer/change.h"
#include "indexer/dead_letters.h"
#include "indexer/document_builder.h"
#include "indexer/op_log.h"
#include "indexer/shard_set.h"

namespace aisle {

struct IndexPipelineOptions {
  static constexpr std::size_t op_bytes_max_default = 8U << 20U;

  unsigned builders = 0;  // threads that build documents; 0 = one a core
  // In a cluster: takes the lead and returns the logs to append to, by shard, whose ops reach the shards by
  // followers. Everything in the logs is on the shards' disk then. Without it the logs are the shards' own.
  std::function<Result<std::vector<std::shared_ptr<OpLog>>>(const LogSource&)> lead = {};
  std::function<Lsn()> acknowledged = {};  // what enough copies have on disk; nothing = this one is enough
  std::chrono::seconds check_interval{0};  // between two check_marks in every log; 0 = none
  std::size_t op_bytes_max = op_bytes_max_default;  // by op_bytes(); a larger document is a dead letter
};

inline constexpr const char* dead_letters_mark = "dead_letters";

// Truths: (1) within a shard ops come in the order of the batches and, inside one, upserts, values, deletes;
// (2) every batch ends with a mark in every shard, also in those it does not touch, and only that mark
// carries the batch's LSN: an op carries the LSN up to which all is applied once it is applied; (3) a shard's
// stored LSN is never ahead of its documents. After a restart the source begins again at durable_lsn():
// shards that were further skip the values they have seen, and equal documents write nothing. A batch with
// lsn 0 leaves the LSN where it is. Dead letters are kept with the shards (mark dead_letters_mark). Threads:
// apply() and ids() from one at a time, everything else from any.
class IndexPipeline final : public ChangeSink {
 public:
  static Result<std::unique_ptr<IndexPipeline>> open(std::shared_ptr<ShardSet> shards,
                                                     IndexPipelineOptions options);
  ~IndexPipeline() override;  // close()

  bool competes() const override { return options_.lead != nullptr; }
  Status begin(const LogSource& source) override;
  void end() override;
  Status apply(ChangeBatch batch) override;
  Lsn durable_lsn() const override;
  Lsn acknowledged_lsn() const override;
  Status flush(Deadline deadline) override;
  Result<std::string> mark(const std::string& key) const override;
  Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) override;
  bool has_room() const override;
  std::uint64_t document_count() const override { return shard_set_->document_count(); }
  std::uint64_t refused_total() const override { return dead_letters_.total(); }

  // apply() fails afterwards. Outside of a cluster: commits what was applied and ends all threads of the
  // shards. May be called twice.
  void close();

  ShardSet& shard_set() const { return *shard_set_; }
  std::uint32_t shards() const { return shard_set_->size(); }
  const IndexSchema& schema() const { return *schema_; }
  // It appends to the logs: always outside of a cluster.
  bool leads() const { return leads_; }
  const DeadLetters& dead_letters() const { return dead_letters_; }
  std::uint64_t values_skipped() const { return values_skipped_; }

 private:
  struct Shard {
    std::shared_ptr<OpLog> log;
    Lsn lsn = 0;         // carried by the last op that was appended
    Lsn opened_lsn = 0;  // as found on disk
  };

  IndexPipeline(std::shared_ptr<ShardSet> shards, std::shared_ptr<const DocumentBuilder> builder,
                IndexPipelineOptions options);
  Status append_to(std::vector<std::shared_ptr<OpLog>> logs);
  bool is_check_due();
  std::vector<Result<Op>> build_upserts(const std::vector<SourceRecord>& records);
  std::vector<Result<Op>> build_values(const std::vector<SourceRecord>& records);
  void route(std::vector<Result<Op>> built, const std::vector<SourceRecord>& records, Lsn lsn);
  void route(Op op);
  bool seen_before(const Shard& shard, Lsn lsn) const;
  Op mark_op(const Shard& shard, const std::string& key, const std::string& value) const;
  Status deliver(std::uint32_t number, std::vector<Op> ops);
  Status check_size(const Op& op) const;

  const std::shared_ptr<ShardSet> shard_set_;
  const std::shared_ptr<const IndexSchema> schema_;
  const std::shared_ptr<const DocumentBuilder> builder_;
  const IndexPipelineOptions options_;
  DeadLetters dead_letters_;

  // of the thread that applies
  BuilderPool pool_;
  std::vector<std::vector<Op>> routed_;  // of the batch at hand, by shard
  std::uint64_t marks_ = 0;              // number of the last mark with a key
  bool replaying_ = true;                // until the source passes what any shard had seen
  std::chrono::steady_clock::time_point checked_at_ = std::chrono::steady_clock::now();
  Lsn replay_begin_ = 0;
  Lsn replay_end_ = 0;
  bool closed_ = false;

  std::vector<Shard> shards_;  // empty while another leads

  std::atomic<bool> leads_{false};
  std::atomic<std::uint64_t> values_skipped_{0};
};

}  // namespace aisle
