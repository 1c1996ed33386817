// Where pinned products stand among the others.
#pragma once
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace aisle {

using Pins =
    std::map<std::size_t, std::string>;  // position in the whole list, from 1 -> product; no product twice

// Pure. `organic` keeps its order around the pins and no product comes twice. A dropped pin is not in `pins`:
// its slot goes to the next organic product, later pins keep theirs; a short list closes up.
std::vector<std::string> place_pins(std::span<const std::string> organic, const Pins& pins);

}  // namespace aisle
