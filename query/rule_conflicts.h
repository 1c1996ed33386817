// Rules that contradict each other whenever they hold.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/ranking.h"

namespace aisle {

// Warnings name both rules: different products on one slot, or one product on different slots, under the same
// condition and priority. InvalidArgument: a product that one rule pins and another hides under the same
// condition. Both compare conditions as analysed; rules that merely overlap are settled by priority, then id.
Result<std::vector<std::string>> find_conflicts(std::span<const CompiledRule> rules);

}  // namespace aisle
