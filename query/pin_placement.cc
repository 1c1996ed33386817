#include "query/pin_placement.h"

#include <cassert>
#include <unordered_set>

namespace aisle {

std::vector<std::string> place_pins(std::span<const std::string> organic, const Pins& pins) {
  std::unordered_set<std::string> pinned;
  for (const auto& [position, id] : pins) pinned.insert(id);
  assert(pinned.size() == pins.size());  // the rules were resolved: one slot for each product
  std::vector<std::string> list;
  list.reserve(organic.size() + pins.size());
  auto pin = pins.begin();
  for (const std::string& id : organic) {
    if (pinned.contains(id)) continue;
    for (; pin != pins.end() && pin->first <= list.size() + 1; ++pin) list.push_back(pin->second);
    list.push_back(id);
  }
  for (; pin != pins.end(); ++pin) list.push_back(pin->second);
  return list;
}

}  // namespace aisle
