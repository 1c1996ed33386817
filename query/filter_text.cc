#include "query/filter_text.h"

#include <limits>

#include "schemas/number_text.h"
#include "schemas/op.h"

namespace aisle {
namespace {

std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

// One value with =, several with IN.
std::string any_of(const Field& field, const std::vector<std::string>& values) {
  if (values.size() == 1) return field.name + " = " + values.front();
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + value;
  return field.name + " IN (" + list + ")";
}

std::string joined(const FilterNode& node, const std::string& word) {
  std::string text;
  for (const FilterNode& child : node.children) text += (text.empty() ? "" : word) + filter_text(child);
  return "(" + text + ")";
}

// Comparisons are open at one end.
std::string range_text(const FilterNode& node) {
  const bool below = node.low == missing_number + 1 && node.high != std::numeric_limits<std::int64_t>::max();
  return node.field->name + (below ? " <= " : " >= ") +
         number_json(*node.field, below ? node.high : node.low);
}

}  // namespace

std::string filter_text(const FilterNode& node) {
  std::vector<std::string> values;
  switch (node.kind) {
    case FilterKind::And:
      return joined(node, " AND ");
    case FilterKind::Or:
      return joined(node, " OR ");
    case FilterKind::Not:
      return "NOT " + joined(node, "");
    case FilterKind::Keywords:
      for (const std::string& value : node.values) values.push_back(quoted(value));
      return any_of(*node.field, values);
    case FilterKind::Numbers:
      for (const std::int64_t number : node.numbers) values.push_back(number_json(*node.field, number));
      return any_of(*node.field, values);
    case FilterKind::Range:
      return range_text(node);
    case FilterKind::Exists:
      return node.field->name + " EXISTS";
  }
  return "";
}

}  // namespace aisle
