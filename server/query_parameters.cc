#include "server/query_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "base/utf8.h"
#include "server/http/url.h"

namespace aisle {
namespace {

// A parameter's text as the JSON value its type asks for.
Result<nlohmann::json> typed(const Parameter& parameter, const std::string& text) {
  const auto refuse = [&](std::string_view expected) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("{} is \"{}\", expected {}", parameter.name, cut_utf8(text, 64), expected));
  };
  switch (parameter.type) {
    case ParameterType::Text:
      return nlohmann::json(text);
    case ParameterType::List:
      return nlohmann::json(split_list(text));
    case ParameterType::Number: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return refuse("a whole number");
      return nlohmann::json(number);
    }
    case ParameterType::Share: {
      double share = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
      if (error != std::errc() || end != text.data() + text.size()) return refuse("a number from 0 to 1");
      return nlohmann::json(share);
    }
    case ParameterType::Switch:
      break;
  }
  if (text == "true" || text == "1" || text.empty()) return nlohmann::json(true);
  if (text == "false" || text == "0") return nlohmann::json(false);
  return refuse("true or false");
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

Result<nlohmann::json> read_parameters(std::string_view query_string, std::span<const Parameter> known) {
  AISLE_TRY(const QueryPairs pairs, parse_query(query_string));
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : pairs) {
    const auto parameter = std::ranges::find(known, name, &Parameter::name);
    if (parameter == known.end()) {
      std::vector<std::string> names;
      for (const Parameter& some : known) names.emplace_back(some.name);
      return fail(ErrorCode::InvalidArgument,
                  fmt::format("unknown parameter \"{}\"{}, expected one of {}", cut_utf8(name, 64),
                              did_you_mean(name, names), fmt::join(names, ", ")));
    }
    if (json.contains(name)) return fail(ErrorCode::InvalidArgument, name + " is given twice");
    if (!is_valid_utf8(value)) return fail(ErrorCode::InvalidArgument, name + " is not valid UTF-8");
    AISLE_TRY(json[name], typed(*parameter, value));
  }
  return json;
}

}  // namespace aisle
