// Moments of the calendar as text, for documents that people read: "2026-01-31T12:00:00Z".
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace aisle {

using UtcSeconds = std::chrono::sys_seconds;

UtcSeconds utc_now();
std::string utc_text(UtcSeconds time);
// Nothing for other spellings and for dates that do not exist.
std::optional<UtcSeconds> parse_utc(std::string_view text);

}  // namespace aisle
