// One JSON object a line on standard error: ts, level, event, msg and the given fields.
// Thread-safe. Control characters are escaped, invalid UTF-8 is replaced. No secrets, no query text: callers'
// duty.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace aisle {

enum class LogLevel { Debug, Info, Warn, Error, Off };

struct LogField {
  std::string_view name;
  std::string value;  // written as a JSON string unless `raw`
  bool raw = false;   // a number or true/false, written as it is
  LogField(std::string_view field, std::string text) : name(field), value(std::move(text)) {}
  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const char* text) : name(field), value(text) {}
  LogField(std::string_view field, long long number)
      : name(field), value(std::to_string(number)), raw(true) {}
  LogField(std::string_view field, unsigned long long number)
      : name(field), value(std::to_string(number)), raw(true) {}
  LogField(std::string_view field, int number) : LogField(field, static_cast<long long>(number)) {}
  LogField(std::string_view field, long number) : LogField(field, static_cast<long long>(number)) {}
  LogField(std::string_view field, unsigned number)
      : LogField(field, static_cast<unsigned long long>(number)) {}
  LogField(std::string_view field, unsigned long number)
      : LogField(field, static_cast<unsigned long long>(number)) {}
  LogField(std::string_view field, double number) : name(field), value(std::to_string(number)), raw(true) {}
  LogField(std::string_view field, bool flag) : name(field), value(flag ? "true" : "false"), raw(true) {}
};

// Messages below `level` are dropped. Default Info.
void set_log_level(LogLevel level);

// `event` is a stable dotted name ("feed.reconnect"), `message` a sentence for people.
void log(LogLevel level, std::string_view event, std::string_view message,
         std::initializer_list<LogField> fields = {});

}  // namespace aisle
