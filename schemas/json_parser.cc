// parse_json() and dump_json(): the only places that run the library's parser and writer.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "schemas/json_reader.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

constexpr std::size_t shown_bytes_max = 200;  // of the offending text in an error

// Reads the text and leaves its place where the handler sees it: the library tells none for keys and
// brackets.
class TrackedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedIterator(const char* at, const char** place) : at_(at), place_(place) {}
  reference operator*() const { return *at_; }
  TrackedIterator& operator++() {
    *place_ = ++at_;
    return *this;
  }
  TrackedIterator operator++(int) {
    TrackedIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const TrackedIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** place_;
};

// "line 3, column 7": of the last character before `end`, both from 1, columns in code points.
std::string place_text(std::string_view text, std::size_t end) {
  const std::string_view before = text.substr(0, end);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const std::string_view row = newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto column = std::count_if(row.begin(), row.end(),
                                    [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return fmt::format("line {}, column {}", line, std::max<std::ptrdiff_t>(column, 1));
}

// The library's sentence without its own prefixes.
std::string plain_sentence(std::string_view what) {
  if (const auto bracket = what.find("] "); what.starts_with('[') && bracket != std::string_view::npos) {
    what.remove_prefix(bracket + 2);
  }
  if (const auto colon = what.find(": ");
      what.starts_with("parse error at ") && colon != std::string_view::npos) {
    what.remove_prefix(colon + 2);
  }
  return std::string(cut_utf8(what, shown_bytes_max));
}

// Builds the value without recursion and stops at the first thing we refuse.
class DocumentHandler final : public nlohmann::json_sax<Json> {
 public:
  explicit DocumentHandler(std::size_t depth_max) : depth_max_(depth_max) {}

  bool null() override { return add(Json(nullptr)) != nullptr; }
  bool boolean(bool value) override { return add(Json(value)) != nullptr; }
  bool number_integer(number_integer_t value) override { return add(Json(value)) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return add(Json(value)) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override { return add(Json(value)) != nullptr; }
  bool string(string_t& value) override { return add(Json(std::move(value))) != nullptr; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& members = open_.back()->get_ref<Json::object_t&>();
    const auto [member, added] = members.emplace(std::move(name), nullptr);
    if (!added) {
      sentence_ = fmt::format("key \"{}\" occurs twice", cut_utf8(member->first, shown_bytes_max));
      return false;
    }
    slot_ = &member->second;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    sentence_ = plain_sentence(error.what());
    return false;
  }

  Json& root() { return root_; }
  const std::string& sentence() const { return sentence_; }

 private:
  Json* add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_object()) {
      *slot_ = std::move(value);
      return slot_;
    }
    auto& elements = open_.back()->get_ref<Json::array_t&>();
    elements.push_back(std::move(value));
    return &elements.back();
  }
  bool open(Json value) {
    if (open_.size() >= depth_max_) {
      sentence_ = fmt::format("nesting is deeper than the limit of {}", depth_max_);
      return false;
    }
    open_.push_back(add(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::size_t depth_max_;
  Json root_;
  std::vector<Json*> open_;  // objects and arrays not yet closed, outermost first
  Json* slot_ = nullptr;     // the member whose key was read last
  std::string sentence_;
};

// Bytes before the first that is not valid UTF-8.
std::size_t valid_prefix(std::string_view text) {
  std::size_t valid = 0;
  for (std::size_t length = 1; length <= 4 && valid + length <= text.size(); ++length) {
    if (!is_valid_utf8(text.substr(valid, length))) continue;
    valid += length;
    length = 0;
  }
  return valid;
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return aisle::fail(ErrorCode::TooLarge,
                       fmt::format("document is {} bytes, the limit is {}", text.size(), limits.bytes_max));
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return aisle::fail(ErrorCode::InvalidArgument, "line 1, column 1: a byte-order mark is not allowed");
  }
  if (!is_valid_utf8(text)) {
    return aisle::fail(ErrorCode::InvalidArgument,
                       place_text(text, valid_prefix(text) + 1) + ": invalid UTF-8");
  }
  const char* place = text.data();
  DocumentHandler handler(limits.depth_max);
  const TrackedIterator first(text.data(), &place);
  const TrackedIterator last(text.data() + text.size(), &place);
  if (!Json::sax_parse(first, last, &handler, Json::input_format_t::json, /*strict=*/true,
                       /*ignore_comments=*/true)) {
    const auto end = static_cast<std::size_t>(place - text.data());
    return aisle::fail(ErrorCode::InvalidArgument, place_text(text, end) + ": " + handler.sentence());
  }
  return std::move(handler.root());
}

std::string dump_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aisle
