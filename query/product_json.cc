#include "query/product_json.h"

#include <algorithm>

#include "query/prefetch.h"
#include "schemas/number_text.h"

namespace aisle {

std::string product_json(const IndexContext& context, const SegmentView& view, std::uint32_t document) {
  constexpr std::size_t values_bytes = 96;  // of volatile numbers and their names, for the most part
  const std::string_view stored = view.segment->stored.get(document);
  std::string json;
  json.reserve(stored.size() + values_bytes);
  json = stored;
  for (const Field& field : context.schema->fields) {
    if (!field.volatile_value || !field.stored) continue;
    const std::int64_t value = view.numbers(field.number).get(document);
    if (value == missing_number) continue;
    json.pop_back();
    json += json.size() > 1 ? ",\"" : "\"";
    json += field.name;
    json += "\":";
    json += number_json(field, value);
    json += '}';
  }
  return json;
}

void prefetch_product_place(const SegmentView& view, std::uint32_t document) {
  prefetch(&view.segment->stored.offsets()[document]);
}

void prefetch_product(const IndexContext& context, const SegmentView& view, std::uint32_t document) {
  constexpr std::size_t line = 64;
  const std::string_view stored = view.segment->stored.get(document);
  for (std::size_t at = 0; at < std::min(stored.size(), 8 * line); at += line) prefetch(stored.data() + at);
  for (const Field& field : context.schema->fields) {
    if (field.volatile_value && field.stored) view.numbers(field.number).prefetch_value(document);
  }
}

}  // namespace aisle
