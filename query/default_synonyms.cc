#include "query/default_synonyms.h"

#include "base/take_until.h"

namespace aisle {
std::vector<SynonymConfig> default_synonyms(std::string_view language) {
  std::vector<SynonymConfig> groups;
  for (std::string_view rest = default_synonyms_text(language); !rest.empty();) {
    std::string_view line = take_until(rest, '\n');
    if (line.empty() || line.front() == '#') continue;
    SynonymConfig& group = groups.emplace_back();
    while (!line.empty()) group.words.emplace_back(take_until(line, ','));
  }
  return groups;
}

}  // namespace aisle
