#include "indexer/postgres/slot_watch.h"

#include <charconv>

namespace aisle {
namespace {

template <class Number>
Number number_of(std::string_view text) {
  Number out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

Result<SlotWatch> watch_slot(Connection& connection, const std::string& slot) {
  SlotWatch out;
  AISLE_TRY(
      const Rows slots,
      connection.query("SELECT COALESCE(wal_status, ''), "
                       "COALESCE(GREATEST(pg_current_wal_insert_lsn() - restart_lsn, 0)::bigint, 0), "
                       "COALESCE(GREATEST(pg_current_wal_insert_lsn() - confirmed_flush_lsn, 0)::bigint, 0) "
                       "FROM pg_replication_slots WHERE slot_name = $1",
                       {slot}));
  if (!slots.empty()) {
    out.wal_status = slots.text(0, 0);
    out.retained_bytes = number_of<std::uint64_t>(slots.text(0, 1));
    out.unconfirmed_bytes = number_of<std::uint64_t>(slots.text(0, 2));
  }
  AISLE_TRY(
      const Rows writers,
      connection.query("SELECT pid, extract(epoch FROM clock_timestamp() - xact_start) "
                       "FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() "
                       "ORDER BY xact_start LIMIT 1"));
  if (!writers.empty()) {
    out.oldest_writer_pid = number_of<int>(writers.text(0, 0));
    out.oldest_writer_seconds = number_of<double>(writers.text(0, 1));
  }
  return out;
}

}  // namespace aisle
