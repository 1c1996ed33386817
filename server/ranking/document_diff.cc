#include "server/ranking/document_diff.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

std::string element_name(const Json& element, std::size_t place) {
  if (element.is_object() && element.contains("id") && element["id"].is_string())
    return element["id"].get<std::string>();
  return std::to_string(place);
}

// Every value that is no object and no array, and empty ones of these, by where it stands.
std::map<std::string, std::string> leaves(const Json& document) {
  std::map<std::string, std::string> found;
  std::vector<std::pair<std::string, const Json*>> open = {{"", &document}};
  while (!open.empty()) {
    const auto [pointer, value] = open.back();
    open.pop_back();
    if (value->is_object() && !value->empty()) {
      for (const auto& [name, member] : value->items()) open.emplace_back(pointer + "/" + name, &member);
    } else if (value->is_array() && !value->empty()) {
      for (std::size_t i = 0; i < value->size(); ++i)
        open.emplace_back(pointer + "/" + element_name((*value)[i], i), &(*value)[i]);
    } else {
      found[pointer] = dump_json(*value);
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> document_diff(const Json& before, const Json& after) {
  std::map<std::string, std::pair<std::string, std::string>> all;
  for (auto& [pointer, value] : leaves(before)) all[pointer].first = value;
  for (auto& [pointer, value] : leaves(after)) all[pointer].second = value;
  std::vector<std::string> lines;
  for (const auto& [pointer, values] : all) {
    if (values.first == values.second) continue;
    if (!values.first.empty()) lines.push_back("- " + pointer + ": " + values.first);
    if (!values.second.empty()) lines.push_back("+ " + pointer + ": " + values.second);
  }
  return lines;
}

}  // namespace aisle
