// Reads the "source" of a catalogue schema: where the records come from.
#pragma once
#include "schemas/index_schema.h"
#include "schemas/json_reader.h"

namespace aisle {

inline constexpr std::size_t source_tables_max = 64;
inline constexpr std::size_t source_query_bytes_max = 64 * 1024;

// Errors are left in the reader's sink. `schema` has its index and fields already.
Source read_source(const JsonReader& source, const IndexSchema& schema);

}  // namespace aisle
