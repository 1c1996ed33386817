// One change of an index, fully built: what the op log carries, shards store and images read.
// Nothing in it needs the analyzer or the source again.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

// Position in PostgreSQL's write-ahead log; 0 before the first change. File sources count records.
using Lsn = std::uint64_t;
std::string format_lsn(Lsn lsn);  // "16/B374D848"
Result<Lsn> parse_lsn(std::string_view text);

// Position in the op log of one generation and shard; the first op has 1.
using Seq = std::uint64_t;

// No value in a number column.
inline constexpr std::int64_t missing_number = std::numeric_limits<std::int64_t>::min();

struct IndexToken {
  std::string term;  // folded, at most Analyzer::token_bytes_max bytes
  std::uint32_t position = 0;
  bool base = true;  // counts for the field's length: an unmixed word or a part; else a mixed or joined form
  friend bool operator==(const IndexToken&, const IndexToken&) = default;
};

struct FieldTokens {
  std::uint16_t field = 0;         // Field::number
  std::vector<IndexToken> tokens;  // ordered by position
  friend bool operator==(const FieldTokens&, const FieldTokens&) = default;
};

struct NumberCell {
  std::uint16_t field = 0;
  std::int64_t value = missing_number;
  friend bool operator==(const NumberCell&, const NumberCell&) = default;
};

struct KeywordCell {
  std::uint16_t field = 0;
  std::vector<std::string> values;  // sorted, unique, each <= 256 bytes. A hierarchy lists every ancestor
                                    // too: "A", "A > B", "A > B > C". A code column holds the normalised code
  friend bool operator==(const KeywordCell&, const KeywordCell&) = default;
};

struct Document {
  std::string id;                     // 1..128 bytes of valid UTF-8 without control characters
  std::vector<FieldTokens> texts;     // fields with `search`, ordered by field
  std::vector<NumberCell> numbers;    // ordered by field; missing ones left out
  std::vector<KeywordCell> keywords;  // ordered by field
  std::string stored;                 // JSON object text without volatile and without stored:false fields
  friend bool operator==(const Document&, const Document&) = default;
};

enum class OpKind : std::uint8_t { Upsert, SetNumbers, Delete, Mark };

struct Op {
  OpKind kind = OpKind::Mark;
  Lsn lsn = 0;        // once this op is applied, all up to here is: of a batch only the last op has its LSN
  std::string id;     // of Upsert, SetNumbers, Delete
  Document document;  // of Upsert
  std::vector<NumberCell>
      numbers;           // of SetNumbers: the volatile cells that change; missing_number removes one
  std::string mark_key;  // of Mark: metadata to keep with the shard ("scan_cursor"); "" = only the LSN moves
  std::string mark_value;
  friend bool operator==(const Op&, const Op&) = default;
};

// Stable binary forms. decode_* refuses anything encode_* cannot have written (DataLoss), never reads out of
// bounds. encode_document leaves `numbers` of volatile fields in: the shard writer decides what it stores
// where.
std::string encode_document(const Document& document);
Result<Document> decode_document(std::string_view bytes);
std::string encode_op(const Op& op);
Result<Op> decode_op(std::string_view bytes);

// Which shard a product belongs to: xxh3(id) mod shards. `shards` >= 1.
std::uint32_t shard_of(std::string_view id, std::uint32_t shards);

}  // namespace aisle
