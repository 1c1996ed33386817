#include "schemas/quantity_term.h"

#include "analyzers/units.h"
#include "schemas/number_text.h"
#include "schemas/op.h"

namespace aisle {

std::optional<std::string> quantity_term(const Field& field, std::int64_t value) {
  if (value == missing_number) return std::nullopt;
  const std::string number = number_json(field, value);
  if (!quantity_of(number, field.unit)) return std::nullopt;
  return number + field.unit;
}

}  // namespace aisle
