#include "indexer/postgres/replication_protocol.h"

#include "indexer/postgres/byte_reader.h"

namespace aisle {
namespace {

void append_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> static_cast<unsigned>(shift)));
}

}  // namespace

Result<ReplicationFrame> decode_replication_frame(std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorCode::DataLoss, "replication frame is empty");
  ByteReader in(bytes.substr(1));
  ReplicationFrame frame;
  if (bytes.front() == 'w') {
    in.bytes(24);  // start, end and send time: positions come from Commit and keepalive alone
    frame = WalData{in.rest()};
  } else if (bytes.front() == 'k') {
    Keepalive keepalive;
    keepalive.wal_end = in.u64();
    in.u64();  // send time
    keepalive.reply_requested = in.u8() != 0;
    frame = keepalive;
  } else {
    return fail(ErrorCode::DataLoss,
                "replication frame starts with '" + std::string(1, bytes.front()) + "', expected 'w' or 'k'");
  }
  if (!in.ok() || in.left() != 0) {
    return fail(ErrorCode::DataLoss,
                "replication frame of " + std::to_string(bytes.size()) + " bytes is malformed");
  }
  return frame;
}

std::string encode_standby_status(Lsn received, Lsn durable, std::int64_t clock) {
  std::string out = "r";
  append_u64(out, received);
  append_u64(out, durable);
  append_u64(out, durable);  // applied
  append_u64(out, static_cast<std::uint64_t>(clock));
  out.push_back('\0');  // no reply wanted
  return out;
}

}  // namespace aisle
