#include "server/http/url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/take_until.h"

namespace aisle {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '~' || c == '-';
}

Result<QueryPairs> parse_pairs(std::string_view text, const PairLimits& limits, std::string_view what) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorCode::TooLarge,
                fmt::format("{} is {} bytes, the limit is {}", what, text.size(), limits.bytes_max));
  }
  QueryPairs pairs;
  while (!text.empty()) {
    const std::string_view part = take_until(text, '&');
    if (part.empty()) continue;
    if (pairs.size() == limits.pairs_max) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("{} has more parameters than the limit of {}", what, limits.pairs_max));
    }
    const std::size_t equals = part.find('=');
    AISLE_TRY(std::string name, percent_decode(part.substr(0, equals), PlusSign::Space));
    std::string value;
    if (equals != std::string_view::npos) {
      AISLE_TRY(value, percent_decode(part.substr(equals + 1), PlusSign::Space));
    }
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, PlusSign plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == PlusSign::Space) {
      out += ' ';
    } else if (text[i] == '%') {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return fail(ErrorCode::InvalidArgument,
                    fmt::format("the '%' at byte {} is not followed by two hex digits", i));
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4U];
      out += "0123456789ABCDEF"[byte & 15U];
    }
  }
  return out;
}

Result<QueryPairs> parse_query(std::string_view text, const PairLimits& limits) {
  return parse_pairs(text, limits, "the query string");
}

Result<QueryPairs> parse_form(std::string_view text, const PairLimits& limits) {
  return parse_pairs(text, limits, "the form");
}

std::optional<std::string_view> find_parameter(const QueryPairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace aisle
