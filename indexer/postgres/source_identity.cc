#include "indexer/postgres/source_identity.h"

#include <charconv>
#include <sstream>

namespace aisle {
namespace {

using Code = FindingCode;
using Severity = FindingSeverity;

std::vector<Finding> compare_cluster(const SourceIdentity& known, Lsn index_lsn, const SourceState& now) {
  std::vector<Finding> out;
  if (known.system_id != now.identity.system_id) {
    out.push_back({Code::WrongCluster, Severity::Error,
                   "the server is cluster " + now.identity.system_id + ", the index was built from cluster " +
                       known.system_id + "; reindex to change the source",
                   ""});
    return out;
  }
  const std::string timelines = "timeline " + std::to_string(now.identity.timeline) +
                                ", the index follows timeline " + std::to_string(known.timeline);
  if (now.identity.timeline < known.timeline) {
    out.push_back({Code::OldTimeline, Severity::Error,
                   "the server is on " + timelines + ": an old primary is still up", ""});
    return out;
  }
  if (now.flushed < index_lsn && now.identity.timeline == known.timeline) {
    out.push_back({Code::DatabaseRestored, Severity::Error,
                   "the server's log ends at " + format_lsn(now.flushed) + ", before the index's position " +
                       format_lsn(index_lsn) +
                       ": the database was restored to an older state; resync if it is the right one",
                   ""});
    return out;
  }
  if (now.identity.timeline > known.timeline) {
    out.push_back({Code::NewTimeline, Severity::Resync, "the server is on " + timelines, ""});
  }
  return out;
}

void compare_slot(const SlotState& slot, const std::string& name, const SourceState& now,
                  std::vector<Finding>& out) {
  if (slot.plugin != "pgoutput" || slot.database != now.database) {
    out.push_back({Code::SlotForeign, Severity::Error,
                   "slot " + name + " has plugin \"" + slot.plugin + "\" in database \"" + slot.database +
                       "\", expected pgoutput in \"" + now.database + "\"; choose another slot name",
                   ""});
  }
  if (slot.wal_status == "lost") {
    out.push_back({Code::SlotLost, Severity::Resync,
                   "slot " + name + " lost its write-ahead log: max_slot_wal_keep_size was passed",
                   "ALTER SYSTEM SET max_slot_wal_keep_size = '<more>'"});
  } else if (slot.wal_status == "unreserved") {
    out.push_back({Code::SlotUnreserved, Severity::Warning,
                   "slot " + name + " is about to lose its write-ahead log", ""});
  }
  if (slot.active_pid != 0) {
    out.push_back({Code::SlotActive, Severity::Info,
                   "slot " + name + " is in use by server process " + std::to_string(slot.active_pid), ""});
  }
}

}  // namespace

std::string SourceIdentity::text() const {
  const std::string type = id_type.empty() ? "" : " " + id_type;
  return system_id + " " + std::to_string(timeline) + " " + slot + " " + publication + type;
}

std::optional<SourceIdentity> SourceIdentity::parse(const std::string& mark) {
  std::istringstream in(mark);
  SourceIdentity out;
  if (!(in >> out.system_id >> out.timeline >> out.slot >> out.publication)) return std::nullopt;
  in >> out.id_type;
  return out;
}

std::vector<Finding> compare_source(const std::optional<SourceIdentity>& known, Lsn index_lsn,
                                    const SourceState& now) {
  std::vector<Finding> out;
  if (known) out = compare_cluster(*known, index_lsn, now);
  const std::string& name = now.identity.slot;
  if (now.slot) {
    compare_slot(*now.slot, name, now, out);
    if (known && now.slot->confirmed > index_lsn) {
      out.push_back({Code::SlotAhead, Severity::Resync,
                     "slot " + name + " is confirmed up to " + format_lsn(now.slot->confirmed) +
                         ", beyond the index's position " + format_lsn(index_lsn),
                     ""});
    }
  } else {
    out.push_back({Code::SlotMissing, known ? Severity::Resync : Severity::Info,
                   "slot " + name + " does not exist", ""});
  }
  if (known && !now.identity.publication.empty() && known->publication != now.identity.publication) {
    out.push_back({Code::PublicationChanged, Severity::Resync,
                   "the publication or one of its tables was made anew since the index was built", ""});
  }
  return out;
}

}  // namespace aisle
