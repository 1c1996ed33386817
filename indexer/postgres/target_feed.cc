#include "indexer/postgres/target_feed.h"

#include <algorithm>
#include <utility>

#include "base/fault_point.h"
#include "base/log.h"

namespace aisle {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t documents_per_read = 200;  // a renamed brand's; prices come in between
constexpr std::size_t values_per_read = 5'000;

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

bool TargetFeed::root_truncated(const ChangeWindow& window) const {
  return changes_of(window, 0).truncated;
}

std::string TargetFeed::rescan_reason(const ChangeWindow& window) const {
  if (root_truncated(window)) return "the root table was truncated";
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    const TableChanges& changes = changes_of(window, t);
    if (changes.truncated) return "table " + tables_[t].name() + " was truncated";
    if (!changes.rescan_reason.empty()) return changes.rescan_reason;
  }
  return "";
}

Status TargetFeed::begin_window(const ChangeWindow& window) {
  target_lsn_ = window.end_lsn;
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    if (changes_of(window, t).lost_parents) return note_lost_parents();
  }
  return {};
}

Status TargetFeed::read_window(SnapshotReads& reads, const ChangeWindow& window) {
  std::vector<const KeySet*> keys;
  for (std::size_t t = 0; t < tables_.size(); ++t) keys.push_back(&changes_of(window, t).keys);
  DirtyIds ids;
  AISLE_CHECK(resolver_.resolve(reads.connection(), keys, ids));
  if (scanning() ||
      !reader_.has_volatile_query()) {  // a value of a product not yet scanned would find nothing to change
    for (std::string& id : as_list(ids.values)) ids.add_document(std::move(id));
  }
  for (const std::string& id : ids.documents) {
    backlog_.documents.erase(id);
    backlog_.values.erase(id);
    repairs_.erase(id);
  }
  for (const std::string& id : ids.values) backlog_.values.erase(id);
  DirtyIds slice = take_slice(ids);
  while (!ids.documents.empty()) backlog_.add_document(ids.documents.extract(ids.documents.begin()).value());
  while (!ids.values.empty()) backlog_.add_value(ids.values.extract(ids.values.begin()).value());
  return read(reads, std::move(slice));
}

DirtyIds TargetFeed::take_slice(DirtyIds& from) const {
  return {take_some(from.documents, documents_per_read), take_some(from.values, values_per_read)};
}

// The guard was passed when the backlog was found; a repair wants no more than what is there now.
Status TargetFeed::read_backlog(SnapshotReads& reads) {
  DirtyIds slice = take_slice(backlog_);
  if (slice.size() == 0) slice.documents = take_some(repairs_, documents_per_read);
  if (scanning()) {
    for (std::string& id : as_list(slice.values)) slice.add_document(std::move(id));
  }
  return read(reads, std::move(slice));
}

Status TargetFeed::read(SnapshotReads& reads, DirtyIds slice) {
  ChangeBatch& batch = read_.emplace();
  if (!slice.values.empty()) {
    AISLE_TRY(ReadRecords values, reads.values(reader_, as_list(slice.values)));
    batch.values = std::move(values.records);
    for (std::string& id : values.missing)
      slice.documents.insert(std::move(id));  // it decides whether the product is gone
  }
  AISLE_TRY(ReadRecords documents, reads.documents(reader_, as_list(slice.documents)));
  batch.upserts = std::move(documents.records);
  batch.deletes = std::move(documents.missing);
  return {};
}

Status TargetFeed::apply_read() {
  ChangeBatch batch = std::move(*std::exchange(read_, std::nullopt));
  return apply(std::move(batch));
}

std::string TargetFeed::deletes_alarm() {
  if (!read_ || read_->deletes.empty()) return "";
  return context_.guards[target_.sink].judge_deletes(context_.options.flow, read_->deletes.size(),
                                                     target_.sink->document_count(), SteadyClock::now());
}

std::string TargetFeed::refused_alarm() {
  const std::uint64_t total = target_.sink->refused_total();
  const std::uint64_t fresh = total - std::exchange(refused_seen_, total);
  if (scanning()) return "";  // a first build tells its dead letters, and goes on
  return context_.guards[target_.sink].judge_refused(context_.options.flow, fresh, SteadyClock::now());
}

void TargetFeed::allow() {
  context_.guards[target_.sink].allow(context_.options.flow, SteadyClock::now());
}

void TargetFeed::set_aside() {
  log(LogLevel::Warn, "feed.target_set_aside", "an index takes no changes for now; the others go on",
      {{"position", format_lsn(completed_lsn_)}});
  scan_.reset();
  refuse(FeedState::Reconnecting, "its index takes no changes: is its disk full?",
         target_.sink->durable_lsn() != 0);
}

Status TargetFeed::pass(Lsn end) {
  if (end <= target_lsn_) return {};
  target_lsn_ = end;
  return backlog_.size() > 0 ? Status{} : apply({});
}

