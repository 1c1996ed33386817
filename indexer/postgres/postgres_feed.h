// Keeps an index in step with a PostgreSQL database: builds it by a scan, follows the change stream, mends
// gaps.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/change.h"
#include "indexer/postgres/feed_targets.h"
#include "indexer/postgres/finding.h"
#include "indexer/postgres/flow_guard.h"
#include "indexer/postgres/slot_watch.h"
#include "schemas/index_schema.h"

namespace aisle {

// The defaults suit a shop; tests shorten the times.
struct FeedOptions {
  std::string connection;      // in place of the schema's when not empty
  bool create_missing = true;  // publication and slot
  bool hold_on_truncate =
      true;  // an emptied root table waits for confirm(): a stale shop is better than an empty one
  std::chrono::milliseconds batch_window{10};  // changes collected before they are read
  std::size_t batch_keys_max = 1'000;
  std::size_t keys_per_table_max = 2'000'000;  // of one batch; more becomes a scan of everything
  std::size_t chunk_rows = 2'000;
  int scan_readers = 2;                          // connections of a scan
  std::size_t guest_chunk_rows = 500;            // of a scan while other targets are to stay fresh
  std::chrono::milliseconds guest_lag_max{300};  // with more lag such a scan waits, but for a chunk a second
  FlowLimits flow;                               // what waits for a word; a scan's deletes too
  std::chrono::milliseconds wal_sender_timeout{10'000};
  std::chrono::milliseconds slot_timeout{60'000};
  std::chrono::milliseconds statement_timeout{60'000};
  std::chrono::milliseconds reconnect_max{5'000};
  std::chrono::milliseconds publication_interval{60'000};  // between looks at publication and slot
  std::chrono::milliseconds repair_interval{
      3'600'000};  // between scans because deleted rows did not tell their product
};

enum class FeedState : std::uint8_t {
  Starting,
  Refused,
  WaitingForSlot,
  Reconnecting,
  Scanning,
  Streaming,
  Held,
  Stopped
};
std::string_view state_name(FeedState state);

// How one target is doing.
struct TargetStatus {
  const ChangeSink* sink = nullptr;  // tells whose it is; not to be called
  FeedState state = FeedState::Starting;
  std::string reason;             // for people
  std::vector<Finding> findings;  // of the last look at the source with this target's schema
  Lsn applied_lsn = 0;
  std::string scan;  // "start", "chunk:123", "sweep:...", "done"
  std::uint64_t scanned_products = 0;
  double scan_estimate = 0;  // rows of the root table, as the planner guesses
  std::size_t backlog = 0;   // products of large transactions still to be read
  std::size_t repairs = 0;   // products asked for by repair(), still to be read
  std::uint64_t resyncs = 0;
};

// What is said of scan, backlog and findings is that of the target followed longest.
struct FeedStatus {
  FeedState state = FeedState::Starting;
  std::string reason;             // for people; while streaming, what it waits for
  std::vector<Finding> findings;  // of the last look at the source
  std::uint32_t timeline = 0;     // of the server; 0 = not seen yet
  Lsn received_lsn = 0;           // seen from the server
  Lsn applied_lsn = 0;            // handed to every target
  Lsn confirmed_lsn = 0;          // acknowledged to the server: durable in the index
  std::uint64_t reconnects = 0;
  std::uint64_t resyncs = 0;
  std::uint64_t changes = 0;  // products upserted, revalued, deleted by the stream
  // How old the index may be: the age of the last commit when it was applied, 0 once nothing has been left to
  // apply for a second; without a connection at least the time since it was lost.
  double lag_seconds = 0;
  double seconds_since_server_message = 0;
  double seconds_since_progress = 0;  // since the applied position moved; 0 while nothing is left to apply
  SlotWatch slot;                     // as of the last look, once a minute
  std::size_t backlog = 0;
  std::string scan;
  std::uint64_t scanned_products = 0;
  double scan_estimate = 0;
  std::size_t repairs = 0;            // products asked for by repair() that some target has not read yet
  std::vector<TargetStatus> targets;  // longest followed first
};

class StatusBoard;
struct SessionContext;

// One slot and one connection for several targets: every event goes to all of them. What the server may
// forget is what is durable in each. run() on one thread, the rest on any.
class PostgresFeed {
 public:
  // The first target decides slot, publication and connection. A sink must outlive its being followed.
  PostgresFeed(FeedTarget first, FeedOptions options);
  ~PostgresFeed();
  PostgresFeed(const PostgresFeed&) = delete;
  PostgresFeed& operator=(const PostgresFeed&) = delete;

  // Runs until the stop; comes back early only with InvalidArgument (the schema has no PostgreSQL source, the
  // connection string cannot be read). Everything else is told by status() and tried again.
  Status run(std::stop_token stop);

  // Follows one target more, between two batches. It gets all events from its own position on, and a scan
  // from where its own mark says (from the start when it is empty), which gives way to the other targets.
  // Errors as FeedTargets::add.
  Status add_target(FeedTarget target);
  // Returns when the sink is not used any more; not to be called on the thread of run(). Nothing when it is
  // not followed.
  void remove_target(const ChangeSink& sink);
  // All products are read again for this target. NotFound when it is not followed.
  Status request_scan(const ChangeSink& sink);
  // These products are read again soon, for all targets; forgotten when the process ends.
  // FeedStatus::repairs tells how many wait. ResourceExhausted when too many do.
  Status repair(std::vector<std::string> ids);

  FeedStatus status() const;
  // Lets what is held happen: a TRUNCATE, a scan's or the stream's many deletes, many records that cannot be
  // indexed. Nothing when nothing is held.
  void confirm();

 private:
  Status run_session(SessionContext& context, const std::stop_token& stop);
  void wait_before_retry(const std::stop_token& stop, std::chrono::milliseconds wait) const;

  const FeedTarget first_;
  const FeedOptions options_;
  FeedTargets targets_;
  std::unique_ptr<StatusBoard> board_;
};

}  // namespace aisle
