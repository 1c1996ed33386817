#include "schemas/field_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "analyzers/analyzer.h"
#include "analyzers/units.h"
#include "base/nearest_name.h"
#include "schemas/name_rules.h"

namespace aisle {
namespace {

constexpr std::size_t separator_bytes_max = 16;
constexpr std::size_t label_bytes_max = 200;
constexpr std::array types = {FieldType::Text,    FieldType::Keyword, FieldType::Code, FieldType::Int,
                              FieldType::Decimal, FieldType::Bool,    FieldType::Date, FieldType::Hierarchy};

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const FieldType type : types) names.emplace_back(type_name(type));
  return names;
}

FieldType read_type(const JsonReader& field) {
  static const std::vector<std::string> names = type_names();
  const std::string name = field.require_choice("type", names);
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? FieldType::Text : types[static_cast<std::size_t>(found - names.begin())];
}

// "a text field", "an int field"
std::string with_article(FieldType type) {
  return fmt::format("{} {} field", type == FieldType::Int ? "an" : "a", type_name(type));
}

// Refuses the member when it is given and `allowed` is false.
void check_member(const JsonReader& field, std::string_view name, bool allowed, const std::string& sentence) {
  if (!allowed && field.has(name)) field.member(name).fail(": " + sentence);
}

bool may_have_unit(const Field& field) {
  return field.type == FieldType::Int || field.type == FieldType::Decimal;
}

std::string read_unit(const JsonReader& reader) {
  const std::string given = reader.string_or("unit", "");
  std::string unit = fold(given);
  if (!reader.ok() || !reader.has("unit") || quantity_of("1", unit)) return unit;
  reader.member("unit").fail(fmt::format("is \"{}\", expected a unit that the unit table knows, such as gb{}",
                                         given.substr(0, 40), did_you_mean(unit, unit_spellings())));
  return "";
}

void check_flags(const JsonReader& reader, const Field& field) {
  const std::string kind = with_article(field.type);
  const bool text = field.type == FieldType::Text;
  if (field.search && field.is_number() && field.unit.empty()) {
    reader.member("search").fail(
        fmt::format(": {} is not searched by words{}, use \"filter\", or type code or keyword", kind,
                    may_have_unit(field) ? " without a \"unit\"" : ""));
  }
  if (field.search && field.volatile_value && !field.unit.empty())
    reader.member("volatile").fail(": a field that is searched cannot be volatile");
  if (field.infix && field.type != FieldType::Code)
    reader.member("infix").fail(": " + kind + " has no infix, use type code");
  if (field.infix && !field.search) reader.member("infix").fail(": has no effect without \"search\": true");
  if (text && field.facet) reader.member("facet").fail(": a text field has no facet, use type keyword");
  if (text && field.filter) reader.member("filter").fail(": a text field has no filter, use type keyword");
  if (field.sort && !field.is_number() && field.type != FieldType::Keyword) {
    reader.member("sort").fail(": " + kind + " cannot be sorted by, use type keyword");
  }
  if (field.volatile_value && !field.is_number()) {
    reader.member("volatile").fail(": " + kind + " cannot be volatile, only int, decimal, bool and date can");
  }
}

void check_settings(const JsonReader& reader, const Field& field) {
  const std::string kind = with_article(field.type);
  const bool words = field.type == FieldType::Text || field.is_keyword();
  check_member(reader, "unit", may_have_unit(field), kind + " has no unit, only int and decimal have");
  check_member(reader, "unit", field.search, "has no effect without \"search\": true");
  check_member(reader, "label", !field.unit.empty(), "has no effect without a \"unit\"");
  if (field.label.size() > label_bytes_max)
    reader.member("label").fail(
        fmt::format("is {} bytes, the limit is {}", field.label.size(), label_bytes_max));
  check_member(reader, "weight", field.search, "has no effect without \"search\": true");
  check_member(reader, "decimals", field.type == FieldType::Decimal,
               kind + " has no decimals, use type decimal");
  check_member(reader, "separator", field.type == FieldType::Hierarchy,
               kind + " has no separator, use type hierarchy");
  check_member(reader, "language", words, kind + " has no language, only text, keyword and hierarchy have");
  if (!is_json_pointer(field.path)) {
    reader.member("path").fail(
        fmt::format("is \"{}\", expected a JSON pointer into the record as in \"/offer/price\"",
                    field.path.substr(0, 80)));
  }
  if (field.separator.empty() || field.separator.size() > separator_bytes_max) {
    reader.member("separator")
        .fail(fmt::format("is {} bytes, expected 1 to {}", field.separator.size(), separator_bytes_max));
  }
}

