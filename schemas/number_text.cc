#include "schemas/number_text.h"

#include <array>
#include <ctime>
#include <limits>

#include <fmt/format.h>

#include "schemas/op.h"

namespace aisle {
namespace {

// `value` divided by 10^decimals, without trailing zeros.
std::string scaled(Int128 value, int decimals) {
  const bool negative = value < 0;
  if (negative) value = -value;
  std::array<char, 64> digits;  // from the end
  char* const end = digits.data() + digits.size();
  char* begin = end;
  for (; value > std::numeric_limits<std::int64_t>::max(); value /= 10)
    *--begin = static_cast<char>('0' + static_cast<int>(value % 10));
  for (auto rest = static_cast<std::uint64_t>(value); rest > 0; rest /= 10)  // sooner than wide numbers
    *--begin = static_cast<char>('0' + static_cast<int>(rest % 10));
  while (end - begin <= decimals) *--begin = '0';
  const char* last = end;
  while (last > end - decimals && last[-1] == '0') --last;
  std::string text(negative ? "-" : "");
  text.append(begin, end - decimals);
  if (last > end - decimals) text.append(".").append(static_cast<const char*>(end - decimals), last);
  return text;
}

std::string iso_date(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) return "null";
  return fmt::format("\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z\"", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

std::string number_json(const Field& field, std::int64_t value) {
  if (value == missing_number) return "null";
  if (field.type == FieldType::Bool) return value != 0 ? "true" : "false";
  if (field.type == FieldType::Date) return iso_date(value);
  return scaled(value, field.type == FieldType::Decimal ? field.decimals : 0);
}

std::string sum_json(const Field& field, Int128 sum) {
  return scaled(sum, field.type == FieldType::Decimal ? field.decimals : 0);
}

std::string mean_json(const Field& field, Int128 sum, std::uint64_t count) {
  if (count == 0) return "null";
  const Int128 numerator = sum * 100;
  const auto divisor = static_cast<Int128>(count);
  const Int128 half = numerator < 0 ? -(divisor / 2) : divisor / 2;
  return scaled((numerator + half) / divisor, (field.type == FieldType::Decimal ? field.decimals : 0) + 2);
}

}  // namespace aisle
