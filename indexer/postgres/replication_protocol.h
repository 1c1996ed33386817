// The frames of a replication stream inside CopyBoth: WAL data, keepalive, standby status.
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "schemas/op.h"

namespace aisle {

struct WalData {
  std::string_view payload;  // one pgoutput message; borrowed
};
struct Keepalive {
  Lsn wal_end = 0;  // everything before it was sent or is of no interest to this stream
  bool reply_requested = false;
};
using ReplicationFrame = std::variant<WalData, Keepalive>;

// DataLoss for anything but a whole 'w' or 'k' frame.
Result<ReplicationFrame> decode_replication_frame(std::string_view bytes);

// `received` only keeps the server from asking; `durable` is what it may forget. `clock` in microseconds
// since 2000-01-01 UTC.
std::string encode_standby_status(Lsn received, Lsn durable, std::int64_t clock);

}  // namespace aisle
