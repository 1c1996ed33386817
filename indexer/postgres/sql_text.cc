// Building blocks of SQL text declared in connection.h.
#include <string>

#include "indexer/postgres/connection.h"

namespace aisle {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out.push_back(quote);
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

}  // namespace

std::string array_literal(std::span<const std::string> values) {
  std::string out = "{";
  for (const std::string& value : values) {
    if (out.size() > 1) out.push_back(',');
    out.push_back('"');
    for (const char c : value) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
  }
  out.push_back('}');
  return out;
}

std::string quote_identifier(std::string_view name) {
  return quoted(name, '"');
}

std::string quote_literal(std::string_view text) {
  std::string out = quoted(text, '\'');
  if (text.find('\\') == std::string_view::npos) return out;
  std::string escaped = "E";
  for (const char c : out) {
    if (c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string as_subquery(std::string_view query) {
  while (!query.empty() && std::string_view(" \t\r\n;").find(query.back()) != std::string_view::npos) {
    query.remove_suffix(1);
  }
  return "(\n" + std::string(query) + "\n)";
}

}  // namespace aisle
