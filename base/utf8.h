// UTF-8 without a library: validation, safe cutting, JSON string escaping.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace aisle {

// Shortest form, no surrogates, at most U+10FFFF.
bool is_valid_utf8(std::string_view text);

// The text with each maximal invalid part replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

// The longest prefix of at most `bytes_max` bytes that ends between code points. `text` should be valid
// UTF-8; for other text it still never returns more than `bytes_max` bytes.
std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);

// Appends `text` as a JSON string with its quotes; control characters escaped, invalid UTF-8 replaced.
void append_json_string(std::string& out, std::string_view text);

}  // namespace aisle
