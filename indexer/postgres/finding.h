// What a look at the source found: one line for people, a code for programs, SQL that mends it.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aisle {

enum class FindingCode : std::uint8_t {
  ConnectionFailed,
  ReplicationFailed,
  ServerTooOld,
  ServerIsStandby,
  WalLevel,
  WalKeptWithoutLimit,
  TableMissing,
  ColumnMissing,
  SelectDenied,
  NoIdentity,
  WeakIdentity,
  QueryFailed,
  IdMismatch,
  SlowQuery,
  PublicationMissing,
  PublicationChanged,
  SlotMissing,
  SlotLost,
  SlotUnreserved,
  SlotActive,
  SlotForeign,
  SlotAhead,
  WrongCluster,
  NewTimeline,
  OldTimeline,
  DatabaseRestored,
};
// "SLOT_LOST" and so on: stable, for scripts.
std::string_view finding_name(FindingCode code);

enum class FindingSeverity : std::uint8_t {
  Info,
  Warning,  // the feed runs; something is worth mending
  Resync,   // the feed mends it by itself: it reads all products again
  Error,    // the feed refuses to run until it is mended
};
std::string_view severity_name(FindingSeverity severity);

struct Finding {
  FindingCode code = FindingCode::ConnectionFailed;
  FindingSeverity severity = FindingSeverity::Info;
  std::string message;
  std::string fix;  // SQL to run, "" when there is none
};

bool has_severity(std::span<const Finding> findings, FindingSeverity severity);
bool has_code(std::span<const Finding> findings, FindingCode code);

}  // namespace aisle
