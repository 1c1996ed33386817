// Schema files of arbitrary bytes: refused with a message, or a schema within its bounds that reads the same
// twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schemas/index_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto schema = aisle::IndexSchema::parse(text);
  if (!schema) {
    if (schema.error().message.empty()) std::abort();
    return 0;
  }
  const aisle::IndexSchema& found = **schema;
  if (found.fields.empty() || found.fields.size() > aisle::IndexSchema::fields_max || found.hash.size() != 16)
    std::abort();
  std::size_t searched = 0;
  for (const aisle::Field& field : found.fields) {
    if (found.find(field.name) != &field || field.weight < 1 || field.weight > 100) std::abort();
    searched += field.search ? 1 : 0;
  }
  if (searched == 0 || searched > aisle::IndexSchema::search_fields_max) std::abort();
  if ((*aisle::IndexSchema::parse(text))->hash != found.hash) std::abort();
  return 0;
}
