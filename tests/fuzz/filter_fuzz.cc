// Filters of arbitrary bytes: refused with a message or compiled within the limits, and then evaluated.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "query/filter.h"

namespace {

constexpr std::string_view schema_text = R"({"index": "shop", "fields": {
  "title": {"type": "text", "search": true}, "brand": {"type": "keyword", "facet": true},
  "path": {"type": "hierarchy", "facet": true}, "ean": {"type": "code", "filter": true},
  "size": {"type": "int", "filter": true}, "price": {"type": "decimal", "filter": true},
  "organic": {"type": "bool", "filter": true}, "released": {"type": "date", "filter": true}}})";

std::size_t nodes(const aisle::FilterNode& node) {
  std::size_t count = 1;
  for (const aisle::FilterNode& child : node.children) count += nodes(child);
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto schema = aisle::IndexSchema::parse(schema_text).value();
  const aisle::QueryLimits limits;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = aisle::compile_filter(text, *schema, limits);
  if (!filter) {
    if (filter.error().message.empty() || filter.error().code != aisle::ErrorCode::InvalidArgument)
      std::abort();
    return 0;
  }
  std::size_t total = 0;
  for (const aisle::Conjunct& conjunct : filter->conjuncts) total += nodes(conjunct.node);
  // a clause brings itself, what joins it, and negations and brackets around it
  if (total > limits.filter_clauses_max * (limits.filter_depth_max + 2)) std::abort();
  for (const aisle::Field& field : schema->fields) (void)aisle::selected_values(*filter, field);
  return 0;
}
