// From changes to shards, all in one process: builds documents, routes them to the shards' op logs and keeps
// one writer a shard busy.
//
//   apply() --builder pool--> ops --shard_of(id)--> op log k --> shard writer k (disk)
//                                                           \--> whoever else registers as reader (images)
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/builder_pool.h"
#include "indexer/change.h"
#include "indexer/dead_letters.h"
#include "indexer/document_builder.h"
#include "indexer/index_folder.h"
#include "indexer/local_op_log.h"
#include "indexer/shard_writer.h"

namespace aisle {

struct IndexPipelineOptions {
  std::uint32_t generation = 1;
  std::uint32_t shards = 0;             // of a new generation; 0 = decide by the estimate
  std::uint64_t products_estimate = 0;  // one shard below one_shard_products, else one a core
  unsigned builders = 0;                // threads that build documents; 0 = one a core
  CommitPace pace = {};
  LocalOpLog::Limits log = {};  // of each shard; bytes_max >= 2 * pace.bytes_max, else commits come late
};

// Truths: (1) within a shard ops come in the order of the batches and, inside one, upserts, values, deletes;
// (2) every batch ends with a mark in every shard, also in those it does not touch, and only that mark
// carries the batch's LSN: an op carries the LSN up to which all is applied once it is applied; (3) a shard's
// stored LSN is never ahead of its documents. After a restart the source begins again at durable_lsn():
// shards that were further skip the values they have seen, and equal documents write nothing. A batch with
// lsn 0 leaves the LSN where it is. Threads: apply(), flush() and ids() from one at a time, everything else
// from any.
class IndexPipeline final : public ChangeSink {
 public:
  static constexpr std::uint64_t one_shard_products = 200'000;
  static constexpr std::size_t op_bytes_max = 8U << 20U;  // by op_bytes(); a larger document is a dead letter

  // Opens the generation or creates it.
  //   FailedPrecondition  NEEDS_REINDEX: the generation was built with another schema; names both and what to
  //   do others              as ShardStore::open and IndexFolder
  static Result<std::unique_ptr<IndexPipeline>> open(std::shared_ptr<const IndexFolder> folder,
                                                     std::shared_ptr<const IndexSchema> schema,
                                                     IndexPipelineOptions options);
  ~IndexPipeline() override;  // close()

  Status apply(ChangeBatch batch) override;
  Lsn durable_lsn() const override;
  Status flush(Deadline deadline) override;
  Result<std::string> mark(const std::string& key) const override;
  Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) override;

  // Commits what was applied and ends all threads; apply() fails afterwards. May be called twice.
  void close();

  // For whoever follows a shard: register as reader of the log first, load shard_path(k) second, then read on
  // from the seq found there.
  LocalOpLog& op_log(std::uint32_t shard) { return *shards_.at(shard).log; }
  std::filesystem::path shard_path(std::uint32_t shard) const;

  std::uint32_t shards() const { return manifest_.shards; }
  const GenerationManifest& manifest() const { return manifest_; }
  const IndexSchema& schema() const { return *schema_; }
  std::uint64_t document_count() const;  // as committed
  const DeadLetters& dead_letters() const { return dead_letters_; }
  ShardStatistics statistics() const;  // of all shards, as committed
  std::uint64_t values_skipped() const { return values_skipped_; }

 private:
  struct Shard {
    std::shared_ptr<LocalOpLog> log;
    std::optional<LocalOpLog::Reader> reader;  // of the writer
    std::unique_ptr<ShardWriter> writer;
    Lsn lsn = 0;         // carried by the last op that was appended
    Lsn opened_lsn = 0;  // as found on disk
  };

  IndexPipeline(std::shared_ptr<const IndexFolder> folder, std::shared_ptr<const IndexSchema> schema,
                std::shared_ptr<const DocumentBuilder> builder, unsigned builders);
  Status open_shards(const IndexPipelineOptions& options);
  std::vector<Result<Op>> build_upserts(const std::vector<SourceRecord>& records);
  std::vector<Result<Op>> build_values(const std::vector<SourceRecord>& records);
  void route(std::vector<Result<Op>> built, const std::vector<SourceRecord>& records, Lsn lsn);
  void route(Op op);
  bool seen_before(const Shard& shard, Lsn lsn) const;
  Status deliver(Shard& shard, std::vector<Op> ops);

  const std::shared_ptr<const IndexFolder> folder_;
  const std::shared_ptr<const IndexSchema> schema_;
  const std::shared_ptr<const DocumentBuilder> builder_;
  GenerationManifest manifest_;
  DeadLetters dead_letters_;

  // of the thread that applies
  BuilderPool pool_;
  std::vector<std::vector<Op>> routed_;  // of the batch at hand, by shard
  std::uint64_t marks_ = 0;              // number of the last mark with a key
  bool replaying_ = true;                // until the source passes what any shard had seen
  Lsn replay_begin_ = 0;
  Lsn replay_end_ = 0;
  bool closed_ = false;

  std::atomic<std::uint64_t> values_skipped_{0};
  std::vector<Shard> shards_;  // fixed after open(); its parts are thread-safe
};

}  // namespace aisle
