#include "indexer/postgres/feed_session.h"

#include <algorithm>
#include <utility>

#include "base/fault_point.h"
#include "base/log.h"

namespace aisle {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t documents_per_read = 1'000;
constexpr std::size_t values_per_read = 5'000;
constexpr std::chrono::milliseconds idle_wait{100};      // for a message when there is nothing else to do
constexpr std::chrono::milliseconds scan_wait{2};        // while chunks are being read
constexpr std::chrono::milliseconds idle_interval{100};  // between positions told without a change
constexpr std::chrono::seconds lag_shown{1};             // of the last change, before "nothing left" shows
constexpr std::chrono::milliseconds visibility_slice{500};
constexpr std::chrono::milliseconds tell_interval{50};

double seconds_since_commit(std::int64_t commit_time) {
  constexpr std::int64_t unix_to_postgres = 946'684'800'000'000;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count() - unix_to_postgres;
  return static_cast<double>(micros - commit_time) / 1e6;
}

KeySet take_some(KeySet& from, std::size_t count_max) {
  KeySet out;
  while (!from.empty() && out.size() < count_max) out.insert(from.extract(from.begin()));
  return out;
}

std::vector<std::string> as_list(KeySet& set) {
  std::vector<std::string> out;
  out.reserve(set.size());
  while (!set.empty()) out.push_back(std::move(set.extract(set.begin()).value()));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Status FeedSession::run() {
  AISLE_CHECK(connect());
  AISLE_CHECK(prepare_source());
  AISLE_CHECK(start_stream());
  AISLE_TRY(const std::string mark, context_.sink.mark(scan_mark));
  start_scan(ScanPosition::parse(mark));
  last_publication_look_ = SteadyClock::now();
  context_.board.set_state(scanning() ? FeedState::Scanning : FeedState::Streaming);
  while (!stop_.stop_requested()) {
    auto status = round();
    if (status) continue;
    if (stop_.stop_requested()) break;
    if (stream_->sqlstate() == "42704")
      context_.new_slot_wanted = true;  // the slot's catalogue lacks the publication
    return status;
  }
  return {};
}

Status FeedSession::round() {
  const bool busy = backlog_.size() > 0;
  AISLE_CHECK(collect(busy ? std::chrono::milliseconds(0) : scanning() ? scan_wait : idle_wait));
  AISLE_CHECK(apply_window());
  if (backlog_.size() > 0) AISLE_CHECK(apply_backlog());
  if (scanning()) AISLE_CHECK(step_scan());
  AISLE_CHECK(repair_if_due());
  AISLE_CHECK(look_at_publication());
  tell();
  return {};
}

// Takes messages until a whole number of transactions makes a batch: the window's time or its keys.
Status FeedSession::collect(std::chrono::milliseconds wait) {
  std::optional<SteadyClock::time_point> end;
  while (!stop_.stop_requested()) {
    AISLE_TRY(const std::optional<StreamItem> item, stream_->pop(wait));
    if (item && item->payload.empty()) {
      collector_.keepalive(item->keepalive_end);
    } else if (item) {
      AISLE_CHECK(collector_.add(item->payload));
    }
    if (collector_.in_transaction()) {
      wait = idle_wait;
      continue;
    }
    const ChangeWindow& window = collector_.window();
    if (window.transactions == 0 || window.key_count >= context_.options.batch_keys_max) return {};
    const auto now = SteadyClock::now();
    if (!end) end = now + context_.options.batch_window;
    if (now >= *end) return {};
    wait = std::chrono::ceil<std::chrono::milliseconds>(*end - now);
  }
  return {};
}

Status FeedSession::apply_window() {
  if (collector_.in_transaction()) return {};
  const ChangeWindow& seen = collector_.window();
  if (seen.xids.empty() && !seen.root_truncated && seen.rescan_reason.empty()) return apply_idle();
  const ChangeWindow window = collector_.take();
  stream_->passed(window.end_lsn);
  if (window.root_truncated && context_.options.hold_on_truncate) {
    AISLE_CHECK(hold("root table " + tables_.front().name() + " was truncated; confirm to empty the index"));
  }
  target_lsn_ = window.end_lsn;
  if (window.root_truncated || !window.rescan_reason.empty()) {
    AISLE_CHECK(begin_guarded(window.xids));  // so that every chunk sees what made it needed
    AISLE_CHECK(
        request_rescan(window.root_truncated ? "the root table was truncated" : window.rescan_reason));
    if (window.root_truncated) scan_->allow_sweep();
  } else {
    if (window.lost_parents) AISLE_CHECK(note_lost_parents());
    AISLE_CHECK(apply_keys(window));
  }
  const double lag = seconds_since_commit(window.commit_time);
  context_.board.update([&](FeedStatus& status) { status.lag_seconds = lag; });
  lag_told_ = SteadyClock::now();
  return {};
}

// No followed row changed, yet the position moves on: told to the index so that the server may forget its
// log, and so that whoever waits for a position sees it pass.
Status FeedSession::apply_idle() {
  const Lsn end = collector_.window().end_lsn;
  const auto now = SteadyClock::now();
  if (lag_told_ && backlog_.size() == 0 && now - *lag_told_ >= lag_shown) {
    context_.board.update([](FeedStatus& status) { status.lag_seconds = 0; });
    lag_told_.reset();
  }
  if (end <= target_lsn_ || now - last_apply_ < idle_interval) return {};
  stream_->passed(collector_.take().end_lsn);
  target_lsn_ = end;
  return backlog_.size() > 0 ? Status{} : apply({});
}

Status FeedSession::apply_keys(const ChangeWindow& window) {
  AISLE_TRY(SnapshotTransaction transaction, begin_guarded(window.xids));
  DirtyIds ids;
  AISLE_CHECK(resolver_.resolve(*connection_, window, ids));
  if (scanning() ||
      !reader_.has_volatile_query()) {  // a value of a product not yet scanned would find nothing to change
    for (std::string& id : as_list(ids.values)) ids.add_document(std::move(id));
  }
  for (const std::string& id : ids.documents) {
    backlog_.documents.erase(id);
    backlog_.values.erase(id);
  }
  for (const std::string& id : ids.values) backlog_.values.erase(id);
  DirtyIds slice = take_slice(ids);
  while (!ids.documents.empty()) backlog_.add_document(ids.documents.extract(ids.documents.begin()).value());
  while (!ids.values.empty()) backlog_.add_value(ids.values.extract(ids.values.begin()).value());
  return read_and_apply(std::move(transaction), std::move(slice));
}

DirtyIds FeedSession::take_slice(DirtyIds& from) const {
  return {take_some(from.documents, documents_per_read), take_some(from.values, values_per_read)};
}

Status FeedSession::apply_backlog() {
  AISLE_TRY(SnapshotTransaction transaction, begin_guarded({}));  // the guard was passed when they were found
  DirtyIds slice = take_slice(backlog_);
  if (scanning()) {
    for (std::string& id : as_list(slice.values)) slice.add_document(std::move(id));
  }
  return read_and_apply(std::move(transaction), std::move(slice));
}

// The transaction ends before the index takes the batch: back-pressure must not hold a snapshot on the
// server.
Status FeedSession::read_and_apply(SnapshotTransaction transaction, DirtyIds slice) {
  ChangeBatch batch;
  if (!slice.values.empty()) {
    AISLE_TRY(ReadRecords values, reader_.values(*connection_, as_list(slice.values)));
    batch.values = std::move(values.records);
    for (std::string& id : values.missing)
      slice.documents.insert(std::move(id));  // it decides whether the product is gone
  }
  AISLE_TRY(ReadRecords documents, reader_.documents(*connection_, as_list(slice.documents)));
  batch.upserts = std::move(documents.records);
  batch.deletes = std::move(documents.missing);
  AISLE_CHECK(transaction.end());
  return apply(std::move(batch));
}

Status FeedSession::apply(ChangeBatch batch) {
  if (backlog_.size() == 0) completed_lsn_ = batch.lsn = target_lsn_;  // else the position stays
  const std::size_t changes = batch.upserts.size() + batch.values.size() + batch.deletes.size();
  if (scan_ != nullptr && changes > 0) scan_->touched(batch);
  fault_point("feed_session.before_apply");
  AISLE_CHECK(context_.sink.apply(std::move(batch)));
  fault_point("feed_session.after_apply");
  last_apply_ = SteadyClock::now();
  context_.board.update([&](FeedStatus& status) {
    status.changes += changes;
    status.applied_lsn = completed_lsn_;
  });
  return {};
}

// Waits as long as it takes: a commit that waits for its standby will be seen one day, and not before.
Result<SnapshotTransaction> FeedSession::begin_guarded(const std::vector<std::uint32_t>& xids) {
  bool told = false;
  while (!stop_.stop_requested()) {
    auto transaction = SnapshotTransaction::begin(*connection_, xids, Deadline::after(visibility_slice));
    if (transaction || transaction.error().code != ErrorCode::DeadlineExceeded || !connection_->alive()) {
      if (told) context_.board.update([](FeedStatus& status) { status.reason.clear(); });
      return transaction;
    }
    if (!std::exchange(told, true)) log(LogLevel::Warn, "feed.invisible", transaction.error().message);
    context_.board.update([&](FeedStatus& status) { status.reason = transaction.error().message; });
    tell();
  }
  return fail(ErrorCode::Unavailable, "the feed was stopped");
}

Status FeedSession::step_scan() {
  AISLE_TRY(const bool stepped, scan_->step(*connection_));
  if (!scan_->waiting_for_word().empty()) {
    AISLE_CHECK(hold(scan_->waiting_for_word()));
    scan_->allow_sweep();
  }
  if (!stepped) return {};
  context_.board.update([&](FeedStatus& status) {
    status.scan = scan_->position().text();
    status.scanned_products = scan_->products();
  });
  if (!scan_->done()) return {};
  log(LogLevel::Info, "feed.scan_done", "all products have been read",
      {{"products", static_cast<unsigned long long>(scan_->products())}});
  scan_.reset();
  context_.last_scan = SteadyClock::now();
  context_.board.set_state(FeedState::Streaming);
  return {};
}

// The wish for a scan is written down with the position, which may then pass the changes that caused it.
Status FeedSession::request_rescan(const std::string& reason) {
  log(LogLevel::Warn, "feed.rescan_begins", "all products are read again", {{"reason", reason}});
  scan_.reset();
  backlog_ = {};
  ChangeBatch batch;
  batch.mark_key = scan_mark;
  batch.mark_value = ScanPosition{}.text();
  AISLE_CHECK(apply(std::move(batch)));
  start_scan({});
  context_.board.set_state(FeedState::Scanning);
  return {};
}

Status FeedSession::note_lost_parents() {
  if (std::exchange(repair_wanted_, true)) return {};
  ChangeBatch batch;
  batch.mark_key = repair_mark;
  batch.mark_value = "wanted";
  return context_.sink.apply(std::move(batch));
}

Status FeedSession::repair_if_due() {
  if (!repair_wanted_ || scanning()) return {};
  const bool scanned_before = context_.last_scan != SteadyClock::time_point{};
  if (scanned_before && SteadyClock::now() - context_.last_scan < context_.options.repair_interval) return {};
  AISLE_CHECK(request_rescan("deleted rows did not tell their product"));
  repair_wanted_ = false;
  ChangeBatch batch;
  batch.mark_key = repair_mark;
  batch.mark_value = "no";
  return context_.sink.apply(std::move(batch));
}

// Stops applying until somebody confirms; the stream's own thread keeps the connection alive.
Status FeedSession::hold(const std::string& reason) {
  log(LogLevel::Error, "feed.held", reason);
  context_.board.take_confirmation();
  context_.board.set_state(FeedState::Held, reason);
  tell();
  while (!stop_.stop_requested()) {
    if (context_.board.take_confirmation()) {
      log(LogLevel::Warn, "feed.confirmed", reason);
      context_.board.set_state(scanning() ? FeedState::Scanning : FeedState::Streaming);
      return {};
    }
    if (!stream_->alive()) return fail(ErrorCode::Unavailable, "the replication connection ended while held");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fail(ErrorCode::Unavailable, "the feed was stopped");
}

// A table that left the publication, or was replaced under its name, would fall silent without an error.
Status FeedSession::look_at_publication() {
  const auto now = SteadyClock::now();
  const bool due = now - last_publication_look_ >= context_.options.publication_interval;
  if (!collector_.take_relation_seen() && !due) return {};
  last_publication_look_ = now;
  AISLE_TRY(const SourceReport report, Preflight(context_.source, *connection_).look_at_publication());
  const bool gone = !report.publication_exists;
  if (!gone && !has_severity(report.findings, FindingSeverity::Error)) {
    AISLE_TRY(const std::string known, context_.sink.mark(identity_mark));
    const auto identity = SourceIdentity::parse(known);
    if (!identity || identity->publication == report.state.identity.publication) return {};
  }
  return fail(ErrorCode::FailedPrecondition,
              gone ? "publication " + context_.source.publication + " is gone"
                   : "publication " + context_.source.publication + " has changed");
}

void FeedSession::tell() {
  const auto now = SteadyClock::now();
  if (now - last_told_ < tell_interval) return;
  last_told_ = now;
  const double silence = static_cast<double>(stream_->since_last_message().count()) / 1000.0;
  context_.board.update([&](FeedStatus& status) {
    status.received_lsn = stream_->received();
    status.confirmed_lsn = stream_->confirmed();
    status.seconds_since_server_message = silence;
    status.backlog = backlog_.size();
  });
  metrics_.set(context_.board.get());
}

}  // namespace aisle
