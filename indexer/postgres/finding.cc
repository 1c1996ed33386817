#include "indexer/postgres/finding.h"

#include <algorithm>

namespace aisle {

std::string_view finding_name(FindingCode code) {
  switch (code) {
    case FindingCode::ConnectionFailed:
      return "CONNECTION_FAILED";
    case FindingCode::ReplicationFailed:
      return "REPLICATION_FAILED";
    case FindingCode::ServerTooOld:
      return "SERVER_TOO_OLD";
    case FindingCode::ServerIsStandby:
      return "SERVER_IS_STANDBY";
    case FindingCode::WalLevel:
      return "WAL_LEVEL";
    case FindingCode::WalKeptWithoutLimit:
      return "WAL_KEPT_WITHOUT_LIMIT";
    case FindingCode::TableMissing:
      return "TABLE_MISSING";
    case FindingCode::ColumnMissing:
      return "COLUMN_MISSING";
    case FindingCode::SelectDenied:
      return "SELECT_DENIED";
    case FindingCode::NoIdentity:
      return "NO_IDENTITY";
    case FindingCode::WeakIdentity:
      return "WEAK_IDENTITY";
    case FindingCode::QueryFailed:
      return "QUERY_FAILED";
    case FindingCode::IdMismatch:
      return "ID_MISMATCH";
    case FindingCode::SlowQuery:
      return "SLOW_QUERY";
    case FindingCode::PublicationMissing:
      return "PUBLICATION_MISSING";
    case FindingCode::PublicationChanged:
      return "PUBLICATION_CHANGED";
    case FindingCode::SlotMissing:
      return "SLOT_MISSING";
    case FindingCode::SlotLost:
      return "SLOT_LOST";
    case FindingCode::SlotUnreserved:
      return "SLOT_UNRESERVED";
    case FindingCode::SlotActive:
      return "SLOT_ACTIVE";
    case FindingCode::SlotForeign:
      return "SLOT_FOREIGN";
    case FindingCode::SlotAhead:
      return "SLOT_AHEAD";
    case FindingCode::WrongCluster:
      return "WRONG_CLUSTER";
    case FindingCode::NewTimeline:
      return "NEW_TIMELINE";
    case FindingCode::OldTimeline:
      return "OLD_TIMELINE";
    case FindingCode::DatabaseRestored:
      return "DATABASE_RESTORED";
  }
  return "UNKNOWN";
}

std::string_view severity_name(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::Info:
      return "info";
    case FindingSeverity::Warning:
      return "warning";
    case FindingSeverity::Resync:
      return "resync";
    case FindingSeverity::Error:
      return "error";
  }
  return "unknown";
}

bool has_severity(std::span<const Finding> findings, FindingSeverity severity) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& f) { return f.severity == severity; });
}

bool has_code(std::span<const Finding> findings, FindingCode code) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.code == code; });
}

}  // namespace aisle
