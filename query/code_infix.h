// Parts of codes: I have "1234", which codes hold it somewhere? "BAG-1234-X". Only fields whose schema says
// "infix" are looked at, and a part must have some length and a digit, so that words cost nothing.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/index_context.h"
#include "query/segment.h"
#include "query/statistics.h"

namespace aisle {

inline constexpr std::size_t infix_least = 4;  // bytes of a part of a code

// Whether codes are to be searched for this normalised text.
bool is_code_part(std::string_view text);

// The terms of fields with "infix" that hold `part`, itself among them; best first (most frequent, then by
// term), `count_max` at the most; none for what is no part. Reads the text of the dictionaries from one
// end to the other, some gigabytes a second, until there are enough.
std::vector<std::string> codes_with(std::string_view part, const IndexContext& context,
                                    std::span<const SegmentView* const> segments,
                                    const Statistics& statistics, std::size_t count_max);

// Terms that hold `part`, of infix_least bytes and more, in their order, as long as `visit` returns true.
void for_terms_with(const TermDictionary& terms, std::string_view part,
                    const std::function<bool(TermId)>& visit);

}  // namespace aisle
