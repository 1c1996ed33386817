#include "schemas/number_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/utf8.h"
#include "schemas/json_reader.h"
#include "schemas/op.h"

namespace aisle {
namespace {

constexpr std::size_t number_text_bytes_max = 64;
constexpr std::int64_t number_max = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::size_t digit_run(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// digits * 10^exponent, digits without leading zeros.
struct ExactNumber {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

std::optional<ExactNumber> read_exact(std::string_view text) {
  ExactNumber number;
  if (text.empty() || text.size() > number_text_bytes_max) return std::nullopt;
  if (text.front() == '-' || text.front() == '+') {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t whole = digit_run(text);
  number.digits = text.substr(0, whole);
  text.remove_prefix(whole);
  if (!text.empty() && text.front() == '.') {
    const std::size_t fraction = digit_run(text.substr(1));
    number.digits += text.substr(1, fraction);
    number.exponent = -static_cast<int>(fraction);
    text.remove_prefix(fraction + 1);
  }
  if (number.digits.empty()) return std::nullopt;
  if (!text.empty()) {
    if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
    text.remove_prefix(text.size() > 2 && text[1] == '+' && is_digit(text[2]) ? 2 : 1);
    int exponent = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (status != std::errc() || end != text.data() + text.size() || std::abs(exponent) > 1000) {
      return std::nullopt;
    }
    number.exponent += exponent;
  }
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

enum class ScaleFailure { OutOfRange, NotWhole };

// number * 10^decimals; `whole` refuses a remainder instead of rounding it.
tl::expected<std::int64_t, ScaleFailure> scale(ExactNumber number, int decimals, bool whole) {
  if (number.digits.empty()) return 0;
  const int shift = number.exponent + decimals;
  bool round_up = false;
  if (shift >= 0) {
    if (number.digits.size() + static_cast<std::size_t>(shift) > 19) {
      return tl::unexpected(ScaleFailure::OutOfRange);
    }
    number.digits.append(static_cast<std::size_t>(shift), '0');
  } else {
    const auto dropped = static_cast<std::size_t>(-shift);
    const std::size_t kept = number.digits.size() > dropped ? number.digits.size() - dropped : 0;
    if (whole && number.digits.find_first_not_of('0', kept) != std::string::npos) {
      return tl::unexpected(ScaleFailure::NotWhole);
    }
    round_up = dropped <= number.digits.size() && number.digits[kept] >= '5';
    number.digits.resize(kept);
  }
  std::uint64_t magnitude = 0;
  if (number.digits.size() > 19) return tl::unexpected(ScaleFailure::OutOfRange);
  for (const char digit : number.digits) magnitude = magnitude * 10 + static_cast<unsigned>(digit - '0');
  magnitude += round_up ? 1 : 0;
  if (magnitude > static_cast<std::uint64_t>(number_max)) return tl::unexpected(ScaleFailure::OutOfRange);
  const auto scaled = static_cast<std::int64_t>(magnitude);
  return number.negative ? -scaled : scaled;
}

tl::unexpected<Error> refuse(const Field& field, const nlohmann::json& value, std::string_view expected) {
  return fail(ErrorCode::InvalidArgument,
              field.name + " is " + shown_value(value) + ", expected " + std::string(expected));
}

// The shortest text that stands for the number: what the source wrote, not what the processor made of it.
std::optional<std::string> number_text(const nlohmann::json& value) {
  if (value.is_string()) return std::string(trimmed(value.get_ref<const std::string&>()));
  if (!value.is_number()) return std::nullopt;
  if (!value.is_number_float()) return value.dump();
  std::array<char, 40> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.get<double>());
  return std::string(buffer.data(), result.ptr);
}

Result<std::int64_t> scaled_number(const Field& field, const nlohmann::json& value) {
  const bool whole = field.type == FieldType::Int;
  const std::string_view expected = whole ? "a whole number such as 12" : "a number such as 12.50";
  const auto text = number_text(value);
  if (!text) return refuse(field, value, expected);
  if (text->empty()) return missing_number;
  auto exact = read_exact(*text);
  if (!exact) return refuse(field, value, expected);
  const auto scaled = scale(std::move(*exact), whole ? 0 : field.decimals, whole);
  if (scaled) return *scaled;
  if (scaled.error() == ScaleFailure::NotWhole) return refuse(field, value, expected);
  std::string limit = "the limit is " + std::to_string(number_max);
  if (!whole && field.decimals > 0) limit += " / 10^" + std::to_string(field.decimals);
  return fail(ErrorCode::InvalidArgument, field.name + " is " + shown_value(value) + ", " + limit);
}

Result<std::int64_t> flag(const Field& field, const nlohmann::json& value) {
  static constexpr std::array<std::string_view, 4> yes = {"true", "t", "yes", "1"};
  static constexpr std::array<std::string_view, 4> no = {"false", "f", "no", "0"};
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (const auto text = number_text(value)) {
    if (text->empty()) return missing_number;
    std::string lower = *text;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (std::find(yes.begin(), yes.end(), lower) != yes.end()) return 1;
    if (std::find(no.begin(), no.end(), lower) != no.end()) return 0;
  }
  return refuse(field, value, "true or false");
}

// Reads ISO 8601 from the front; every step answers whether the text fits.
class DateCursor {
 public:
  explicit DateCursor(std::string_view text) : rest_(text) {}

  bool number(std::size_t digits, int& value) {
    if (digit_run(rest_) < digits) return false;
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return true;
  }
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_digits() { rest_.remove_prefix(digit_run(rest_)); }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Nothing, or the seconds that the offset at the end adds to UTC.
std::optional<int> read_offset(DateCursor& cursor) {
  if (cursor.done() || cursor.skip('Z') || cursor.skip('z')) return 0;
  const bool minus = cursor.skip('-');
  if (!minus && !cursor.skip('+')) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  if (!cursor.number(2, hours)) return std::nullopt;
  const bool colon = cursor.skip(':');
  if ((colon || !cursor.done()) && !cursor.number(2, minutes)) return std::nullopt;
  if (hours > 23 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return minus ? -seconds : seconds;
}

std::optional<std::int64_t> read_iso(std::string_view text) {
  DateCursor cursor(text);
  int year = 0;
  int month = 0;
  int day = 0;
  const bool has_date = cursor.number(4, year) && cursor.skip('-') && cursor.number(2, month) &&
                        cursor.skip('-') && cursor.number(2, day);
  if (!has_date) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t midnight = std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400};
  if (cursor.done()) return midnight;
  if (!cursor.skip('T') && !cursor.skip('t') && !cursor.skip(' ')) return std::nullopt;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!cursor.number(2, hour) || !cursor.skip(':') || !cursor.number(2, minute)) return std::nullopt;
  if (cursor.skip(':') && !cursor.number(2, second)) return std::nullopt;
  if (cursor.skip('.') || cursor.skip(',')) cursor.skip_digits();
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto offset = read_offset(cursor);
  if (!offset || !cursor.done()) return std::nullopt;
  return midnight + hour * 3600 + minute * 60 + second - *offset;
}

Result<std::int64_t> date(const Field& field, const nlohmann::json& value) {
  constexpr std::string_view expected = "a date such as 2026-01-31T12:30:00Z or seconds since 1970";
  constexpr std::size_t seconds_digits_min = 9;  // "20260131" and "2026" are dates cut short, not seconds
  // no second beyond the year 9999
  constexpr std::int64_t seconds_max = 253'402'300'799;
  const auto text = number_text(value);
  if (!text) return refuse(field, value, expected);
  if (text->empty()) return missing_number;
  if (value.is_string()) {
    if (const auto seconds = read_iso(*text)) return *seconds;
    if (digit_run(*text) < seconds_digits_min) return refuse(field, value, expected);
  }
  auto exact = read_exact(*text);
  if (!exact) return refuse(field, value, expected);
  const auto thousandths = scale(std::move(*exact), 3, false);
  if (!thousandths) return refuse(field, value, expected);
  const std::int64_t seconds = *thousandths / 1000 - (*thousandths % 1000 < 0 ? 1 : 0);
  if (std::abs(seconds) > seconds_max) return refuse(field, value, expected);
  return seconds;
}

}  // namespace

std::string shown_value(const nlohmann::json& value) {
  constexpr std::size_t shown_bytes_max = 64;
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    return "\"" + std::string(cut_utf8(text, shown_bytes_max)) +
           (text.size() > shown_bytes_max ? "...\"" : "\"");
  }
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return dump_json(value);
}

Result<std::int64_t> number_value(const Field& field, const nlohmann::json& value) {
  if (value.is_null()) return missing_number;
  switch (field.type) {
    case FieldType::Int:
    case FieldType::Decimal:
      return scaled_number(field, value);
    case FieldType::Bool:
      return flag(field, value);
    case FieldType::Date:
      return date(field, value);
    case FieldType::Text:
    case FieldType::Keyword:
    case FieldType::Code:
    case FieldType::Hierarchy:
      break;
  }
  return fail(ErrorCode::Internal, field.name + " is not a number field");
}

}  // namespace aisle
