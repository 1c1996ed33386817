#include "indexer/postgres/replication_stream.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "indexer/postgres/replication_protocol.h"

namespace aisle {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t item_overhead_bytes = 64;    // so that a queue of tiny messages is bounded too
constexpr std::size_t publish_bytes = 64U << 10U;  // handed over to the reader at the latest after this much

std::int64_t postgres_clock() {  // microseconds since 2000-01-01 UTC
  constexpr std::int64_t unix_to_postgres = 946'684'800'000'000;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count() - unix_to_postgres;
}

std::int64_t steady_ns() {
  return SteadyClock::now().time_since_epoch().count();
}

template <class Number>
Number number_in(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<SystemIdentity> identify_system(Connection& replication) {
  AISLE_TRY(const Rows rows, replication.command("IDENTIFY_SYSTEM"));
  if (rows.empty()) return fail(ErrorCode::Unavailable, "IDENTIFY_SYSTEM returned nothing");
  AISLE_TRY(const Lsn flushed, parse_lsn(rows.text(0, 2)));
  return SystemIdentity{std::string(rows.text(0, 0)), number_in<std::uint32_t>(rows.text(0, 1)), flushed};
}

ReplicationStream::ReplicationStream(Connection connection, StreamOptions options)
    : options_(std::move(options)), connection_(std::move(connection)), last_report_(SteadyClock::now()) {}

Result<std::unique_ptr<ReplicationStream>> ReplicationStream::start(Connection connection,
                                                                    StreamOptions options) {
  const std::string sql = "START_REPLICATION SLOT " + quote_identifier(options.slot) + " LOGICAL " +
                          format_lsn(options.start) +
                          " (proto_version '1', messages 'true', publication_names " +
                          quote_literal(quote_identifier(options.publication)) + ")";
  std::unique_ptr<ReplicationStream> stream(new ReplicationStream(std::move(connection), std::move(options)));
  AISLE_CHECK(stream->connection_.command(sql));
  stream->wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (stream->wake_ < 0)
    return fail(ErrorCode::ResourceExhausted, std::string("eventfd: ") + std::strerror(errno));
  stream->passed_ = stream->options_.start;
  stream->received_ = stream->options_.start;
  stream->last_message_ns_ = steady_ns();
  stream->thread_ = std::thread([raw = stream.get()] { raw->run(); });
  return stream;
}

ReplicationStream::~ReplicationStream() {
  stop_ = true;
  if (thread_.joinable()) {
    ::eventfd_write(wake_, 1);
    thread_.join();
  }
  if (wake_ >= 0) ::close(wake_);
}

Result<std::optional<StreamItem>> ReplicationStream::pop(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  not_empty_.wait_for(lock, wait, [&] { return !items_.empty() || error_; });
  if (items_.empty()) {
    if (error_) return tl::unexpected(*error_);
    return std::nullopt;
  }
  StreamItem item = std::move(items_.front());
  items_.pop_front();
  const bool was_full = bytes_ >= options_.queue_bytes_max;
  bytes_ -= item.payload.size() + item_overhead_bytes;
  if (was_full && bytes_ < options_.queue_bytes_max) ::eventfd_write(wake_, 1);
  return item;
}

bool ReplicationStream::alive() const {
  const std::lock_guard lock(mutex_);
  return !error_;
}

void ReplicationStream::passed(Lsn lsn) {
  if (lsn > passed_.load()) passed_ = lsn;
}

std::string ReplicationStream::sqlstate() const {
  const std::lock_guard lock(mutex_);
  return sqlstate_;
}

std::chrono::milliseconds ReplicationStream::since_last_message() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(steady_ns() - last_message_ns_.load()));
}

bool ReplicationStream::has_room() const {
  const std::lock_guard lock(mutex_);
  return bytes_ < options_.queue_bytes_max;
}

void ReplicationStream::run() {
  Status status;
  while (status && !stop_) status = step();
  if (status) {
    if (report()) PQflush(connection_.handle());  // the last word, if it can still be said
    return;
  }
  publish();
  const std::lock_guard lock(mutex_);
  error_ = status.error();
  sqlstate_ = connection_.last_sqlstate();
  not_empty_.notify_all();
}

Status ReplicationStream::step() {
  if (has_room()) {
    AISLE_CHECK(read_available());
    publish();
  }
  AISLE_CHECK(report_if_due());
  AISLE_CHECK(watch());
  return wait();
}

// Takes what libpq has buffered, without waiting, until the queue is full.
Status ReplicationStream::read_available() {
  while (true) {
    char* buffer = nullptr;
    const int length = PQgetCopyData(connection_.handle(), &buffer, /*async=*/1);
    if (length == 0) return {};
    if (length < 0) return end_of_stream();
    const std::unique_ptr<char, decltype(&PQfreemem)> owner(buffer, &PQfreemem);
    last_message_ns_ = steady_ns();
    AISLE_CHECK(take_frame({buffer, static_cast<std::size_t>(length)}));
    if (fresh_bytes_ >= publish_bytes) {
      publish();
      if (!has_room()) return {};
    }
  }
}