Status TargetFeed::apply(ChangeBatch batch) {
  if (backlog_.size() == 0) completed_lsn_ = batch.lsn = target_lsn_;  // else the position stays
  const std::size_t changes = batch.upserts.size() + batch.values.size() + batch.deletes.size();
  if (scan_ != nullptr && changes > 0) scan_->touched(batch);
  fault_point("feed_session.before_apply");
  AISLE_CHECK(target_.sink->apply(std::move(batch)));
  fault_point("feed_session.after_apply");
  const Lsn applied = completed_lsn_;
  context_.board.update_target(*target_.sink, [&](TargetStatus& status) { status.applied_lsn = applied; });
  if (!guest_) context_.board.update([&](FeedStatus& status) { status.changes += changes; });
  return {};
}

Status TargetFeed::write_mark(const char* key, const std::string& value, Lsn lsn) {
  ChangeBatch batch;
  batch.lsn = lsn;
  batch.mark_key = key;
  batch.mark_value = value;
  return target_.sink->apply(std::move(batch));
}

void TargetFeed::start_scan(ScanPosition from, Connection& connection) {
  scan_.reset();
  context_.board.update_target(*target_.sink, [&](TargetStatus& status) { status.scan = from.text(); });
  if (from.phase == ScanPosition::Phase::Done) return;
  const FeedOptions& feed = context_.options;
  FullScanOptions options;
  options.connection = connection_options_;
  options.chunk_rows = guest_ ? std::min(feed.chunk_rows, feed.guest_chunk_rows) : feed.chunk_rows;
  options.readers = guest_ ? 1 : feed.scan_readers;
  options.sweep_fraction_max = feed.flow.delete_fraction_max;
  options.sweep_free_ids = feed.flow.deletes_free;
  scan_ = std::make_unique<FullScan>(std::move(options), *root_, reader_, *target_.sink, std::move(from));
  if (const auto estimate = root_->estimated_rows(connection)) {
    context_.board.update_target(*target_.sink,
                                 [&](TargetStatus& status) { status.scan_estimate = *estimate; });
  }
}

Status TargetFeed::step_scan(Connection& connection) {
  AISLE_TRY(const bool stepped, scan_->step(connection));
  if (!stepped) return {};
  context_.board.update_target(*target_.sink, [&](TargetStatus& status) {
    status.scan = scan_->position().text();
    status.scanned_products = scan_->products();
  });
  if (!scan_->done()) return {};
  log(LogLevel::Info, "feed.scan_done", "all products have been read",
      {{"products", static_cast<unsigned long long>(scan_->products())}});
  scan_.reset();
  context_.last_scans[target_.sink] = SteadyClock::now();
  return {};
}

Status TargetFeed::request_scan(const std::string& reason, Connection& connection) {
  log(LogLevel::Warn, "feed.rescan_begins", "all products are read again", {{"reason", reason}});
  scan_.reset();
  backlog_ = {};
  ChangeBatch batch;
  batch.mark_key = scan_mark;
  batch.mark_value = ScanPosition{}.text();
  AISLE_CHECK(apply(std::move(batch)));
  start_scan({}, connection);
  return {};
}

void TargetFeed::allow_sweep() {
  if (scan_ != nullptr) scan_->allow_sweep();
}

Status TargetFeed::note_lost_parents() {
  if (std::exchange(repair_wanted_, true)) return {};
  return write_mark(repair_mark, "wanted");
}

Status TargetFeed::repair_if_due(Connection& connection) {
  if (refused_ || !repair_wanted_ || scanning()) return {};
  const auto last = context_.last_scans.find(target_.sink);
  const bool scanned_before = last != context_.last_scans.end();
  if (scanned_before && SteadyClock::now() - last->second < context_.options.repair_interval) return {};
  AISLE_CHECK(request_scan("deleted rows did not tell their product", connection));
  repair_wanted_ = false;
  return write_mark(repair_mark, "no");
}

// A table that left the publication, or was replaced under its name, would fall silent without an error.
Status TargetFeed::look_at_publication(Connection& connection) {
  const PostgresSource& source = target_.source();
  AISLE_TRY(const SourceReport report, Preflight(source, connection).look_at_publication());
  const bool gone = !report.publication_exists;
  if (!gone && !has_severity(report.findings, FindingSeverity::Error)) {
    AISLE_TRY(const std::string known, target_.sink->mark(identity_mark));
    const auto identity = SourceIdentity::parse(known);
    AISLE_TRY(const RootTable root, RootTable::open(connection, tables_.front()));
    if (root.type() != root_->type()) {
      return fail(ErrorCode::FailedPrecondition, "the id of " + tables_.front().name() +
                                                     " changed its type from " + root_->type() + " to " +
                                                     root.type());
    }
    if (!identity || identity->publication == report.state.identity.publication) return {};
  }
  return fail(ErrorCode::FailedPrecondition,
              "publication " + source.publication + (gone ? " is gone" : " has changed"));
}

void TargetFeed::tell() const {
  context_.board.update_target(*target_.sink, [&](TargetStatus& status) {
    status.state = refused_                      ? refused_state_
                   : !waiting_for_word().empty() ? FeedState::Held
                   : scanning()                  ? FeedState::Scanning
                                                 : FeedState::Streaming;
    status.reason = refused_ ? reason_ : waiting_for_word();
    status.findings = report_.findings;
    status.applied_lsn = completed_lsn_;
    status.backlog = backlog_.size();
    status.repairs = repairs_.size();
  });
}

}  // namespace aisle
