// The life of one replication connection: look at the source, prepare it, stream, and end with the first
// error.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "indexer/change.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/document_reader.h"
#include "indexer/postgres/feed_metrics.h"
#include "indexer/postgres/full_scan.h"
#include "indexer/postgres/key_resolver.h"
#include "indexer/postgres/preflight.h"
#include "indexer/postgres/replication_stream.h"
#include "indexer/postgres/root_table.h"
#include "indexer/postgres/snapshot_transaction.h"
#include "indexer/postgres/status_board.h"

namespace aisle {

struct SessionContext {
  const IndexSchema& schema;
  const PostgresSource& source;
  ChangeSink& sink;
  const FeedOptions& options;
  StatusBoard& board;
  FeedState failure_state = FeedState::Reconnecting;     // what the session's error means
  bool new_slot_wanted = false;                          // the last session found that its slot cannot go on
  std::chrono::steady_clock::time_point last_scan = {};  // end of the last scan of this process
};

// Mark "wanted": deleted rows did not tell their product, so a scan is due.
inline constexpr const char* repair_mark = "repair_scan";

// One thread. Invariants: (1) a batch carries an LSN only when everything before it has been applied or is in
// the same batch; (2) documents are read in a snapshot that sees every transaction that made them dirty.
class FeedSession {
 public:
  FeedSession(SessionContext& context, std::stop_token stop);

  // Until the stop (no error) or the first error.
  Status run();

 private:
  // starting
  Status connect();
  Status prepare_source();
  Result<SourceReport> look_at_source();
  Status begin_resync(const SourceReport& report);
  Status make_slot(SourceReport& report);
  Status store_identity(const SourceReport& report);
  Status start_stream();
  void start_scan(ScanPosition from);

  // streaming
  Status round();
  Status collect(std::chrono::milliseconds wait);
  Status apply_window();
  Status apply_keys(const ChangeWindow& window);
  Status apply_backlog();
  Status apply_idle();
  Status step_scan();
  Status look_at_publication();
  Status note_lost_parents();
  Status repair_if_due();
  Status request_rescan(const std::string& reason);
  Status hold(const std::string& reason);
  Result<SnapshotTransaction> begin_guarded(const std::vector<std::uint32_t>& xids);
  Status read_and_apply(SnapshotTransaction transaction, DirtyIds slice);
  Status apply(ChangeBatch batch);
  DirtyIds take_slice(DirtyIds& from) const;
  bool scanning() const { return scan_ != nullptr && !scan_->done(); }
  void tell();

  SessionContext& context_;
  const std::stop_token stop_;
  const std::vector<FollowedTable> tables_;
  ConnectionOptions connection_options_;
  DocumentReader reader_;
  KeyResolver resolver_;
  ChangeCollector collector_;
  std::optional<Connection> connection_;   // for all reads of this thread
  std::optional<Connection> replication_;  // until the stream owns it
  std::optional<RootTable> root_;
  Lsn index_lsn_ = 0;      // durable when the session began
  Lsn completed_lsn_ = 0;  // what batches may carry while the backlog is not empty
  Lsn target_lsn_ = 0;     // what they may carry once it is
  bool repair_wanted_ = false;
  DirtyIds backlog_;  // products of large windows, read between the later ones
  std::chrono::steady_clock::time_point last_apply_;
  std::optional<std::chrono::steady_clock::time_point> lag_told_;  // while it is not 0
  std::chrono::steady_clock::time_point last_publication_look_;
  std::chrono::steady_clock::time_point last_told_;
  std::unique_ptr<FullScan> scan_;
  std::unique_ptr<ReplicationStream> stream_;
  FeedMetrics metrics_;
};

}  // namespace aisle
