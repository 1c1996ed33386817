// How a session begins: connect, look at the source, prepare it, start the stream and, where needed, the
// scan.
#include "base/log.h"
#include "indexer/postgres/feed_session.h"
#include "indexer/postgres/setup.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds flush_wait{60};

std::string describe_errors(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    if (finding.severity != FindingSeverity::Error) continue;
    if (!out.empty()) out += "; ";
    out += std::string(finding_name(finding.code)) + ": " + finding.message;
  }
  return out;
}

bool slot_is_lost(const SourceReport& report) {
  return report.state.slot && report.state.slot->wal_status == "lost";
}

}  // namespace

FeedSession::FeedSession(SessionContext& context, std::stop_token stop)
    : context_(context),
      stop_(std::move(stop)),
      tables_(followed_tables(context.source)),
      reader_(context.schema, context.source),
      resolver_(tables_),
      collector_(tables_, context.options.keys_per_table_max),
      metrics_(context.schema.index) {
  const FeedOptions& options = context.options;
  connection_options_.conninfo = options.connection.empty() ? context.source.connection : options.connection;
  connection_options_.purpose = "aisle " + context.schema.index;
  connection_options_.statement_timeout = options.statement_timeout;
  connection_options_.wal_sender_timeout = options.wal_sender_timeout;
}

Status FeedSession::connect() {
  AISLE_TRY(connection_, Connection::open(connection_options_));
  connection_->set_stop(stop_);
  ConnectionOptions options = connection_options_;
  options.replication = true;
  AISLE_TRY(replication_, Connection::open(options));
  replication_->set_stop(stop_);
  return {};
}

Result<SourceReport> FeedSession::look_at_source() {
  AISLE_TRY(const SystemIdentity system, identify_system(*replication_));
  AISLE_TRY(const std::string known, context_.sink.mark(identity_mark));
  AISLE_TRY(SourceReport report,
            Preflight(context_.source, *connection_)
                .run(system, SourceIdentity::parse(known), index_lsn_, reader_, resolver_));
  context_.board.update([&](FeedStatus& status) { status.findings = report.findings; });
  return report;
}

// Everything that was applied is made durable first: then the index has one position and the stream begins
// there.
Status FeedSession::prepare_source() {
  AISLE_CHECK(context_.sink.flush(Deadline::after(flush_wait)));
  index_lsn_ = context_.sink.durable_lsn();
  AISLE_TRY(SourceReport report, look_at_source());
  const bool errors = has_severity(report.findings, FindingSeverity::Error);
  const bool resync = has_severity(report.findings, FindingSeverity::Resync) || context_.new_slot_wanted ||
                      !report.publication_exists ||
                      (errors && has_code(report.findings, FindingCode::PublicationChanged));
  // Written down before anything is mended: a crash in between must not leave a healthy look over a gap.
  AISLE_TRY(const std::string scanned, context_.sink.mark(scan_mark));
  if (resync && !has_code(report.findings, FindingCode::WrongCluster) && !scanned.empty()) {
    AISLE_CHECK(begin_resync(report));
  }
  if (errors) {
    context_.failure_state = FeedState::Refused;
    return fail(ErrorCode::FailedPrecondition, describe_errors(report.findings));
  }
  AISLE_CHECK(make_slot(report));
  AISLE_TRY(root_, RootTable::open(*connection_, tables_.front()));
  return store_identity(report);
}

Status FeedSession::begin_resync(const SourceReport& report) {
  AISLE_TRY(const std::string mark, context_.sink.mark(scan_mark));
  if (mark == ScanPosition{}.text()) return {};
  std::string reason = context_.new_slot_wanted ? "the slot could not be read any more" : "";
  for (const Finding& finding : report.findings) {
    if (finding.severity == FindingSeverity::Resync) reason += (reason.empty() ? "" : "; ") + finding.message;
  }
  log(LogLevel::Warn, "feed.resync", "all products will be read again", {{"reason", reason}});
  ChangeBatch batch;
  batch.mark_key = scan_mark;
  batch.mark_value = ScanPosition{}.text();
  AISLE_CHECK(context_.sink.apply(std::move(batch)));
  AISLE_CHECK(context_.sink.flush(Deadline::after(flush_wait)));
  context_.board.update([](FeedStatus& status) { ++status.resyncs; });
  return {};
}

