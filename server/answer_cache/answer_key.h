// What is asked, as bytes: equal for requests that one view answers alike, however they were written.
#pragma once
#include <string>

#include "query/search_request.h"

namespace aisle {

// Without how fresh the answer must be, from how much of the index, and at what time: the view and its
// holder see to these. Not for explanations and previews.
std::string answer_key(const SearchRequest& request);

}  // namespace aisle
