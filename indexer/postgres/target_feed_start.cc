// How a target begins in a session: its position, a look at the source with its eyes, what follows from it.
#include <algorithm>

#include "base/log.h"
#include "indexer/postgres/setup.h"
#include "indexer/postgres/target_feed.h"

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

// The index's position means nothing to this server.
bool is_foreign(const std::vector<Finding>& findings) {
  return has_code(findings, FindingCode::WrongCluster) || has_code(findings, FindingCode::OldTimeline) ||
         has_code(findings, FindingCode::DatabaseRestored);
}

bool only_publication_errors(const std::vector<Finding>& findings) {
  return std::ranges::all_of(findings, [](const Finding& finding) {
    return finding.severity != FindingSeverity::Error || finding.code == FindingCode::PublicationChanged;
  });
}

}  // namespace

TargetFeed::TargetFeed(SessionContext& context, FeedTarget target, const ConnectionOptions& connection)
    : context_(context),
      target_(std::move(target)),
      connection_options_(connection),
      tables_(followed_tables(target_.source())),
      reader_(*target_.schema, target_.source()),
      resolver_(tables_) {}

void TargetFeed::refuse(FeedState state, const std::string& reason, bool counted) {
  refused_ = true;
  refused_state_ = state;
  reason_ = reason;
  context_.targets.set_counted(*target_.sink, counted);
  tell();
}

void TargetFeed::settle(std::chrono::seconds patience) {
  refused_seen_ = target_.sink->refused_total();
  const Status flushed = target_.sink->flush(Deadline::after(patience));
  index_lsn_ = target_.sink->durable_lsn();
  if (!flushed) refuse(FeedState::Reconnecting, flushed.error().message, index_lsn_ != 0);
}

Status TargetFeed::look(const SystemIdentity& system, Connection& connection) {
  if (refused_) return {};
  if (context_.targets.take_scan_wish(*target_.sink)) {
    if (const Status forgotten = forget_source(); !forgotten) {
      refuse(FeedState::Reconnecting, forgotten.error().message, true);
      return {};
    }
  }
  const auto known = target_.sink->mark(identity_mark);
  if (!known) {
    refuse(FeedState::Reconnecting, known.error().message, true);
    return {};
  }
  const auto identity = SourceIdentity::parse(*known);
  const auto run = [&]() -> Status {
    AISLE_TRY(report_,
              Preflight(target_.source(), connection).run(system, identity, index_lsn_, reader_, resolver_));
    return {};
  };
  AISLE_CHECK(run());
  const bool errors = has_severity(report_.findings, FindingSeverity::Error);
  if (!identity && errors && context_.options.create_missing && only_publication_errors(report_.findings)) {
    AISLE_CHECK(publish_missing_tables(connection));
    AISLE_CHECK(run());
  }
  judge();
  return {};
}

// A new target may follow tables that the older ones do not. Its scan comes after.
Status TargetFeed::publish_missing_tables(Connection& connection) {
  for (const FollowedTable& table : report_.unpublished) {
    const auto added =
        connection.command("ALTER PUBLICATION " + quote_identifier(target_.source().publication) +
                           " ADD TABLE " + table.sql_name());
    if (!added && !connection.alive()) return tl::unexpected(added.error());
    if (!added) return {};  // the next look says what is missing
    log(LogLevel::Info, "feed.table_published", "a table was added to the publication",
        {{"table", table.name()}, {"publication", target_.source().publication}});
  }
  return {};
}

void TargetFeed::judge() {
  const bool errors = has_severity(report_.findings, FindingSeverity::Error);
  const bool resync = has_severity(report_.findings, FindingSeverity::Resync) || context_.new_slot_wanted ||
                      !report_.publication_exists ||
                      (errors && has_code(report_.findings, FindingCode::PublicationChanged));
  const auto scanned = target_.sink->mark(scan_mark);
  Status written = scanned ? Status{} : tl::unexpected(scanned.error());
  if (scanned && resync && !has_code(report_.findings, FindingCode::WrongCluster) && !scanned->empty()) {
    written = begin_resync();
  }
  const bool scan_done = scanned && *scanned == "done" && !resync;
  if (errors) {
    refuse(FeedState::Refused, describe_errors(report_.findings), scan_done && !is_foreign(report_.findings));
  } else if (!written) {
    refuse(FeedState::Reconnecting, written.error().message, scan_done);
  } else {
    tell();
  }
}

