// A compiled filter, or a part of one, in the language it was written in.
#pragma once
#include <string>

#include "query/filter.h"

namespace aisle {

// compile_filter() of the text gives a filter that passes the same products.
std::string filter_text(const FilterNode& node);

}  // namespace aisle
