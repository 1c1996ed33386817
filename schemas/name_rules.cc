#include "schemas/name_rules.h"

#include <algorithm>

#include "base/hash.h"

namespace aisle {
namespace {

constexpr std::size_t pointer_bytes_max = 512;
constexpr std::ptrdiff_t pointer_levels_max = 16;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <class First, class Rest>
bool spelt(std::string_view name, std::size_t bytes_max, First first, Rest rest) {
  return !name.empty() && name.size() <= bytes_max && first(name.front()) &&
         std::all_of(name.begin() + 1, name.end(), rest);
}

}  // namespace

bool is_index_name(std::string_view name) {
  return spelt(name, 64, is_lower, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_field_name(std::string_view name) {
  return spelt(name, 64, is_letter,
               [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; });
}

bool is_record_key(std::string_view name) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("_.@:-").find(c) != std::string_view::npos;
  };
  return spelt(name, 128, allowed, allowed);
}

bool is_sql_name(std::string_view name) {
  return spelt(
      name, sql_name_bytes_max, [](char c) { return is_letter(c) || c == '_'; },
      [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '$'; });
}

bool is_table_name(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return is_sql_name(name);
  return is_sql_name(name.substr(0, dot)) && is_sql_name(name.substr(dot + 1));
}

bool is_slot_name(std::string_view name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_'; };
  return spelt(name, sql_name_bytes_max, allowed, allowed);
}

bool is_json_pointer(std::string_view text) {
  if (text.size() < 2 || text.size() > pointer_bytes_max || text.front() != '/') return false;
  if (std::count(text.begin(), text.end(), '/') > pointer_levels_max) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '~') continue;
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

bool holds_first_parameter(std::string_view sql) {
  for (auto at = sql.find("$1"); at != std::string_view::npos; at = sql.find("$1", at + 1)) {
    if (at + 2 == sql.size() || !is_digit(sql[at + 2])) return true;
  }
  return false;
}

std::string default_slot_name(std::string_view index) {
  std::string name = "aisle_" + std::string(index);
  std::replace(name.begin(), name.end(), '-', '_');
  if (name.size() <= sql_name_bytes_max) return name;
  const std::string hash = hash_text(index);
  return name.substr(0, sql_name_bytes_max - 1 - hash.size()) + "_" + hash;
}

}  // namespace aisle
