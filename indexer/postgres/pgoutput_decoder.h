// Messages of PostgreSQL's pgoutput plugin, protocol version 1, text format: bytes to typed values. Pure and
// bounds-checked.
#pragma once
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "schemas/op.h"

namespace aisle {

// Views point into the decoded bytes and live as long as these.

enum class TupleValueKind : std::uint8_t {
  Null,
  Unchanged,  // a TOASTed value the update did not touch: its text was not sent, it is not null
  Text,
};

struct TupleValue {
  TupleValueKind kind = TupleValueKind::Null;
  std::string_view text;
};
using Tuple = std::vector<TupleValue>;

struct BeginMessage {
  Lsn final_lsn = 0;
  std::int64_t commit_time = 0;  // microseconds since 2000-01-01 UTC
  std::uint32_t xid = 0;
};
struct CommitMessage {
  Lsn commit_lsn = 0;
  Lsn end_lsn = 0;  // the position to store and to acknowledge
  std::int64_t commit_time = 0;
};
struct RelationColumn {
  bool key = false;  // part of the replica identity: the only columns an old tuple carries
  std::string_view name;
  std::uint32_t type = 0;
};
struct RelationMessage {
  std::uint32_t oid = 0;
  std::string_view schema;
  std::string_view table;
  char identity = 'd';
  std::vector<RelationColumn> columns;
};
struct InsertMessage {
  std::uint32_t oid = 0;
  Tuple row;
};
struct UpdateMessage {
  std::uint32_t oid = 0;
  bool has_old = false;
  Tuple old;  // read key columns alone
  Tuple row;
};
struct DeleteMessage {
  std::uint32_t oid = 0;
  Tuple old;  // read key columns alone
};
struct TruncateMessage {
  std::vector<std::uint32_t> oids;
};
struct LogicalMessage {
  bool transactional = false;
  Lsn lsn = 0;
  std::string_view prefix;
  std::string_view content;
};
struct IgnoredMessage {
  char letter = 0;
  bool known = false;  // origin, type and the messages of streamed transactions, which are of no use here
};

using PgoutputMessage =
    std::variant<BeginMessage, CommitMessage, RelationMessage, InsertMessage, UpdateMessage, DeleteMessage,
                 TruncateMessage, LogicalMessage, IgnoredMessage>;

// DataLoss when the bytes end early, go on after the message, or carry an impossible count or letter inside.
// A message of an unknown first letter is no error: IgnoredMessage.
Result<PgoutputMessage> decode_pgoutput(std::string_view bytes);

}  // namespace aisle
