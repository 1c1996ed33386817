// Cuts a text into folded units: runs of letters, numbers, and words of scripts without spaces.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

enum class UnitKind : std::uint8_t { Letters, Digits, Dictionary };

// What stands between a unit and the one before it.
enum class Gap : std::uint8_t {
  Same,   // nothing: both belong to one mixed word, "iphone|14"
  Glued,  // exactly a hyphen, an ampersand, or the apostrophe of an elision: "wi-fi", "h&m", "l'eau"
  Space,  // exactly one space
  Far,    // anything else
};

// What a sign directly behind a number says of it: 27" is 27 inches, 6' is 6 feet.
enum class UnitSign : std::uint8_t { None, Inch, Foot };

struct Unit {
  std::uint32_t begin;  // byte range in the text; grows, though units of one character (½) may share it
  std::uint32_t end;
  std::uint32_t text_begin;  // byte range in Segmentation::folded; a unit begins where the one before it ends
  std::uint32_t text_end;
  UnitKind kind;
  Gap gap;  // Far for the first unit
  UnitSign sign = UnitSign::None;
};

struct Segmentation {
  std::string folded;
  std::vector<Unit> units;
};

// Replaces the content of `out`. Invalid UTF-8 separates. `elisions` are folded words that an apostrophe
// parts from the next one (French "l", Italian "dell"); any other apostrophe between letters is dropped. Work
// is linear in `text`, which the caller bounds. Thread-safe.
void segment(std::string_view text, std::span<const std::string_view> elisions, Segmentation& out);

}  // namespace aisle
