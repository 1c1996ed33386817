#include "schemas/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/nearest_name.h"
#include "base/utf8.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

constexpr std::size_t shown_bytes_max = 80;               // of a value in an error
constexpr double exact_integer_max = 9007199254740992.0;  // 2^53: doubles count one by one up to here

const Json& null_value() {
  static const Json value;
  return value;
}

// The value as an error shows it: short ones whole, others by kind or by their beginning.
std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  std::string text = dump_json(value);
  if (text.size() <= shown_bytes_max) return text;
  return std::string(cut_utf8(text, shown_bytes_max)) + "...";
}

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

// The member called `name`, or nullptr when there is none or `value` is no object.
const Json* find_member(const Json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  const auto member = value.find(name);
  return member == value.end() ? nullptr : &*member;
}

// The number as an integer when it is a whole one in range: 10, and 10.0 too.
std::optional<std::int64_t> as_integer(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (std::abs(number) > exact_integer_max || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string joined(std::span<const std::string> names) {
  return fmt::format("{}", fmt::join(names.begin(), names.end(), ", "));
}

}  // namespace

JsonReader::JsonReader(const Json& value, std::string pointer, ErrorSink& sink)
    : value_(&value), pointer_(std::move(pointer)), sink_(&sink) {}

void JsonReader::fail(const std::string& sentence) const {
  if (sink_->error) return;
  const std::string where = pointer_.empty() ? "document" : pointer_;
  sink_->error = Error{ErrorCode::InvalidArgument, where + (sentence.starts_with(':') ? "" : " ") + sentence};
}

JsonReader JsonReader::member(std::string_view name) const {
  std::string pointer = pointer_ + "/" + escaped(name);
  if (!ok()) return {null_value(), std::move(pointer), *sink_};
  if (!value_->is_object()) {
    fail(fmt::format("is {}, expected an object", shown(*value_)));
    return {null_value(), std::move(pointer), *sink_};
  }
  const Json* found = find_member(*value_, name);
  JsonReader reader(found != nullptr ? *found : null_value(), std::move(pointer), *sink_);
  if (found == nullptr) reader.fail("is missing");
  return reader;
}

bool JsonReader::has(std::string_view name) const {
  return find_member(*value_, name) != nullptr;
}

std::string JsonReader::require_string(std::string_view name) const {
  const JsonReader text = member(name);
  if (!ok()) return "";
  if (text.is_string()) return text.value_->get<std::string>();
  text.fail(fmt::format("is {}, expected a string", shown(*text.value_)));
  return "";
}

std::string JsonReader::string_or(std::string_view name, std::string fallback) const {
  if (!ok() || !has(name)) return fallback;
  std::string text = require_string(name);
  return ok() ? text : fallback;
}

std::int64_t JsonReader::integer_or(std::string_view name, std::int64_t fallback, std::int64_t low,
                                    std::int64_t high) const {
  if (!ok() || !has(name)) return fallback;
  const JsonReader number = member(name);
  const auto integer = as_integer(*number.value_);
  if (integer && *integer >= low && *integer <= high) return *integer;
  number.fail(fmt::format("is {}, expected an integer from {} to {}", shown(*number.value_), low, high));
  return fallback;
}

double JsonReader::number_or(std::string_view name, double fallback, double low, double high) const {
  if (!ok() || !has(name)) return fallback;
  const JsonReader number = member(name);
  if (number.value_->is_number()) {
    const auto value = number.value_->get<double>();
    if (value >= low && value <= high) return value;
  }
  number.fail(fmt::format("is {}, expected a number from {} to {}", shown(*number.value_), low, high));
  return fallback;
}

bool JsonReader::bool_or(std::string_view name, bool fallback) const {
  if (!ok() || !has(name)) return fallback;
  const JsonReader flag = member(name);
  if (flag.value_->is_boolean()) return flag.value_->get<bool>();
  flag.fail(fmt::format("is {}, expected true or false", shown(*flag.value_)));
  return fallback;
}

std::string JsonReader::choice_or(std::string_view name, std::string fallback,
                                  std::span<const std::string> choices) const {
  if (!ok() || !has(name)) return fallback;
  std::string choice = require_choice(name, choices);
  return ok() ? choice : fallback;
}

std::string JsonReader::require_choice(std::string_view name, std::span<const std::string> choices) const {
  const JsonReader choice = member(name);
  if (!ok()) return "";
  std::string text = choice.is_string() ? choice.value_->get<std::string>() : "";
  for (const std::string& candidate : choices) {
    if (choice.is_string() && candidate == text) return text;
  }
  choice.fail(fmt::format("is {}, expected one of {}{}", shown(*choice.value_), joined(choices),
                          did_you_mean(text, choices)));
  return "";
}

std::vector<std::string> JsonReader::strings_or_empty(std::string_view name) const {
  if (!ok() || !has(name)) return {};
  const JsonReader list = member(name);
  if (!list.is_array()) {
    list.fail(fmt::format("is {}, expected an array of strings", shown(*list.value_)));
    return {};
  }
  std::vector<std::string> texts;
  for (const JsonReader& element : list.elements()) {
    if (!element.is_string()) {
      element.fail(fmt::format("is {}, expected a string", shown(*element.value_)));
      return {};
    }
    texts.push_back(element.value_->get<std::string>());
  }
  return texts;
}

std::vector<std::pair<std::string, JsonReader>> JsonReader::members() const {
  std::vector<std::pair<std::string, JsonReader>> found;
  if (!ok()) return found;
  if (!value_->is_object()) {
    fail(fmt::format("is {}, expected an object", shown(*value_)));
    return found;
  }
  found.reserve(value_->size());
  for (const auto& [name, value] : value_->get_ref<const Json::object_t&>()) {
    found.emplace_back(name, JsonReader(value, pointer_ + "/" + escaped(name), *sink_));
  }
  return found;
}

std::vector<JsonReader> JsonReader::elements() const {
  std::vector<JsonReader> found;
  if (!ok()) return found;
  if (!value_->is_array()) {
    fail(fmt::format("is {}, expected an array", shown(*value_)));
    return found;
  }
  found.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) {
    found.emplace_back((*value_)[i], pointer_ + "/" + std::to_string(i), *sink_);
  }
  return found;
}

void JsonReader::allow_only(std::initializer_list<std::string_view> names) const {
  if (!ok()) return;
  if (!value_->is_object()) return fail(fmt::format("is {}, expected an object", shown(*value_)));
  const std::vector<std::string> valid(names.begin(), names.end());
  for (const auto& [name, reader] : members()) {
    if (std::find(valid.begin(), valid.end(), name) != valid.end()) continue;
    const std::string nearest = did_you_mean(name, valid);
    reader.fail("is not a known name" + (nearest.empty() ? ", expected one of " + joined(valid) : nearest));
    return;
  }
}

bool JsonReader::is_object() const {
  return value_->is_object();
}
bool JsonReader::is_array() const {
  return value_->is_array();
}
bool JsonReader::is_string() const {
  return value_->is_string();
}

Status JsonReader::status() const {
  if (ok()) return {};
  return tl::unexpected<Error>(*sink_->error);
}

}  // namespace aisle
