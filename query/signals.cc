#include "query/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "schemas/json_reader.h"
#include "schemas/number_text.h"
#include "schemas/number_value.h"
#include "schemas/op.h"

namespace aisle {
namespace {

std::int64_t unit_of(const Field& field) {
  std::int64_t unit = 1;
  for (int i = 0; field.type == FieldType::Decimal && i < field.decimals; ++i) unit *= 10;
  return unit;
}

Result<std::int64_t> column_value(const Field& field, const std::string& json, const std::string& pointer) {
  AISLE_TRY(const nlohmann::json value, parse_json(json));
  const auto number = number_value(field, value);
  if (!number) return fail(ErrorCode::InvalidArgument, pointer + ": " + number.error().message);
  if (*number == missing_number) return fail(ErrorCode::InvalidArgument, pointer + " is empty");
  return *number;
}

Result<const Field*> signal_field(const SignalConfig& config, const IndexSchema& schema,
                                  const std::string& pointer) {
  const Field* field = schema.find(config.field);
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const Field& some : schema.fields) {
      if (some.is_number() && some.has_column()) names.push_back(some.name);
    }
    return fail(ErrorCode::InvalidArgument,
                fmt::format("{}/field is \"{}\", which the schema does not have{}", pointer, config.field,
                            did_you_mean(config.field, names)));
  }
  if (!field->is_number()) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("{}/field is \"{}\", a {} field; signals read int, decimal, bool and date fields",
                            pointer, config.field, type_name(field->type)));
  }
  if (!field->has_column()) {
    return fail(
        ErrorCode::InvalidArgument,
        fmt::format(
            "{}/field is \"{}\", whose values are not kept for queries: give it \"filter\": true in the "
            "schema and reindex",
            pointer, config.field));
  }
  return field;
}

Status compile_linear(const SignalConfig& config, const Field& field, const std::string& pointer,
                      Signal& signal) {
  AISLE_TRY(signal.from, column_value(field, config.from, pointer + "/from"));
  AISLE_TRY(signal.to, column_value(field, config.to, pointer + "/to"));
  if (signal.from == signal.to) return fail(ErrorCode::InvalidArgument, pointer + "/to is equal to from");
  return {};
}

Status compile_log(const SignalConfig& config, const Field& field, const std::string& pointer,
                   Signal& signal) {
  signal.from = unit_of(field);
  AISLE_TRY(signal.to, column_value(field, config.to, pointer + "/to"));
  if (field.type == FieldType::Date)
    return fail(ErrorCode::InvalidArgument,
                pointer + "/kind is log, which has no meaning for a date, use decay");
  if (signal.to <= 0) return fail(ErrorCode::InvalidArgument, pointer + "/to is not above 0");
  return {};
}

Status compile_decay(const SignalConfig& config, const Field& field, const std::string& pointer,
                     Signal& signal) {
  const bool date = field.type == FieldType::Date;
  signal.from_clock = config.origin == "\"now\"";
  if (signal.from_clock && !date)
    return fail(ErrorCode::InvalidArgument, pointer + "/origin is \"now\", but the field holds no dates");
  if (!signal.from_clock) {
    AISLE_TRY(signal.origin, column_value(field, config.origin, pointer + "/origin"));
  }
  if (date) {
    const std::string_view text = config.half_life;
    const auto seconds = text.size() > 2 ? duration_seconds(text.substr(1, text.size() - 2)) : std::nullopt;
    if (!seconds) {
      return fail(ErrorCode::InvalidArgument,
                  fmt::format("{}/half_life is {}, expected days or hours such as \"30d\" or \"12h\"",
                              pointer, text));
    }
    signal.half_life = *seconds;
    return {};
  }
  AISLE_TRY(signal.half_life, column_value(field, config.half_life, pointer + "/half_life"));
  if (signal.half_life <= 0) return fail(ErrorCode::InvalidArgument, pointer + "/half_life is not above 0");
  return {};
}

Status compile_buckets(const SignalConfig& config, const Field& field, const std::string& pointer,
                       Signal& signal) {
  for (std::size_t i = 0; i < config.buckets.size(); ++i) {
    const std::string here = fmt::format("{}/buckets/{}/from", pointer, i);
    AISLE_TRY(const std::int64_t from, column_value(field, config.buckets[i].from, here));
    if (!signal.buckets.empty() && from <= signal.buckets.back().from)
      return fail(ErrorCode::InvalidArgument, here + " is not above the one before it");
    signal.buckets.push_back({from, std::llround(config.buckets[i].value * signal_one)});
  }
  return {};
}

