// The life of one replication connection: look at the source, prepare it, stream to all targets, and end with
// the first error.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/feed_metrics.h"
#include "indexer/postgres/replication_stream.h"
#include "indexer/postgres/snapshot_transaction.h"
#include "indexer/postgres/target_feed.h"

namespace aisle {

// One thread. A target that cannot be followed is refused alone, the others go on; what breaks while
// streaming ends the session, and the next one finds out whose fault it was.
class FeedSession {
 public:
  // `targets` is not empty.
  FeedSession(SessionContext& context, const std::vector<FeedTarget>& targets, std::stop_token stop);
  ~FeedSession();
  FeedSession(const FeedSession&) = delete;
  FeedSession& operator=(const FeedSession&) = delete;

  // Until the stop or until the targets have changed (no error), or the first error.
  Status run();

 private:
  using Targets = std::vector<std::unique_ptr<TargetFeed>>;

  // starting
  Status connect();
  Status prepare_source();
  Status begin_targets();
  bool contested() const;
  Status claim();
  Status end_claim();
  Status make_slot();
  void settle_targets();
  Status refused_by_all();
  Status start_stream();
  void bind_tables();

  // streaming
  Status round();
  Status collect(std::chrono::milliseconds wait);
  Status apply_window();
  Status hold_if_truncated(const ChangeWindow& window);
  Status apply_changes(const ChangeWindow& window);
  Status apply_backlogs();
  Status apply_reads();
  Status rescan_if_needed(const ChangeWindow& window);
  Status apply_idle();
  Status step_scans();
  Status look_around();
  Status take_wishes();
  Status hold(const std::string& reason);
  Result<SnapshotTransaction> begin_guarded(const std::vector<std::uint32_t>& xids);
  void let_go();
  void keep_claim();
  bool any_scanning() const;
  bool has_backlog() const;
  const TargetFeed* first_followed() const;
  void tell_state();
  void tell();

  SessionContext& context_;
  const std::stop_token stop_;
  Targets targets_;  // longest followed first
  ConnectionOptions connection_options_;
  std::unique_ptr<ChangeCollector> collector_;
  std::optional<Connection> connection_;   // for all reads of this thread
  std::optional<Connection> replication_;  // until the stream owns it
  std::unique_ptr<ReplicationStream> stream_;
  SystemIdentity system_;
  bool look_anew_ = false;  // the targets have changed
  Lsn seen_lsn_ = 0;        // up to which windows were taken
  double window_lag_ = 0;   // seconds, of the last window
  std::chrono::steady_clock::time_point last_apply_;
  std::chrono::steady_clock::time_point last_guest_step_;
  std::optional<std::chrono::steady_clock::time_point> lag_told_;  // while it is not 0
  std::chrono::steady_clock::time_point last_publication_look_;
  std::chrono::steady_clock::time_point last_told_;
  Lsn progress_lsn_ = 0;  // applied when last looked
  std::chrono::steady_clock::time_point last_progress_ = std::chrono::steady_clock::now();
  FeedState state_told_ = FeedState::Starting;
  std::string reason_told_;
  FeedMetrics metrics_;
};

}  // namespace aisle
