// One index, alive: its folder, its state, its source, and the generations that the state names.
//
//   source --> generation N (active), N-1 (to go back to), N+1 (being built)      state: which is which
//                       \--> view()
#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/metrics.h"
#include "base/snapshot.h"
#include "indexer/file_source.h"
#include "indexer/state_store.h"
#include "query/search.h"
#include "server/generation_set.h"
#include "server/membership/follower_lag.h"
#include "server/ranking/ranking_keeper.h"
#include "server/recent_queries.h"
#include "server/reindex/garbage.h"
#include "server/reindex/reindexer.h"
#include "server/service_config.h"
#include "server/source_follower.h"
#include "server/verification.h"

namespace aisle {

struct IndexStatus {
  std::string index;
  std::uint64_t products = 0;
  std::uint32_t generation = 0;
  std::uint64_t state_version = 0;
  std::uint32_t shards = 0;
  bool ready = false;  // the first build is complete
  std::string source;  // "postgres" or "file"
  std::optional<FeedStatus> feed;
  std::string problem;  // of the source, for people; "" = none
  // Why the schema file is not that of the active generation, in words; empty when it is.
  std::vector<std::string> needs_reindex;
  std::uint64_t dead_letters = 0;
  Lsn lsn = 0;
  double lag_ms = 0;  // how old the index may be
};

struct GenerationStatus {
  GenerationRef ref;
  std::string role;  // "active", "previous", "building"
  std::string created;
  bool fed = false;
  std::uint64_t products = 0;
  std::uint64_t bytes = 0;  // on disk
  Lsn lsn = 0;
};

// open(), start(), stop() from one thread; the rest is thread-safe.
class IndexService {
 public:
  // Opens or creates the index below `data` and loads the active generation. Errors: of the schema file, of
  // GenerationSet::open and of the state.
  static Result<std::unique_ptr<IndexService>> open(const IndexConfig& config,
                                                    const std::filesystem::path& data,
                                                    FreeBytes free_bytes = free_bytes_of,
                                                    std::shared_ptr<Membership> membership = nullptr);
  ~IndexService();  // stop()
  IndexService(const IndexService&) = delete;
  IndexService& operator=(const IndexService&) = delete;

  // Follows state and source from now on, and goes on with a rebuild that was under way.
  void start();
  // Commits what was applied and ends all threads.
  void stop();

  const std::string& name() const { return name_; }
  // Of the active generation; what a request takes once, at its entry.
  View view() const;
  // Of an open generation that is ready, active or not, with the statistics of that hash if they are kept,
  // and as view_with().
  std::optional<View> view_of(std::uint32_t generation, std::string_view statistics, Lsn lsn,
                              Deadline deadline) const;
  // The same, once it has all changes up to `lsn`, or as it is at the deadline: compare View::lsn().
  View view_with(Lsn lsn, Deadline deadline) const;
  std::uint32_t timeline() const;  // of the database that is followed; 0 = none, or not known yet
  std::shared_ptr<const IndexSchema> schema() const { return active()->schema(); }
  bool is_ready() const { return active()->ready(); }
  std::filesystem::path folder() const { return active()->folder(); }
  std::vector<DeadLetter> dead_letters() const { return active()->dead_letters(); }

  IndexStatus status() const;
  std::vector<GenerationStatus> generations() const;
  double lag_ms() const;
  // It feeds the index: always outside of a cluster.
  bool leads() const;
  // FailedPrecondition with the name of the member that does.
  Status require_lead() const;
  // Its state was heard of lately; always outside of a cluster.
  bool control_plane_fresh() const { return !membership_ || membership_->fresh(); }
  // What the other members of a cluster are told.
  IndexPresence presence() const;
  // The shards of a generation that is open; null when it is not.
  std::shared_ptr<ShardSet> shard_set(std::uint32_t generation) const;
  // Notes a search for metrics and for trying out the next generation.
  void note_search(const SearchRequest& request, double seconds, const SearchResult& result);
  // One that was answered without searching, for metrics.
  void note_answer(double seconds, bool finds_nothing, bool lacks_something);
  // Metrics of the index at the moment of a scrape.
  void publish_metrics() const;

  StateStore& state() { return *store_; }
  RankingKeeper& ranking() { return *ranking_; }
  Reindexer& reindexer() { return *reindexer_; }
  SourceFollower& source() { return source_; }
  Verification& verification() { return verification_; }
  const IndexConfig& config() const { return config_; }
  std::shared_ptr<Generation> active() const { return serving_.get()->generation; }
  // Folders that nothing needs, deleted unless it is to be told only.
  Result<std::vector<GarbageFolder>> collect_garbage(bool only_tell);
  // The same for logs in JetStream, at the member that leads; none elsewhere.
  Result<std::vector<GarbageStream>> collect_streams(bool only_tell);

  // For `aisle import`: reads the file into the active generation now, on this thread, and returns when
  // everything is on disk and searchable.
  Result<FileImportReport> import(const std::filesystem::path& file, const FileImportOptions& options) {
    return active()->import(file, options);
  }

 private:
  struct Serving {
    std::uint64_t state_version = 0;
    std::shared_ptr<Generation> generation;
  };
  struct Metrics {
    Histogram search_seconds;
    Counter zero_results;
    Counter degraded;
    Gauge documents;
    Gauge image_bytes;
    Gauge lag_seconds;
    Gauge generation;
    Gauge needs_reindex;
    Gauge differing_copies;
  };

  explicit IndexService(IndexConfig config)
      : config_(std::move(config)), source_(config_), lag_(FollowerLag::Clock::now()), verification_(*this) {}
  Status open_store();
  Result<IndexState> begin_state();
  Result<IndexState> first_state();
  View ranked(const Serving& serving) const;
  void mend(const IndexState& state);
  Status serve(const IndexState& state);
  Status adopt(const IndexState& state);
  Status follow(const std::optional<GenerationRef>& named);
  Status drop_unnamed(const IndexState& state);
  void follow_state(const std::stop_token& stop);
  void tend_membership(const IndexState& state);
  void look_at_leader();
  void compare_copies();
  void end_rollback_window(const IndexState& state);
  void register_metrics();
  std::vector<std::string> needs_reindex() const;

  const IndexConfig config_;
  std::shared_ptr<Membership> membership_;  // null: a process of its own
  std::string name_;
  Snapshot<IndexSchema> configured_;  // of the schema file, when a generation was adopted last
  std::shared_ptr<const IndexFolder> folder_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<RankingKeeper> ranking_;
  std::unique_ptr<GenerationSet> generations_;
  SourceFollower source_;
  RecentQueries recent_queries_;
  std::unique_ptr<Reindexer> reindexer_;
  Snapshot<Serving> serving_;
  std::mutex adopt_mutex_;  // one state is adopted at a time, never an older one
  std::optional<IndexState> adopted_;
  Snapshot<std::string> problem_;  // of adopting
  FollowerLag lag_;                // of a member that does not lead
  std::optional<Metrics> metrics_;
  std::jthread state_follower_;
  Verification verification_;
};

}  // namespace aisle