Status TargetFeed::begin_resync() {
  AISLE_TRY(const std::string mark, target_.sink->mark(scan_mark));
  if (mark == ScanPosition{}.text()) return {};
  std::string reason = context_.new_slot_wanted ? "the slot could not be read any more" : "";
  for (const Finding& finding : report_.findings) {
    if (finding.severity == FindingSeverity::Resync) reason += (reason.empty() ? "" : "; ") + finding.message;
  }
  log(LogLevel::Warn, "feed.resync", "all products will be read again", {{"reason", reason}});
  AISLE_CHECK(write_mark(scan_mark, ScanPosition{}.text()));
  AISLE_CHECK(target_.sink->flush(Deadline::after(flush_wait)));
  context_.board.update([](FeedStatus& status) { ++status.resyncs; });
  context_.board.update_target(*target_.sink, [](TargetStatus& status) { ++status.resyncs; });
  return {};
}

// A person wants all products to be read again: then whatever database answers is the right one.
Status TargetFeed::forget_source() {
  AISLE_CHECK(write_mark(scan_mark, ScanPosition{}.text()));
  AISLE_CHECK(write_mark(identity_mark, ""));
  return target_.sink->flush(Deadline::after(flush_wait));
}

Status TargetFeed::look_anew(const SystemIdentity& system, Connection& connection) {
  if (refused_) return {};
  AISLE_TRY(report_,
            Preflight(target_.source(), connection).run(system, std::nullopt, 0, reader_, resolver_));
  if (has_severity(report_.findings, FindingSeverity::Error)) {
    refuse(FeedState::Refused, describe_errors(report_.findings), false);
  }
  return {};
}

Status TargetFeed::adopt(Connection& connection, bool guest) {
  if (refused_) return {};
  guest_ = guest;
  if (!report_.state.slot) {
    return fail(ErrorCode::Unavailable, "slot " + target_.source().slot + " vanished");
  }
  AISLE_TRY(root_, RootTable::open(connection, tables_.front()));
  const auto position = [&]() -> Result<ScanPosition> {
    AISLE_CHECK(store_identity());
    AISLE_TRY(const std::string mark, target_.sink->mark(scan_mark));
    return ScanPosition::parse(mark);
  };
  const auto from = position();
  if (!from) {
    refuse(FeedState::Reconnecting, from.error().message, true);
    return {};
  }
  start_scan(*from, connection);
  tell();
  return {};
}

// With a scan ahead the index may take the slot's position: what lies before it is the scan's to find.
Status TargetFeed::store_identity() {
  AISLE_TRY(const std::string known, target_.sink->mark(identity_mark));
  AISLE_TRY(const std::string mark, target_.sink->mark(scan_mark));
  const bool scan_ahead = ScanPosition::parse(mark).phase != ScanPosition::Phase::Done;
  // An index of another history (or beyond what a promoted standby had) stands at a position that means
  // nothing.
  const bool other_history = scan_ahead && (known.empty() || report_.state.flushed < index_lsn_);
  completed_lsn_ = index_lsn_;
  if (scan_ahead) completed_lsn_ = std::max(index_lsn_, report_.state.slot->confirmed);
  if (other_history) completed_lsn_ = report_.state.slot->confirmed;
  target_lsn_ = completed_lsn_;
  if (known != report_.state.identity.text() || completed_lsn_ != index_lsn_) {
    AISLE_CHECK(write_mark(identity_mark, report_.state.identity.text(), completed_lsn_));
    AISLE_CHECK(target_.sink->flush(Deadline::after(flush_wait)));
  }
  AISLE_TRY(const std::string repair, target_.sink->mark(repair_mark));
  repair_wanted_ = repair == "wanted";
  return {};
}

Result<bool> TargetFeed::is_mended(const SystemIdentity& system, Connection& connection) {
  if (refused_state_ != FeedState::Refused) return target_.sink->has_room();  // the sink's own trouble
  AISLE_TRY(const std::string known, target_.sink->mark(identity_mark));
  AISLE_TRY(const SourceReport report,
            Preflight(target_.source(), connection)
                .run(system, SourceIdentity::parse(known), index_lsn_, reader_, resolver_));
  return !has_severity(report.findings, FindingSeverity::Error);
}

}  // namespace aisle
