#include "query/default_synonyms.h"

#include <algorithm>

namespace aisle {
namespace {

std::string_view take(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

}  // namespace

std::vector<SynonymConfig> default_synonyms(std::string_view language) {
  std::vector<SynonymConfig> groups;
  for (std::string_view rest = default_synonyms_text(language); !rest.empty();) {
    std::string_view line = take(rest, '\n');
    if (line.empty() || line.front() == '#') continue;
    SynonymConfig& group = groups.emplace_back();
    while (!line.empty()) group.words.emplace_back(take(line, ','));
  }
  return groups;
}

}  // namespace aisle