Status FeedSession::make_slot(SourceReport& report) {
  const bool lost = slot_is_lost(report) || context_.new_slot_wanted;
  const bool complete = report.publication_exists && report.state.slot && !lost;
  if (complete) return {};
  if (!context_.options.create_missing) {
    return fail(ErrorCode::FailedPrecondition, "publication " + context_.source.publication + " or slot " +
                                                   context_.source.slot +
                                                   " is missing and may not be made by the feed");
  }
  if (!report.publication_exists) AISLE_CHECK(create_publication(*connection_, context_.source));
  // A slot older than its publication fails at the first change; one without its log is of no use to anybody.
  if (report.state.slot && (lost || !report.publication_exists)) {
    log(LogLevel::Warn, "feed.slot_dropped", "an unusable replication slot is replaced",
        {{"slot", context_.source.slot}});
    AISLE_CHECK(drop_slot(*connection_, context_.source.slot));
    report.state.slot.reset();
  }
  if (!report.state.slot) {
    AISLE_CHECK(create_slot(*connection_, context_.source.slot, context_.options.slot_timeout));
  }
  context_.new_slot_wanted = false;
  const SystemIdentity system{report.state.identity.system_id, report.state.identity.timeline,
                              report.state.flushed};
  AISLE_TRY(report,
            Preflight(context_.source, *connection_).run(system, std::nullopt, 0, reader_, resolver_));
  if (!report.state.slot) return fail(ErrorCode::Unavailable, "slot " + context_.source.slot + " vanished");
  return {};
}

// With a scan ahead the index may take the slot's position: what lies before it is the scan's to find.
Status FeedSession::store_identity(const SourceReport& report) {
  AISLE_TRY(const std::string known, context_.sink.mark(identity_mark));
  AISLE_TRY(const std::string mark, context_.sink.mark(scan_mark));
  const bool scan_ahead = ScanPosition::parse(mark).phase != ScanPosition::Phase::Done;
  completed_lsn_ = scan_ahead ? std::max(index_lsn_, report.state.slot->confirmed) : index_lsn_;
  target_lsn_ = completed_lsn_;
  if (known != report.state.identity.text() || completed_lsn_ != index_lsn_) {
    ChangeBatch batch;
    batch.lsn = completed_lsn_;
    batch.mark_key = identity_mark;
    batch.mark_value = report.state.identity.text();
    AISLE_CHECK(context_.sink.apply(std::move(batch)));
    AISLE_CHECK(context_.sink.flush(Deadline::after(flush_wait)));
  }
  AISLE_TRY(const std::string repair, context_.sink.mark(repair_mark));
  repair_wanted_ = repair == "wanted";
  return {};
}

Status FeedSession::start_stream() {
  StreamOptions options;
  options.slot = context_.source.slot;
  options.publication = context_.source.publication;
  options.start = completed_lsn_;
  options.durable_lsn = [&sink = context_.sink] { return sink.durable_lsn(); };
  options.wal_sender_timeout = context_.options.wal_sender_timeout;
  auto stream = ReplicationStream::start(std::move(*replication_), std::move(options));
  replication_.reset();
  if (!stream) {
    if (stream.error().code == ErrorCode::Conflict) context_.failure_state = FeedState::WaitingForSlot;
    return tl::unexpected(std::move(stream).error());
  }
  stream_ = std::move(*stream);
  return {};
}

void FeedSession::start_scan(ScanPosition from) {
  scan_.reset();
  context_.board.update([&](FeedStatus& status) { status.scan = from.text(); });
  if (from.phase == ScanPosition::Phase::Done) return;
  FullScanOptions options;
  options.connection = connection_options_;
  options.connection.purpose += " scan";
  options.chunk_rows = context_.options.chunk_rows;
  options.readers = context_.options.scan_readers;
  options.sweep_free_ids = context_.options.sweep_free_ids;
  scan_ = std::make_unique<FullScan>(std::move(options), *root_, reader_, context_.sink, std::move(from));
  if (const auto estimate = root_->estimated_rows(*connection_)) {
    context_.board.update([&](FeedStatus& status) { status.scan_estimate = *estimate; });
  }
}

}  // namespace aisle