Field read_field(const std::string& name, const JsonReader& reader, const std::string& index_language) {
  reader.allow_only({"type", "search", "facet", "filter", "sort", "stored", "volatile", "infix", "unit",
                     "label", "weight", "decimals", "language", "path", "separator"});
  Field field;
  field.name = name;
  if (!is_field_name(name)) {
    reader.fail(
        ": a field name is a letter, then letters, digits, _ or ., at most 64; use \"path\" for another key");
  }
  field.type = read_type(reader);
  field.search = reader.bool_or("search", false);
  field.facet = reader.bool_or("facet", false);
  field.filter = reader.bool_or("filter", false) || field.facet;
  field.sort = reader.bool_or("sort", false);
  field.stored = reader.bool_or("stored", true);
  field.volatile_value = reader.bool_or("volatile", false);
  field.infix = reader.bool_or("infix", false);
  field.unit = read_unit(reader);
  field.label = reader.string_or("label", name);
  field.weight = static_cast<int>(reader.integer_or("weight", 1, 1, 100));
  field.decimals = static_cast<int>(reader.integer_or("decimals", field.decimals, 0, 6));
  field.language = read_language(reader, index_language);
  field.path = reader.string_or("path", "/" + name);
  field.separator = reader.string_or("separator", field.separator);
  if (!reader.ok()) return field;
  check_flags(reader, field);
  check_settings(reader, field);
  return field;
}

// Terms carry the name in upper case, so two fields must differ by more.
void check_distinct(const JsonReader& fields) {
  std::map<std::string, std::string> seen;
  for (const auto& [name, reader] : fields.members()) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto [other, added] = seen.emplace(lower, name);
    if (!added)
      reader.fail(fmt::format(": differs from field \"{}\" by upper and lower case only", other->second));
  }
}

}  // namespace

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::Text:
      return "text";
    case FieldType::Keyword:
      return "keyword";
    case FieldType::Code:
      return "code";
    case FieldType::Int:
      return "int";
    case FieldType::Decimal:
      return "decimal";
    case FieldType::Bool:
      return "bool";
    case FieldType::Date:
      return "date";
    case FieldType::Hierarchy:
      return "hierarchy";
  }
  return "text";
}

std::string read_language(const JsonReader& object, const std::string& fallback) {
  return object.choice_or("language", fallback, Analyzer::languages());
}

std::vector<Field> read_fields(const JsonReader& fields, const std::string& index_language) {
  std::vector<Field> found;
  const auto members = fields.members();
  if (members.size() > IndexSchema::fields_max) {
    fields.fail(fmt::format("has {} fields, the limit is {}", members.size(), IndexSchema::fields_max));
    return found;
  }
  std::size_t searched = 0;
  for (const auto& [name, reader] : members) {
    found.push_back(read_field(name, reader, index_language));
    found.back().number = static_cast<std::uint16_t>(found.size() - 1);
    if (found.back().search) ++searched;
  }
  check_distinct(fields);
  if (searched == 0) fields.fail(": at least one field needs \"search\": true");
  if (searched > IndexSchema::search_fields_max) {
    fields.fail(
        fmt::format("has {} search fields, the limit is {}", searched, IndexSchema::search_fields_max));
  }
  return found;
}

}  // namespace aisle
