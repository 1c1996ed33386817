// One generation of an index, alive in this process: its own schema, shards, images and statistics.
//
//   source --ChangeSink--> pipeline --op logs--> shard writers (disk)
//                                   \----------> image builders (RAM) --> view()
#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/snapshot.h"
#include "indexer/file_source.h"
#include "indexer/index_pipeline.h"
#include "indexer/nats/replicated_shards.h"
#include "indexer/shard_set.h"
#include "query/image_builder.h"
#include "query/view.h"
#include "schemas/index_state.h"
#include "schemas/node_presence.h"
#include "server/generation_statistics.h"

namespace aisle {

// What makes a generation follow a cluster; nothing of it in a process of its own.
struct GenerationReplication {
  std::shared_ptr<ReplicatedShards> shards;  // feeds its logs; not started yet
  StatisticsExchange statistics;
};

// Thread-safe but for open and close().
class Generation {
 public:
  // Loads the images and follows the shards' logs from then on. `pipeline` is what a source delivers to;
  // without one somebody else appends to the logs. Errors: of load_image and Statistics::decode.
  static Result<std::shared_ptr<Generation>> open(std::shared_ptr<ShardSet> shards,
                                                  std::unique_ptr<IndexPipeline> pipeline,
                                                  const std::filesystem::path& folder,
                                                  GenerationReplication replication = {});
  // Searched as it lies there and never changed: for one that this version of aisle cannot feed any more.
  static Result<std::shared_ptr<Generation>> open_stale(const IndexFolder& folder,
                                                        std::shared_ptr<const IndexSchema> schema,
                                                        const GenerationManifest& manifest);
  ~Generation();  // close()
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // Commits what was applied and ends all threads. Views taken before stay valid. May be called twice;
  // nothing may deliver to sink() any more.
  void close();

  std::uint32_t number() const { return manifest_.generation; }
  std::uint32_t shards() const { return manifest_.shards; }
  GenerationRef ref() const;
  const GenerationManifest& manifest() const { return manifest_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::shared_ptr<const IndexSchema> schema() const { return context_->schema; }
  const std::shared_ptr<const IndexContext>& context() const { return context_; }

  // What a source delivers to; nullptr when it is not fed.
  ChangeSink* sink() const { return pipeline_.get(); }
  bool fed() const { return pipeline_ != nullptr; }
  bool leads() const { return pipeline_ && pipeline_->leads(); }
  bool replicated() const { return replication_.shards != nullptr; }
  bool stale() const { return shard_set_ == nullptr; }                       // open_stale()
  const std::shared_ptr<ShardSet>& shard_set() const { return shard_set_; }  // null when stale
  // What the other nodes are told; no shards outside of a cluster.
  GenerationPresence presence() const;
  // Seconds since a log was last followed without trouble, 0 while all are.
  double seconds_in_trouble() const;
  // It cannot follow its log from where it is, as far as it knows: LOG_FORKED and the like, for some time.
  bool needs_base() const { return base_wanted_ || differs_ || is_behind(); }
  // Another member has more of it than the log: ReplicatedShards::is_behind().
  bool is_behind() const { return replicated() && replication_.shards->is_behind(); }
  // It is not what the other copies are.
  void note_difference() { differs_ = true; }
  std::vector<DeadLetter> dead_letters() const;
  std::uint64_t dead_letters_total() const;

  View view() const;
  // The same with the statistics of that hash, when they are kept.
  View view(std::string_view statistics) const;
  // The first build is complete and scores have their statistics.
  bool ready() const { return caught_up_ && (stale() || statistics_->ready()); }
  // Everything applied so far is in the images and in the statistics. Errors: DeadlineExceeded, or of writing
  // them.
  Status settle(Deadline deadline);
  // What every shard has on disk, and waiting until that is all that its log holds.
  Lsn durable_lsn() const { return shard_set_ ? shard_set_->durable_lsn() : 0; }
  Status flush(Deadline deadline) { return shard_set_ ? shard_set_->flush_logs(deadline) : Status(); }
  // Waits until the images have everything that was applied.
  Status catch_up(Deadline deadline) const;
  // Waits until every image has all changes up to `lsn`; false when the deadline passes first.
  bool wait_for_lsn(Lsn lsn, Deadline deadline) const;

  // Reads a file into it, now and on this thread; returns when everything is on disk and searchable.
  Result<FileImportReport> import(const std::filesystem::path& file, const FileImportOptions& options);
  // What the last import says of the file; "" before the first.
  Result<std::string> file_mark_value() const;

  // For people; "" = none.
  std::string problem() const;

 private:
  struct Shard {
    std::optional<LocalOpLog::Reader> reader;
    std::unique_ptr<ImageBuilder> builder;
    std::jthread applier;
  };

  explicit Generation(GenerationManifest manifest) : manifest_(std::move(manifest)) {}
  void keep_images() const;
  Status load(const std::vector<std::filesystem::path>& shard_paths);
  bool is_built() const;
  Status keep_statistics();
  void watch_logs();
  void apply_ops(const std::stop_token& stop, std::uint32_t shard);
  void follow_statistics(const std::stop_token& stop);
  void set_problem(std::string problem);

  // fixed after open
  const GenerationManifest manifest_;
  std::filesystem::path folder_;
  std::shared_ptr<const IndexContext> context_;
  std::shared_ptr<ShardSet> shard_set_;               // null: stale
  std::unique_ptr<IndexPipeline> pipeline_;           // null: not fed by this process
  GenerationReplication replication_;                 // nothing outside of a cluster
  std::unique_ptr<GenerationStatistics> statistics_;  // thread-safe
  std::vector<Shard> shards_;  // by number, empty when not held here; builders are thread-safe

  bool images_kept_ = false;  // by close()

  // each locks for itself
  Snapshot<std::string> problem_;
  std::atomic<bool> caught_up_{false};  // it was once as far as its log; at once outside of a cluster
  std::atomic<bool> base_wanted_{false};
  std::atomic<bool> differs_{false};
  std::atomic<std::int64_t> followed_ns_{
      0};  // steady clock: when all logs were last followed without trouble

  mutable std::mutex moved_mutex_;
  mutable std::condition_variable moved_;  // an image has taken ops
  std::jthread statistics_keeper_;
};

// Memory of the images of a view by part; the heads of titles count with the forward field.
SegmentBytes image_bytes(const View& view);

}  // namespace aisle
