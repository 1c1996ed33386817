#include "schemas/shard_selection.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {

ShardSelection read_shard_selection(const JsonReader& parent, std::string_view name) {
  ShardSelection selection;
  if (!parent.has(name)) return selection;
  const JsonReader reader = parent.member(name);
  reader.allow_only({"of", "parts"});
  selection.of = static_cast<std::uint32_t>(reader.integer_or("of", 1, 1, ShardSelection::of_max));
  selection.parts.clear();
  for (const JsonReader& part : reader.member("parts").elements()) {
    const nlohmann::json& value = part.value();
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
        value.get<std::int64_t>() >= selection.of) {
      part.fail(fmt::format("is no number of a part, 0 to {}", selection.of - 1));
      return {};
    }
    selection.parts.push_back(value.get<std::uint32_t>());
  }
  std::ranges::sort(selection.parts);
  if (reader.ok() && selection.parts.empty()) reader.member("parts").fail("names no part");
  const auto twice = std::ranges::adjacent_find(selection.parts);
  if (twice != selection.parts.end()) reader.member("parts").fail(fmt::format("names part {} twice", *twice));
  return selection;
}

}  // namespace aisle
