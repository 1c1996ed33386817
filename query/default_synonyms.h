// Synonyms that the binary brings along, for indexes whose schema and ranking name none.
#pragma once
#include <string_view>
#include <vector>

#include "schemas/ranking.h"

namespace aisle {

// Groups of words of data/synonyms/<language>.txt; none for other languages.
std::vector<SynonymConfig> default_synonyms(std::string_view language);

std::string_view default_synonyms_text(std::string_view language);

}  // namespace aisle
