// Which words stand behind a word in titles?
#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "query/expansion.h"
#include "query/segment.h"

namespace aisle {

// Terms directly behind the term in the forward field of live products; those of most products, then by term, at
// most `count_max`, ordered by term.
std::vector<FoundTerm> followers_of(std::string_view word, std::span<const SegmentView* const> segments,
                                    std::size_t count_max);

}  // namespace aisle
