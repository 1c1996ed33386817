#include "indexer/keyword_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "analyzers/analyzer.h"
#include "base/utf8.h"
#include "schemas/json_reader.h"
#include "schemas/number_value.h"

namespace aisle {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

tl::unexpected<Error> refuse(const Field& field, const nlohmann::json& value, std::string_view expected) {
  return fail(ErrorCode::InvalidArgument,
              field.name + " is " + shown_value(value) + ", expected " + std::string(expected));
}

Status check_count(const Field& field, std::size_t count) {
  if (count <= keyword_values_max) return {};
  return fail(ErrorCode::TooLarge, field.name + " has " + std::to_string(count) + " values, the limit is " +
                                       std::to_string(keyword_values_max));
}

// The value itself, or the elements of an array.
std::span<const nlohmann::json> elements(const nlohmann::json& value) {
  if (!value.is_array()) return {&value, 1};
  return value.get_ref<const nlohmann::json::array_t&>();
}

Result<std::vector<std::string>> scalars(const Field& field, const nlohmann::json& value,
                                         std::string_view expected) {
  const auto parts = elements(value);
  AISLE_CHECK(check_count(field, parts.size()));
  std::vector<std::string> texts;
  texts.reserve(parts.size());
  for (const nlohmann::json& part : parts) {
    if (part.is_null()) continue;
    if (part.is_structured()) return refuse(field, part, expected);
    std::string text = part.is_string() ? part.get_ref<const std::string&>() : dump_json(part);
    if (!trimmed(text).empty()) texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<std::string_view> split(std::string_view path, std::string_view separator) {
  std::vector<std::string_view> levels;
  while (true) {
    const auto end = separator.empty() ? std::string_view::npos : path.find(separator);
    levels.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return levels;
    path.remove_prefix(end + separator.size());
  }
}

// Adds one path of the given levels to `paths`; levels are trimmed, empty ones dropped.
Status add_path(const Field& field, std::span<const std::string_view> levels,
                std::vector<std::string>& paths) {
  std::string path;
  std::size_t count = 0;
  for (const std::string_view raw : levels) {
    const std::string_view level = trimmed(raw);
    if (level.empty()) continue;
    if (++count > hierarchy_levels_max) {
      return fail(ErrorCode::TooLarge, field.name + " has " + std::to_string(levels.size()) +
                                           " levels, the limit is " + std::to_string(hierarchy_levels_max));
    }
    if (count > 1) path += field.separator;
    path += level;
  }
  if (count > 0) paths.push_back(std::move(path));
  return {};
}

constexpr std::string_view hierarchy_expected = "a path such as \"A > B\" or an array of levels or paths";

// [["A", "B"], ["C"]]
Result<std::vector<std::string>> nested_paths(const Field& field, std::span<const nlohmann::json> parts) {
  std::vector<std::string> paths;
  for (const nlohmann::json& part : parts) {
    if (part.is_null()) continue;
    if (!part.is_array()) return refuse(field, part, hierarchy_expected);
    AISLE_TRY(const auto texts, scalars(field, part, hierarchy_expected));
    const std::vector<std::string_view> levels(texts.begin(), texts.end());
    AISLE_CHECK(add_path(field, levels, paths));
  }
  return paths;
}

}  // namespace

Result<std::vector<std::string>> keyword_values(const Field& field, const nlohmann::json& value) {
  AISLE_TRY(auto texts, scalars(field, value, "a text, number or bool, or an array of them"));
  for (std::string& text : texts) {
    if (text.size() > keyword_bytes_max) text.resize(cut_utf8(text, keyword_bytes_max).size());
  }
  return texts;
}

Result<std::vector<std::string>> code_values(const Field& field, const nlohmann::json& value) {
  constexpr std::size_t raw_bytes_max = 4 * keyword_bytes_max;  // normalising is not linear on hostile input
  AISLE_TRY(auto texts, scalars(field, value, "a text or number, or an array of them"));
  std::vector<std::string> codes;
  codes.reserve(texts.size());
  for (const std::string& text : texts) {
    const std::string code = normalize_code(cut_utf8(text, raw_bytes_max));
    if (!code.empty()) codes.emplace_back(cut_utf8(code, Analyzer::token_bytes_max));
  }
  return codes;
}

Result<std::vector<std::string>> hierarchy_paths(const Field& field, const nlohmann::json& value) {
  const auto parts = elements(value);
  if (value.is_array() && std::ranges::any_of(parts, [](const auto& part) { return part.is_array(); })) {
    AISLE_CHECK(check_count(field, parts.size()));
    return nested_paths(field, parts);
  }
  AISLE_TRY(const auto texts, scalars(field, value, hierarchy_expected));
  std::vector<std::string> paths;
  const bool has_separator = std::ranges::any_of(
      texts, [&](const std::string& text) { return text.find(field.separator) != std::string::npos; });
  if (value.is_array() && !has_separator) {
    const std::vector<std::string_view> levels(texts.begin(), texts.end());
    AISLE_CHECK(add_path(field, levels, paths));
    return paths;
  }
  for (const std::string& text : texts) AISLE_CHECK(add_path(field, split(text, field.separator), paths));
  return paths;
}

std::vector<std::string> ancestors(const Field& field, const std::string& path) {
  std::vector<std::string> result;
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = path.find(field.separator, end);
    const std::string_view ancestor = std::string_view(path).substr(0, end);
    if (ancestor.size() > keyword_bytes_max) {
      // a level that does not fit is left out; a first level that does not fit is cut
      if (result.empty()) result.emplace_back(cut_utf8(ancestor, keyword_bytes_max));
      return result;
    }
    result.emplace_back(ancestor);
    if (end != std::string::npos) end += field.separator.size();
  }
  return result;
}

}  // namespace aisle
