#include "schemas/schema_changes.h"

#include <fmt/format.h>

namespace aisle {
namespace {

std::string spelled(bool value) {
  return value ? "true" : "false";
}
std::string spelled(const std::string& value) {
  return "\"" + value + "\"";
}
std::string spelled(int value) {
  return std::to_string(value);
}

class Comparison {
 public:
  explicit Comparison(std::string what) : what_(std::move(what)) {}

  template <class T>
  void compare(std::string_view name, const T& from, const T& to) {
    if (from == to) return;
    found.push_back(fmt::format("{}{} was {}, is {}", what_, name, spelled(from), spelled(to)));
  }

  std::vector<std::string> found;

 private:
  const std::string what_;
};

std::vector<std::string> field_changes(const Field& from, const Field& to) {
  Comparison comparison("field " + from.name + ": ");
  comparison.compare("type", std::string(type_name(from.type)), std::string(type_name(to.type)));
  comparison.compare("search", from.search, to.search);
  comparison.compare("facet", from.facet, to.facet);
  comparison.compare("filter", from.filter, to.filter);
  comparison.compare("sort", from.sort, to.sort);
  comparison.compare("stored", from.stored, to.stored);
  comparison.compare("volatile", from.volatile_value, to.volatile_value);
  comparison.compare("decimals", from.decimals, to.decimals);
  comparison.compare("language", from.language, to.language);
  comparison.compare("path", from.path, to.path);
  comparison.compare("separator", from.separator, to.separator);
  comparison.compare("unit", from.unit, to.unit);
  return std::move(comparison.found);
}

std::string document_query(const IndexSchema& schema) {
  const auto* source = std::get_if<PostgresSource>(&schema.source);
  return source == nullptr ? "" : source->document_query;
}

}  // namespace

std::vector<std::string> content_changes(const IndexSchema& from, const IndexSchema& to) {
  Comparison comparison("");
  comparison.compare("id", from.id_field, to.id_field);
  comparison.compare("language", from.language, to.language);
  std::vector<std::string> found = std::move(comparison.found);
  if (document_query(from) != document_query(to)) found.emplace_back("document_query has changed");
  for (const Field& field : from.fields) {
    const Field* now = to.find(field.name);
    const auto changes = now == nullptr ? std::vector<std::string>{"field " + field.name + " is gone"}
                                        : field_changes(field, *now);
    found.insert(found.end(), changes.begin(), changes.end());
  }
  for (const Field& field : to.fields) {
    if (from.find(field.name) == nullptr) found.push_back("field " + field.name + " is new");
  }
  return found;
}

}  // namespace aisle
