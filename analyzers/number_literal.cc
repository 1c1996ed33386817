#include "analyzers/number_literal.h"

#include <algorithm>

namespace aisle {
namespace {

// Does `separator` stand before groups of three digits only, in a number that does not begin with 0?
bool separates_thousands(std::span<const DigitGroup> groups, char separator) {
  if (groups.front().leading_zero || groups.front().digits > 3) return false;
  return std::all_of(groups.begin() + 1, groups.end(), [&](const DigitGroup& group) {
    return group.separator != separator || group.digits == 3;
  });
}

}  // namespace

NumberReading read_number(std::span<const DigitGroup> groups) {
  const auto rest = groups.subspan(1);
  const auto commas =
      std::count_if(rest.begin(), rest.end(), [](const auto& g) { return g.separator == ','; });
  const auto dots = static_cast<std::ptrdiff_t>(rest.size()) - commas;
  if (commas == 0) return {groups.size(), 0};
  if (dots == 0) {
    if (separates_thousands(groups, ',')) return {groups.size(), ','};
    if (commas == 1) return {groups.size(), 0};
  } else {
    const char last = groups.back().separator;
    if (last == '.' && dots == 1 && separates_thousands(groups, ',')) return {groups.size(), ','};
    if (last == ',' && commas == 1 && separates_thousands(groups, '.')) return {groups.size(), '.'};
  }
  const auto list = std::find_if(rest.begin(), rest.end(), [](const auto& g) { return g.separator == ','; });
  return {static_cast<std::size_t>(list - rest.begin()) + 1, 0};
}

}  // namespace aisle
