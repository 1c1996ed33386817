// Reads the "fields" of a catalogue schema: what each field is, and that its flags fit its type.
#pragma once
#include <string>
#include <vector>

#include "schemas/index_schema.h"
#include "schemas/json_reader.h"

namespace aisle {

// The fields in the order of their names, numbered. Errors are left in the reader's sink.
std::vector<Field> read_fields(const JsonReader& fields, const std::string& index_language);

// The member "language": one that an analyzer knows, or the fallback when it is not given.
std::string read_language(const JsonReader& object, const std::string& fallback);

}  // namespace aisle
