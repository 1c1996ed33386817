// What makes two catalogue schemas need two generations, in words.
#pragma once
#include <string>
#include <vector>

#include "schemas/index_schema.h"

namespace aisle {

// One sentence a difference that is part of the content hash: "field brand: facet was false, is true". Empty
// when the stored content is the same. Fields come in the order of their names.
std::vector<std::string> content_changes(const IndexSchema& from, const IndexSchema& to);

}  // namespace aisle
