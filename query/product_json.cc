#include "query/product_json.h"

#include "schemas/number_text.h"

namespace aisle {

std::string product_json(const IndexContext& context, const SegmentView& view, std::uint32_t document) {
  std::string json(view.segment->stored.get(document));
  for (const Field& field : context.schema->fields) {
    if (!field.volatile_value || !field.stored) continue;
    const std::int64_t value = view.numbers(field.number).get(document);
    if (value == missing_number) continue;
    json.pop_back();
    json += json.size() > 1 ? ",\"" : "\"";
    json += field.name + "\":" + number_json(field, value) + "}";
  }
  return json;
}

}  // namespace aisle
