#include "indexer/postgres/pgoutput_decoder.h"

#include <algorithm>
#include <string>

#include "indexer/postgres/byte_reader.h"

namespace aisle {
namespace {

TupleValue read_value(ByteReader& in) {
  switch (static_cast<char>(in.u8())) {
    case 'n':
      return {TupleValueKind::Null, {}};
    case 'u':
      return {TupleValueKind::Unchanged, {}};
    case 't':
      return {TupleValueKind::Text, in.bytes(in.u32())};
    default:
      in.refuse();  // 'b', binary, was never asked for
  }
  return {};
}

Tuple read_tuple(ByteReader& in) {
  const std::size_t count = in.u16();
  if (count > in.left()) in.refuse();  // each value takes a byte at least
  Tuple tuple;
  if (in.ok()) tuple.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) tuple.push_back(read_value(in));
  return tuple;
}

BeginMessage read_begin(ByteReader& in) {
  BeginMessage message;
  message.final_lsn = in.u64();
  message.commit_time = static_cast<std::int64_t>(in.u64());
  message.xid = in.u32();
  return message;
}

CommitMessage read_commit(ByteReader& in) {
  in.u8();  // flags, unused
  CommitMessage message;
  message.commit_lsn = in.u64();
  message.end_lsn = in.u64();
  message.commit_time = static_cast<std::int64_t>(in.u64());
  return message;
}

RelationMessage read_relation(ByteReader& in) {
  RelationMessage message;
  message.oid = in.u32();
  message.schema = in.zero_terminated();
  if (message.schema.empty()) message.schema = "pg_catalog";  // how the protocol spells it
  message.table = in.zero_terminated();
  message.identity = static_cast<char>(in.u8());
  const std::size_t count = in.u16();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    RelationColumn column;
    column.key = (in.u8() & 1U) != 0;
    column.name = in.zero_terminated();
    column.type = in.u32();
    in.u32();  // type modifier
    message.columns.push_back(column);
  }
  return message;
}

InsertMessage read_insert(ByteReader& in) {
  InsertMessage message;
  message.oid = in.u32();
  if (in.u8() != 'N') in.refuse();
  message.row = read_tuple(in);
  return message;
}

UpdateMessage read_update(ByteReader& in) {
  UpdateMessage message;
  message.oid = in.u32();
  auto letter = static_cast<char>(in.u8());
  if (letter == 'K' || letter == 'O') {
    message.has_old = true;
    message.old = read_tuple(in);
    letter = static_cast<char>(in.u8());
  }
  if (letter != 'N') in.refuse();
  message.row = read_tuple(in);
  return message;
}

DeleteMessage read_delete(ByteReader& in) {
  DeleteMessage message;
  message.oid = in.u32();
  const auto letter = static_cast<char>(in.u8());
  if (letter != 'K' && letter != 'O') in.refuse();
  message.old = read_tuple(in);
  return message;
}

TruncateMessage read_truncate(ByteReader& in) {
  const std::size_t count = in.u32();
  in.u8();  // CASCADE and RESTART IDENTITY change nothing here
  if (count > in.left() / 4) in.refuse();
  TruncateMessage message;
  for (std::size_t i = 0; i < count && in.ok(); ++i) message.oids.push_back(in.u32());
  return message;
}

LogicalMessage read_logical(ByteReader& in) {
  LogicalMessage message;
  message.transactional = (in.u8() & 1U) != 0;
  message.lsn = in.u64();
  message.prefix = in.zero_terminated();
  message.content = in.bytes(in.u32());
  return message;
}

PgoutputMessage read_message(char letter, ByteReader& in) {
  switch (letter) {
    case 'B':
      return read_begin(in);
    case 'C':
      return read_commit(in);
    case 'R':
      return read_relation(in);
    case 'I':
      return read_insert(in);
    case 'U':
      return read_update(in);
    case 'D':
      return read_delete(in);
    case 'T':
      return read_truncate(in);
    case 'M':
      return read_logical(in);
    default:
      break;
  }
  in.rest();
  return IgnoredMessage{letter, std::string_view("OYSEcA").find(letter) != std::string_view::npos};
}

}  // namespace

Result<PgoutputMessage> decode_pgoutput(std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorCode::DataLoss, "replication message is empty");
  ByteReader in(bytes.substr(1));
  PgoutputMessage message = read_message(bytes.front(), in);
  const std::string name = "replication message '" + std::string(1, bytes.front()) + "' of " +
                           std::to_string(bytes.size()) + " bytes";
  if (!in.ok()) return fail(ErrorCode::DataLoss, name + " is cut or malformed");
  if (in.left() != 0) {
    return fail(ErrorCode::DataLoss, name + " has " + std::to_string(in.left()) + " bytes too many");
  }
  return message;
}

}  // namespace aisle
