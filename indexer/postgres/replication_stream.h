// A logical replication stream. An I/O thread of its own reads the socket and reports the durable position to
// the server every few seconds and whenever asked, whatever the reader of the stream does meanwhile.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "indexer/postgres/connection.h"
#include "schemas/op.h"

namespace aisle {

struct StreamItem {
  std::string payload;  // one pgoutput message; empty for a keepalive
  Lsn keepalive_end = 0;
};

struct SystemIdentity {
  std::string system_id;
  std::uint32_t timeline = 0;
  Lsn flushed = 0;  // how far the server's write-ahead log is on disk
};
Result<SystemIdentity> identify_system(Connection& replication);

struct StreamOptions {
  std::string slot;
  std::string publication;
  Lsn start = 0;                     // nothing committed up to here is wanted
  std::function<Lsn()> durable_lsn;  // called on the I/O thread; must be thread-safe and quick
  std::chrono::milliseconds wal_sender_timeout{10'000};
  std::chrono::milliseconds status_interval{10'000};
  std::chrono::milliseconds progress_interval{500};  // earliest report of a durable position that moved
  std::size_t queue_bytes_max = 16U << 20U;  // above it the socket is not read; TCP makes the server wait
};

// pop() and passed() from one thread; the getters from any.
// Invariants: (1) the position reported as durable never exceeds durable_lsn() nor what passed() named in
// this stream, and never goes back; (2) status reports go on while the queue is full.
class ReplicationStream {
 public:
  // Starts streaming on `connection`, which the stream owns from now on.
  //   Conflict   another consumer holds the slot; the message carries its pid.
  static Result<std::unique_ptr<ReplicationStream>> start(Connection connection, StreamOptions options);
  ~ReplicationStream();
  ReplicationStream(const ReplicationStream&) = delete;
  ReplicationStream& operator=(const ReplicationStream&) = delete;

  // The next message, nothing when none came within `wait`. An error ends the stream: sqlstate() tells more.
  Result<std::optional<StreamItem>> pop(std::chrono::milliseconds wait);
  // False once an error has ended it; pop() still returns what came before.
  bool alive() const;
  // Every message up to `lsn` has been taken from the stream.
  void passed(Lsn lsn);

  std::string sqlstate() const;
  Lsn confirmed() const { return confirmed_.load(); }
  Lsn received() const { return received_.load(); }
  std::chrono::milliseconds since_last_message() const;

 private:
  ReplicationStream(Connection connection, StreamOptions options);
  void run();
  Status step();
  Status read_available();
  Status take_frame(std::string_view bytes);
  Status end_of_stream();
  Status report_if_due();
  Status report();
  Status watch() const;
  Status wait();
  void publish();
  bool has_room() const;
  int milliseconds_to_next_report() const;

  // fixed
  const StreamOptions options_;
  int wake_ = -1;  // eventfd: room again, or stop

  // of the I/O thread alone
  Connection connection_;
  std::deque<StreamItem> fresh_;
  std::size_t fresh_bytes_ = 0;
  bool flush_pending_ = false;
  bool reply_requested_ = false;
  std::chrono::steady_clock::time_point last_report_;

  // any thread
  std::atomic<bool> stop_{false};
  std::atomic<Lsn> passed_{0};
  std::atomic<Lsn> received_{0};
  std::atomic<Lsn> confirmed_{0};
  std::atomic<std::int64_t> last_message_ns_{0};

  // under the mutex
  mutable std::mutex mutex_;
  std::condition_variable not_empty_;
  std::deque<StreamItem> items_;
  std::size_t bytes_ = 0;
  std::optional<Error> error_;
  std::string sqlstate_;

  std::thread thread_;
};

}  // namespace aisle
