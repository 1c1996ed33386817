// Numbers with units, and the other ways to write them: "5 l" is "5 liter" is "5000 ml". The units are those
// of data/units.tsv, which the binary holds.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

struct Quantity {
  std::string number;  // digits, with a dot where it has decimals
  std::string unit;
  friend bool operator==(const Quantity&, const Quantity&) = default;
};

// Of a folded word that is a number and a known unit: "12v", "1.5l".
std::optional<Quantity> quantity_of(std::string_view word);
// Of two folded words.
std::optional<Quantity> quantity_of(std::string_view number, std::string_view unit);

// All that the table knows, as they are folded.
std::vector<std::string> unit_spellings();

// Each way to write the quantity as one word, in the order of the table: the unit's spellings, with the
// number also grouped_otherwise(), and those of units that measure the same where the number stays short
// (seven digits, three of them decimals). Itself is among them.
std::vector<std::string> ways_to_write(const Quantity& quantity);

// A number with the other way to part its thousands, of which folding keeps the one with a dot: "10000" for
// "10.000" and the other way round. Nothing for numbers that none of both ways writes.
std::optional<std::string> grouped_otherwise(std::string_view number);

// "2x4", "10x20cm": numbers with an x between them, the last perhaps with a unit.
bool is_dimension(std::string_view word);

extern const std::string_view unit_table;

}  // namespace aisle
