// One target inside one session of the feed: its position, what it still has to read, its scan.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "indexer/change.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/document_reader.h"
#include "indexer/postgres/feed_targets.h"
#include "indexer/postgres/full_scan.h"
#include "indexer/postgres/key_resolver.h"
#include "indexer/postgres/preflight.h"
#include "indexer/postgres/root_table.h"
#include "indexer/postgres/snapshot_reads.h"
#include "indexer/postgres/status_board.h"

namespace aisle {

// What outlives a session.
struct SessionContext {
  FeedTargets& targets;
  const FeedOptions& options;
  StatusBoard& board;
  FeedState failure_state = FeedState::Reconnecting;  // what the session's error means
  bool new_slot_wanted = false;                       // the last session found that its slot cannot go on
  // Holds the claim to the slot (see claim_slot) from one session to the next, until `claimed_until`.
  std::optional<Connection> claim = {};
  std::chrono::steady_clock::time_point claimed_until = {};
  // End of the last scan of this process.
  std::map<const ChangeSink*, std::chrono::steady_clock::time_point> last_scans = {};
  std::map<const ChangeSink*, FlowGuard> guards = {};
};

// Mark "wanted": deleted rows did not tell their product, so a scan is due.
inline constexpr const char* repair_mark = "repair_scan";

// One thread. Invariants: (1) a batch carries an LSN only when everything before it has been applied or is in
// the same batch; (2) the session calls read_*() in a snapshot that sees every transaction of the window.
class TargetFeed {
 public:
  TargetFeed(SessionContext& context, FeedTarget target, const ConnectionOptions& connection);

  // --- Starting, in this order. Errors are those of the connection; what is wrong with the target refuses
  // it. Everything that was applied is made durable first: then the index has one position.
  void settle(std::chrono::seconds patience);
  // Before anything is mended the wish for a scan is written down: a crash in between must not leave a
  // healthy look over a gap.
  Status look(const SystemIdentity& system, Connection& connection);
  // The slot or the publication was made by the session.
  Status look_anew(const SystemIdentity& system, Connection& connection);
  // `guest`: other targets are to stay fresh while this one is scanned.
  Status adopt(Connection& connection, bool guest);
  // Whether a target that was refused could be followed now.
  Result<bool> is_mended(const SystemIdentity& system, Connection& connection);
  // Its index takes no more: left out until the next connection, so that the others go on. Its position is
  // kept.
  void set_aside();

  const SourceReport& report() const { return report_; }
  bool refused() const { return refused_; }
  FeedState refused_state() const { return refused_state_; }
  const std::string& reason() const { return reason_; }
  const FeedTarget& target() const { return target_; }
  const std::vector<FollowedTable>& tables() const { return tables_; }
  // Nothing committed up to here is wanted.
  Lsn position() const { return target_lsn_; }

  // --- Streaming
  // Where the collector has the target's tables.
  void bind(std::vector<std::size_t> columns) { columns_ = std::move(columns); }
  bool wants(const ChangeWindow& window) const { return !refused_ && window.end_lsn > target_lsn_; }
  bool root_truncated(const ChangeWindow& window) const;
  // Why the window makes all products be read again, "" when it does not.
  std::string rescan_reason(const ChangeWindow& window) const;
  // Before the snapshot is taken.
  Status begin_window(const ChangeWindow& window);
  // What the window made dirty; apply_read() hands it to the index after the transaction has ended:
  // back-pressure must not hold a snapshot on the server.
  Status read_window(SnapshotReads& reads, const ChangeWindow& window);
  Status read_backlog(SnapshotReads& reads);
  bool has_read() const { return read_.has_value(); }
  Status apply_read();
  // Why what was read, or what was refused of what was applied, waits for a word; "" when it does not.
  std::string deletes_alarm();
  std::string refused_alarm();
  void allow();
  // Nothing of this target changed up to `end`.
  Status pass(Lsn end);
  Status look_at_publication(Connection& connection);

  // The wish for a scan is written down with the position, which may then pass the changes that caused it.
  Status request_scan(const std::string& reason, Connection& connection);
  // A unit of the scan.
  Status step_scan(Connection& connection);
  Status repair_if_due(Connection& connection);
  void allow_sweep();

  void add_repairs(const std::vector<std::string>& ids) { repairs_.insert(ids.begin(), ids.end()); }
  const KeySet& repairs() const { return repairs_; }
  bool guest() const { return guest_; }
  void set_guest(bool guest) { guest_ = guest; }
  bool scanning() const { return scan_ != nullptr && !scan_->done(); }
  std::size_t backlog() const { return backlog_.size(); }
  std::size_t to_read() const { return backlog_.size() + repairs_.size(); }
  // Not empty: the scan waits for a word; the sentence says why.
  std::string waiting_for_word() const { return scan_ == nullptr ? "" : scan_->waiting_for_word(); }
  void tell() const;

 private:
  void refuse(FeedState state, const std::string& reason, bool counted);
  Status write_mark(const char* key, const std::string& value, Lsn lsn = 0);
  void judge();
  Status publish_missing_tables(Connection& connection);
  Status begin_resync();
  Status forget_source();
  Status store_identity();
  void start_scan(ScanPosition from, Connection& connection);
  Status note_lost_parents();
  Status read(SnapshotReads& reads, DirtyIds slice);
  Status apply(ChangeBatch batch);
  DirtyIds take_slice(DirtyIds& from) const;
  const TableChanges& changes_of(const ChangeWindow& window, std::size_t table) const {
    return window.tables[columns_[table]];
  }

  SessionContext& context_;
  const FeedTarget target_;
  const ConnectionOptions connection_options_;  // of the scan's connections
  const std::vector<FollowedTable> tables_;
  std::vector<std::size_t> columns_;  // by position in tables_
  DocumentReader reader_;
  KeyResolver resolver_;
  SourceReport report_;
  std::optional<RootTable> root_;

  bool refused_ = false;
  FeedState refused_state_ = FeedState::Refused;
  std::string reason_;

  Lsn index_lsn_ = 0;                // durable when the session began
  Lsn completed_lsn_ = 0;            // what batches may carry while the backlog is not empty
  Lsn target_lsn_ = 0;               // what they may carry once it is
  DirtyIds backlog_;                 // products of large windows, read between the later ones
  KeySet repairs_;                   // read when there is no backlog
  std::optional<ChangeBatch> read_;  // and not yet applied
  std::uint64_t refused_seen_ = 0;   // of the sink's records, at the last look
  bool repair_wanted_ = false;
  bool guest_ = false;
  std::unique_ptr<FullScan> scan_;
};

}  // namespace aisle
