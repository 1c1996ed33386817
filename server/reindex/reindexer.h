// Rebuilding an index while it is searched: a new generation beside the active one, then one compare-and-set.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/snapshot.h"
#include "indexer/state_store.h"
#include "server/disk_space.h"
#include "server/generation_set.h"
#include "server/reindex/reindex_manifest.h"
#include "server/service_config.h"
#include "server/source_follower.h"

namespace aisle {

// Named stops for tests (base/fault_point.h), in the order in which a rebuild passes them. Those of a state
// come after its manifest is on disk. One that fails passes "reindex.failed" before it cleans up.
inline constexpr const char* reindex_fault_points[] = {
    "reindex.folder_made", "reindex.planned",  "reindex.announced", "reindex.building", "reindex.opened",
    "reindex.catching_up", "reindex.verified", "reindex.warming",   "reindex.switched", "reindex.active"};

struct ReindexRequest {
  std::uint32_t shards = 0;  // 0 = as configured, else by the number of products
  bool force = false;        // switch even when the gate refuses
  std::string who;
  std::string comment;
};

// What a rebuild would do.
struct ReindexPlan {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t shards = 1;
  std::uint64_t products = 0;        // about
  std::vector<std::string> changes;  // of the schema, in words
  std::uint64_t bytes_now = 0;       // of the active generation on disk
  std::uint64_t bytes_needed = 0;    // free, to begin
  std::uint64_t bytes_free = 0;
};

struct ReindexStatus {
  ReindexManifest manifest;
  std::string stage;           // "chunk:123", "sweep:..."
  std::uint64_t products = 0;  // read so far
  std::uint64_t estimate = 0;  // of all, 0 = unknown
  double per_second = 0;       // since it began or was resumed
  double seconds_left = 0;     // 0 = unknown
  std::string problem;         // what it waits for
  std::uint64_t bytes = 0;     // of the new generation on disk
};

// What it works on, all of one index; outlives the reindexer.
struct ReindexParts {
  const IndexConfig& config;
  const IndexFolder& folder;
  StateStore& store;
  GenerationSet& generations;
  SourceFollower& source;
  std::function<Status(const IndexState&)> adopt;  // opens, follows and serves what the state says
  // Of a cluster: why members cannot search a generation yet; null outside of one.
  std::function<std::vector<std::string>(const GenerationRef&)> not_ready;
  FreeBytes free_bytes;
  std::function<std::vector<SearchRequest>()> recent_queries;
};

// In a cluster the member that feeds the index does the work: see tend(). Thread-safe but for recall(),
// begin() and stop(), which come in this order.
class Reindexer {
 public:
  static constexpr double disk_factor = 2.5;  // free space to begin with, of the active generation's size

  explicit Reindexer(ReindexParts parts) : parts_(std::move(parts)) {}
  ~Reindexer();  // stop()
  Reindexer(const Reindexer&) = delete;
  Reindexer& operator=(const Reindexer&) = delete;

  // Remembers what was under way when the process ended. DataLoss: the manifest is damaged.
  Status recall();
  // Goes on with it; what it works on is alive. Not for members of a cluster.
  void begin();
  // Of a member of a cluster, again and again: who leads goes on with what the state says is being built,
  // whoever began it, and who leads no more lets go of it.
  void tend(bool leads);
  // Ends the work where it is; a later process goes on.
  void stop();

  // InvalidArgument: of the schema file. The disk is not judged.
  Result<ReindexPlan> plan(const ReindexRequest& request) const;
  // Begins a rebuild for the schema file as it is now and returns at once.
  //   Conflict            one is under way; says how far it is
  //   ResourceExhausted   the disk is short
  //   FailedPrecondition  the schema names no source
  Result<ReindexManifest> start(const ReindexRequest& request);
  // The one under way or the last; nothing when there was none.
  std::optional<ReindexStatus> status() const;
  // The new generation is dropped; done when status() says failed. FailedPrecondition when none is under way.
  Status cancel(const std::string& who);
  // Back to the previous generation, which has been fed all the time; repeated, forth again.
  //   FailedPrecondition  there is none any more
  Result<IndexState> rollback(const std::string& who, const std::string& comment);

 private:
  using Steady = std::chrono::steady_clock;

  Result<std::shared_ptr<const IndexSchema>> wanted_schema() const;
  Status check_disk(const ReindexPlan& plan) const;
  Status refuse_second() const;
  void launch();
  void finish_elsewhere(const IndexState& state);
  Status take_over(const GenerationRef& building);
  Status await_replicas();
  void run(const std::stop_token& stop);
  Status work(const std::stop_token& stop);
  Result<bool> announce();  // false: it is active already
  Status build(const std::stop_token& stop);
  Status catch_up(const std::stop_token& stop);
  Status pass_gate();
  Status judge();  // why it should not be switched to
  Status warm();
  Status switch_over();
  Status advance(ReindexState state, const std::string& reason = "");
  Status interrupted(const std::stop_token& stop) const;
  void give_up(const Error& error);
  Status clean_up(const ReindexManifest& failed);
  ReindexManifest manifest() const;

  const ReindexParts parts_;
  std::mutex command_mutex_;  // start, cancel and rollback one at a time
  mutable std::mutex mutex_;  // guards the next three
  std::optional<ReindexManifest> manifest_;
  Steady::time_point launched_;
  std::string cancelled_by_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> working_{false};   // the thread does something
  Snapshot<std::string> waits_for_;    // members, in words; "" or null = none
  std::stop_source interrupt_;         // of the work: a stop or a cancel; changes with mutex_
  std::shared_ptr<Generation> built_;  // of the working thread
  std::jthread thread_;
};

}  // namespace aisle
