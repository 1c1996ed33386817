// What the feed's slot keeps on the server, and who makes it keep that.
#pragma once
#include <cstdint>
#include <string>

#include "base/error.h"
#include "indexer/postgres/connection.h"

namespace aisle {

struct SlotWatch {
  std::uint64_t retained_bytes = 0;     // of the server's log, kept for the slot
  std::uint64_t unconfirmed_bytes = 0;  // of it not yet durable in the index
  std::string wal_status;               // reserved, extended, unreserved, lost; "" = no slot
  int oldest_writer_pid = 0;            // server process with the oldest open write transaction; 0 = none
  double oldest_writer_seconds = 0;     // how long it has been open
};

// A long open write transaction keeps the slot's log although everything is confirmed.
Result<SlotWatch> watch_slot(Connection& connection, const std::string& slot);

}  // namespace aisle
