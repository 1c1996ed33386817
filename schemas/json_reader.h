// The one typed reader of JSON documents: configuration, schemas, requests. Every error carries the JSON
// pointer, the expected type or range, the value found and, for names, the nearest valid one:
//   "/fields/brand/type is \"keywrd\", expected one of text, keyword, ..., did you mean \"keyword\"?"
#pragma once
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

struct JsonLimits {
  std::size_t bytes_max = 1U << 20U;
  std::size_t depth_max = 32;
};

// Parses with comments allowed; refuses duplicate keys, depth over the limit, invalid UTF-8 and a byte-order
// mark. Errors name line and column. TooLarge above bytes_max.
Result<nlohmann::json> parse_json(std::string_view text, JsonLimits limits = {});

// Dumps without throwing: invalid UTF-8 is replaced.
std::string dump_json(const nlohmann::json& value);

// A view of one JSON value and where it stands. The value must outlive it. Errors do not throw: the first one
// is kept in the shared ErrorSink, and every later read returns its fallback.
class JsonReader {
 public:
  struct ErrorSink {
    std::optional<Error> error;
  };

  JsonReader(const nlohmann::json& value, std::string pointer, ErrorSink& sink);

  // Object members. `require` records an error when the member is missing or of another type.
  std::string require_string(std::string_view name) const;
  std::string string_or(std::string_view name, std::string fallback) const;
  std::int64_t integer_or(std::string_view name, std::int64_t fallback, std::int64_t low,
                          std::int64_t high) const;
  double number_or(std::string_view name, double fallback, double low, double high) const;
  bool bool_or(std::string_view name, bool fallback) const;
  // One of `choices` or an error with the nearest.
  std::string choice_or(std::string_view name, std::string fallback,
                        std::span<const std::string> choices) const;
  std::string require_choice(std::string_view name, std::span<const std::string> choices) const;
  std::vector<std::string> strings_or_empty(std::string_view name) const;

  bool has(std::string_view name) const;
  // The member as a reader; an error and a reader of null when missing.
  JsonReader member(std::string_view name) const;
  // Members of an object in the order of their names, elements of an array; an error when it is neither.
  std::vector<std::pair<std::string, JsonReader>> members() const;
  std::vector<JsonReader> elements() const;

  // Records an error for each member whose name is not listed, with the nearest valid name.
  void allow_only(std::initializer_list<std::string_view> names) const;
  // Records an error about this value: "<pointer> <sentence>", or "<pointer>: ..." for a sentence that starts
  // with a colon.
  void fail(const std::string& sentence) const;

  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  const nlohmann::json& value() const { return *value_; }
  const std::string& pointer() const { return pointer_; }
  bool ok() const { return !sink_->error; }
  Status status() const;  // the first error of the whole document, if there is one

 private:
  const nlohmann::json* value_;
  std::string pointer_;
  ErrorSink* sink_;
};

}  // namespace aisle
