// How a shard lies in Xapian: what the writer puts there and readers and standard tools (delve) find.
//
//   term  Q<id>                     unique term of a product
//   term  X<FIELD>:<token>          a token of a search field, wdf = occurrences
//   term  K<FIELD>:<value>          boolean term of a keyword, hierarchy or code column value
//   value <field number>            a number column, encoded so that bytes sort like numbers
//   data                            encode_document() without its numbers
//   metadata                        lsn, seq, log, schema_hash, analyzer_version, and marks as "mark:<key>"
//
// <FIELD> is the field's name in upper case. A term over 240 bytes keeps its first 200 bytes (cut between
// code points), then '#' and the 16 hex digits of its XXH3. Zero bytes count twice, as in Xapian; with any
// among the 200, 100 are kept.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace aisle {

std::string id_term(std::string_view id);
std::string token_term(std::string_view field_name, std::string_view token);
std::string keyword_term(std::string_view field_name, std::string_view value);

// Eight bytes, big-endian, sign bit flipped: memcmp order = number order.
std::string encode_number_value(std::int64_t number);
Result<std::int64_t> decode_number_value(std::string_view bytes);

namespace shard_metadata {
inline constexpr std::string_view lsn = "lsn";  // decimal
inline constexpr std::string_view seq = "seq";  // decimal
inline constexpr std::string_view log = "log";  // epoch, term and chain of seq; "" = from no log
inline constexpr std::string_view schema_hash = "schema_hash";
inline constexpr std::string_view analyzer_version = "analyzer_version";
inline constexpr std::string_view mark_prefix = "mark:";
}  // namespace shard_metadata

}  // namespace aisle
