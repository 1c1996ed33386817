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

// A position as pg_current_wal_insert_lsn() tells it, as the stream would. On a new page of the log the
// server names the first byte behind the page's header; no record ends there, and no keepalive ever tells it:
// a wait for it on an idle database would not end.
inline Lsn without_page_header(Lsn lsn) {
  constexpr Lsn page_bytes = 8192;
  constexpr Lsn header_bytes_max = 40;
  const Lsn offset = lsn % page_bytes;
  return offset <= header_bytes_max ? lsn - offset : lsn;
}

// DataLoss for anything but a whole 'w' or 'k' frame.
Result<ReplicationFrame> decode_replication_frame(std::string_view bytes);

// `received` only keeps the server from asking; `durable` is what it may forget. `clock` in microseconds
// since 2000-01-01 UTC.
std::string encode_standby_status(Lsn received, Lsn durable, std::int64_t clock);

}  // namespace aisle
