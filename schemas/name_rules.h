// How names in a catalogue schema are spelt. The published JSON Schema states the same as patterns.
#pragma once
#include <string>
#include <string_view>

namespace aisle {

inline constexpr std::size_t sql_name_bytes_max = 63;  // PostgreSQL cuts longer ones

bool is_index_name(std::string_view name);  // [a-z][a-z0-9_-]{0,63}
bool is_field_name(std::string_view name);  // [A-Za-z][A-Za-z0-9_.]{0,63}
bool is_record_key(std::string_view name);  // [A-Za-z0-9_.@:-]{1,128}
bool is_sql_name(std::string_view name);    // [A-Za-z_][A-Za-z0-9_$]{0,62}
bool is_table_name(std::string_view name);  // one SQL name, or two with a dot between them
bool is_slot_name(std::string_view name);   // [a-z0-9_]{1,63}
bool is_json_pointer(
    std::string_view text);  // "/" and more, at most 512 bytes and 16 levels; ~ only in ~0 and ~1
bool holds_first_parameter(std::string_view sql);  // $1, not $12

// "aisle_<index>" as PostgreSQL allows it: dashes become underscores, a long one ends in a hash.
std::string default_slot_name(std::string_view index);

}  // namespace aisle