// 2^(-q / 65536)
std::int64_t negative_power(Int128 q) {
  static constexpr std::array<std::uint64_t, 16> roots = {
      3037000500, 3611622603, 3938502376, 4112874773, 4202935003, 4248701965,
      4271771996, 4283353945, 4289156690, 4292061010, 4293513907, 4294240540,
      4294603903, 4294785595, 4294876445, 4294921870};  // 2^(-1/2), 2^(-1/4), ... times 2^32
  const Int128 whole = q >> 16;
  if (whole > 16) return 0;
  std::uint64_t power = std::uint64_t{1} << 32U;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (((q >> (15 - static_cast<int>(i))) & 1) != 0)
      power = static_cast<std::uint64_t>((static_cast<Int128>(power) * static_cast<Int128>(roots[i])) >> 32);
  }
  return static_cast<std::int64_t>(power >> (16U + static_cast<unsigned>(whole)));
}

std::int64_t log_value(const Signal& signal, std::int64_t value) {
  if (value <= 0) return 0;
  const auto log1p = [&](std::int64_t x) {
    const auto unit = static_cast<std::uint64_t>(signal.from);
    return log2_16(unit + static_cast<std::uint64_t>(x)) - log2_16(unit);
  };
  const std::int64_t full = std::max<std::int64_t>(log1p(signal.to), 1);
  return std::min(log1p(value) * signal_one / full, signal_one);
}

std::int64_t linear_value(const Signal& signal, std::int64_t value) {
  Int128 above = static_cast<Int128>(value) - signal.from;
  Int128 span = static_cast<Int128>(signal.to) - signal.from;
  if (span < 0) {
    span = -span;
    above = -above;
  }
  return static_cast<std::int64_t>(std::clamp<Int128>(above, 0, span) * signal_one / span);
}

std::int64_t bucket_value(const Signal& signal, std::int64_t value) {
  const auto after = std::ranges::upper_bound(signal.buckets, value, {}, &Signal::Bucket::from);
  return after == signal.buckets.begin() ? 0 : std::prev(after)->value;
}

}  // namespace

std::int64_t log2_16(std::uint64_t x) {
  const auto whole = static_cast<std::int64_t>(std::bit_width(x)) - 1;
  std::uint64_t y = whole <= 32 ? x << (32 - whole) : x >> (whole - 32);  // 1..2 with 32 fractional bits
  std::int64_t result = whole << 16U;
  for (std::int64_t bit = 1 << 15; bit != 0; bit >>= 1) {
    y = static_cast<std::uint64_t>((static_cast<Int128>(y) * static_cast<Int128>(y)) >> 32);
    if (y < (std::uint64_t{2} << 32U)) continue;
    y >>= 1U;
    result += bit;
  }
  return result;
}

Result<Signal> compile_signal(const SignalConfig& config, const IndexSchema& schema,
                              const std::string& pointer) {
  AISLE_TRY(const Field* field, signal_field(config, schema, pointer));
  Signal signal{.field = field->number,
                .kind = config.kind,
                .weight = config.weight,
                .missing = std::llround(config.missing * signal_one),
                .buckets = {}};
  switch (config.kind) {
    case SignalKind::Log:
      AISLE_CHECK(compile_log(config, *field, pointer, signal));
      break;
    case SignalKind::Linear:
      AISLE_CHECK(compile_linear(config, *field, pointer, signal));
      break;
    case SignalKind::Decay:
      AISLE_CHECK(compile_decay(config, *field, pointer, signal));
      break;
    case SignalKind::Bucket:
      AISLE_CHECK(compile_buckets(config, *field, pointer, signal));
      break;
    case SignalKind::Boolean:
      break;
  }
  return signal;
}

std::int64_t signal_value(const Signal& signal, std::int64_t value, std::int64_t clock) {
  if (value == missing_number) return signal.missing;
  switch (signal.kind) {
    case SignalKind::Log:
      return log_value(signal, value);
    case SignalKind::Linear:
      return linear_value(signal, value);
    case SignalKind::Decay: {
      const Int128 distance = static_cast<Int128>(value) - (signal.from_clock ? clock : signal.origin);
      return negative_power(((distance < 0 ? -distance : distance) << 16) / signal.half_life);
    }
    case SignalKind::Bucket:
      return bucket_value(signal, value);
    case SignalKind::Boolean:
      break;
  }
  return value > 0 ? signal_one : 0;
}

}  // namespace aisle