Status ReplicationStream::take_frame(std::string_view bytes) {
  AISLE_TRY(const ReplicationFrame frame, decode_replication_frame(bytes));
  if (const auto* keepalive = std::get_if<Keepalive>(&frame)) {
    reply_requested_ = reply_requested_ || keepalive->reply_requested;
    received_ = std::max(received_.load(), keepalive->wal_end);
    if (!fresh_.empty() && fresh_.back().payload.empty()) {
      fresh_.back().keepalive_end = keepalive->wal_end;
    } else {
      fresh_.push_back({"", keepalive->wal_end});
      fresh_bytes_ += item_overhead_bytes;
    }
    return {};
  }
  const std::string_view payload = std::get<WalData>(frame).payload;
  if (payload.empty()) return fail(ErrorCode::DataLoss, "replication frame carries an empty message");
  fresh_.push_back({std::string(payload), 0});
  fresh_bytes_ += payload.size() + item_overhead_bytes;
  return {};
}

Status ReplicationStream::end_of_stream() {
  const std::unique_ptr<pg_result, decltype(&PQclear)> result(PQgetResult(connection_.handle()), &PQclear);
  return tl::unexpected(connection_.error_of(result.get(), "replication of slot \"" + options_.slot + "\""));
}

void ReplicationStream::publish() {
  if (fresh_.empty()) return;
  const std::lock_guard lock(mutex_);
  for (StreamItem& item : fresh_) items_.push_back(std::move(item));
  bytes_ += fresh_bytes_;
  fresh_.clear();
  fresh_bytes_ = 0;
  not_empty_.notify_all();
}

Status ReplicationStream::report_if_due() {
  const auto age = SteadyClock::now() - last_report_;
  const Lsn durable = std::min(options_.durable_lsn(), passed_.load());
  const bool moved = durable > confirmed_.load() && age >= options_.progress_interval;
  if (!reply_requested_ && !moved && age < options_.status_interval) return {};
  return report();
}

Status ReplicationStream::report() {
  const Lsn durable = std::max(confirmed_.load(), std::min(options_.durable_lsn(), passed_.load()));
  received_ = std::max(received_.load(), durable);
  const std::string status = encode_standby_status(received_.load(), durable, postgres_clock());
  const int sent = PQputCopyData(connection_.handle(), status.data(), static_cast<int>(status.size()));
  if (sent < 0) return tl::unexpected(connection_.error_of(nullptr, "sending a standby status"));
  flush_pending_ = true;
  if (sent == 0) return {};  // the send buffer is full: tried again when it has drained
  reply_requested_ = false;
  confirmed_ = durable;
  last_report_ = SteadyClock::now();
  return {};
}

Status ReplicationStream::watch() const {
  const auto silence_max = 2 * options_.wal_sender_timeout;
  if (!has_room() || since_last_message() < silence_max) return {};
  return fail(ErrorCode::Unavailable, "replication of slot \"" + options_.slot +
                                          "\": the server was silent for " +
                                          std::to_string(silence_max.count()) + " ms");
}

int ReplicationStream::milliseconds_to_next_report() const {
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - last_report_);
  const auto left = std::min(options_.status_interval - age, options_.progress_interval);
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 1, 1000));
}

Status ReplicationStream::wait() {
  if (flush_pending_) {
    const int left = PQflush(connection_.handle());
    if (left < 0) return tl::unexpected(connection_.error_of(nullptr, "sending a standby status"));
    flush_pending_ = left != 0;
  }
  const bool room = has_room();
  short events = room ? POLLIN : 0;
  if (flush_pending_) events = static_cast<short>(events | POLLOUT);
  pollfd entries[2] = {{PQsocket(connection_.handle()), events, 0}, {wake_, POLLIN, 0}};
  if (::poll(entries, 2, milliseconds_to_next_report()) < 0 && errno != EINTR) {
    return fail(ErrorCode::Unavailable, std::string("poll: ") + std::strerror(errno));
  }
  if ((entries[1].revents & POLLIN) != 0) {
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
    last_message_ns_ =
        std::max(last_message_ns_.load(), steady_ns());  // silence while not reading does not count
  }
  const short readable = POLLIN | POLLHUP | POLLERR;
  if ((entries[0].revents & readable) == 0) return {};
  if (!room) {  // a hang-up is told by poll even while nothing is read
    return fail(ErrorCode::Unavailable,
                "replication of slot \"" + options_.slot + "\": the server closed the connection");
  }
  if (PQconsumeInput(connection_.handle()) == 0) return end_of_stream();
  return {};
}

}  // namespace aisle
