#include "analyzers/units.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <unordered_map>

#include "base/take_until.h"

namespace aisle {
namespace {

constexpr std::size_t digits_max = 7;
constexpr std::size_t decimals_max = 3;
constexpr std::uint64_t thousandths = 1000;

struct Unit {
  std::string_view group;
  std::uint64_t size = 1;  // in the smallest unit of the group
  std::vector<std::string_view> spellings;
};

struct Table {
  std::vector<Unit> units;
  std::unordered_map<std::string_view, std::size_t> by_spelling;

  Table() {
    for (std::string_view rest = unit_table; !rest.empty();) {
      std::string_view line = take_until(rest, '\n');
      if (line.empty() || line.front() == '#') continue;
      Unit unit;
      unit.group = take_until(line, '\t');
      const std::string_view size = take_until(line, '\t');
      std::from_chars(size.data(), size.data() + size.size(), unit.size);
      while (!line.empty()) unit.spellings.push_back(take_until(line, ' '));
      for (const std::string_view spelling : unit.spellings) by_spelling.try_emplace(spelling, units.size());
      units.push_back(std::move(unit));
    }
  }
};

const Table& table() {
  static const Table loaded;
  return loaded;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// In thousandths; nothing when it is no number or a long one.
std::optional<std::uint64_t> thousandths_of(std::string_view number) {
  const std::size_t dot = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, dot);
  const std::string_view decimals = number.substr(std::min(dot + 1, number.size()));
  if (whole.empty() || whole.size() + decimals.size() > digits_max || decimals.size() > decimals_max ||
      (dot < number.size() && decimals.empty()) || !std::ranges::all_of(whole, is_digit) ||
      !std::ranges::all_of(decimals, is_digit)) {
    return std::nullopt;
  }
  std::string digits(whole);
  digits += decimals;
  digits.append(decimals_max - decimals.size(), '0');
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string written(std::uint64_t value) {
  std::string text = std::to_string(value / thousandths);
  if (value % thousandths == 0) return text;
  std::string decimals = std::to_string(thousandths + value % thousandths).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return text + "." + decimals;
}

}  // namespace

std::optional<Quantity> quantity_of(std::string_view number, std::string_view unit) {
  if (!thousandths_of(number) || !table().by_spelling.contains(unit)) return std::nullopt;
  return Quantity{std::string(number), std::string(unit)};
}

std::optional<Quantity> quantity_of(std::string_view word) {
  const std::size_t end = std::min(word.find_first_not_of("0123456789."), word.size());
  return quantity_of(word.substr(0, end), word.substr(end));
}

std::vector<std::string> unit_spellings() {
  std::vector<std::string> all;
  for (const Unit& unit : table().units) all.insert(all.end(), unit.spellings.begin(), unit.spellings.end());
  return all;
}

std::vector<std::string> ways_to_write(const Quantity& quantity) {
  std::vector<std::string> ways;
  const auto value = thousandths_of(quantity.number);
  const auto at = table().by_spelling.find(quantity.unit);
  if (!value || at == table().by_spelling.end()) return ways;
  const Unit& own = table().units[at->second];
  for (const Unit& unit : table().units) {
    if (unit.group != own.group) continue;
    std::string number = quantity.number;
    if (&unit != &own) {
      const std::uint64_t total = *value * own.size;  // at most 7 + 3 digits times a unit's size: fits
      if (total % unit.size != 0) continue;
      number = written(total / unit.size);
      if (!thousandths_of(number) || *thousandths_of(number) == 0) continue;
    }
    for (const std::string_view spelling : unit.spellings) ways.push_back(number + std::string(spelling));
    if (const auto grouped = grouped_otherwise(quantity.number); grouped && &unit == &own) {
      for (const std::string_view spelling : unit.spellings) ways.push_back(*grouped + std::string(spelling));
    }
  }
  return ways;
}

std::optional<std::string> grouped_otherwise(std::string_view number) {
  constexpr std::size_t group = 3;
  if (number.size() <= group || number.size() > 2 * group + 1 || number.front() == '0') return std::nullopt;
  const std::string_view last = number.substr(number.size() - group);
  std::string_view first = number.substr(0, number.size() - group);
  const bool parted = first.back() == '.';
  if (parted) first.remove_suffix(1);
  if (first.empty() || first.size() > group || !std::ranges::all_of(first, is_digit) ||
      !std::ranges::all_of(last, is_digit))
    return std::nullopt;
  return std::string(first) + (parted ? "" : ".") + std::string(last);
}

bool is_dimension(std::string_view word) {
  std::size_t numbers = 0;
  while (!word.empty() && is_digit(word.front())) {
    word.remove_prefix(std::min(word.find_first_not_of("0123456789."), word.size()));
    ++numbers;
    const bool goes_on = word.size() > 1 && word.front() == 'x' && is_digit(word[1]);
    if (goes_on) word.remove_prefix(1);
  }
  return numbers > 1 && (word.empty() || quantity_of("1", word));
}

}  // namespace aisle
