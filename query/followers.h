// Which words stand behind a word in titles?
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "query/segment.h"

namespace aisle {

// Terms directly behind the term in the forward field of live products, each once, ordered. They live as long
// as the segments.
std::vector<std::string_view> followers_of(std::string_view word,
                                           std::span<const SegmentView* const> segments);

}  // namespace aisle
