// Which values of a product a query names, by reading each value as a query.
#include <algorithm>

#include "tests/support/search_oracle.h"

namespace aisle::test {

// Do the words of the value, of a path those of its last level, stand in the reading one behind the other?
bool SearchOracle::names(const Field& field, const std::string& value, const Reading& reading) const {
  const std::size_t level =
      field.type == FieldType::Hierarchy ? value.rfind(field.separator) : std::string::npos;
  std::vector<std::string> words;
  for (const Token& token : context_.analyzer->query_tokens(
           level == std::string::npos ? value : value.substr(level + field.separator.size()))) {
    if (!context_.analyzer->is_stop_word(token.text)) words.push_back(token.text);
  }
  std::vector<const Position*> asked;
  for (const Position& position : reading) {
    if (position.weight > 0) asked.push_back(&position);
  }
  if (words.empty() || words.size() > 5) return false;
  const auto is_said = [&](const Position* position, const std::string& word) {
    const auto found = position->terms.find(word);
    if (found == position->terms.end()) return false;
    const Kind kind = found->second.kind;
    return (kind == Kind::Literal || kind == Kind::Stem || kind == Kind::Phrase) &&
           found->second.fields.contains(field.number);
  };
  return std::search(asked.begin(), asked.end(), words.begin(), words.end(), is_said) != asked.end();
}

std::int64_t SearchOracle::fields_named(const Document& document, const Reading& reading) const {
  return std::ranges::count_if(searched_, [&](const Field* field) {
    if (!field->is_keyword() || !field->facet) return false;
    const auto column = std::ranges::find(document.keywords, field->number, &KeywordCell::field);
    return column != document.keywords.end() &&
           std::ranges::any_of(column->values,
                               [&](const std::string& value) { return names(*field, value, reading); });
  });
}

}  // namespace aisle::test
