#include "query/word_pattern.h"

#include <algorithm>
#include <string_view>

namespace aisle {
namespace {

void add_words(std::string_view text, bool beginning, const Analyzer& analyzer, WordPattern& pattern) {
  const std::size_t before = pattern.words.size();
  for (Token& token : analyzer.query_tokens(text)) pattern.words.push_back({std::move(token.text), false});
  if (beginning && pattern.words.size() > before) pattern.words.back().beginning = true;
}

}  // namespace

bool WordPattern::matches(std::span<const std::string> query) const {
  if (kind == PatternKind::Equals && query.size() != words.size()) return false;
  if (query.size() < words.size()) return false;
  const auto begins_at = [&](std::size_t at) {
    return std::equal(words.begin(), words.end(), query.begin() + static_cast<std::ptrdiff_t>(at),
                      [](const Word& word, const std::string& given) {
                        return word.beginning ? given.starts_with(word.text) : given == word.text;
                      });
  };
  const std::size_t last = kind == PatternKind::Contains ? query.size() - words.size() : 0;
  for (std::size_t at = 0; at <= last; ++at) {
    if (begins_at(at)) return true;
  }
  return false;
}

WordPattern compile_pattern(const RuleCondition::Pattern& pattern, const Analyzer& analyzer) {
  WordPattern compiled{.kind = pattern.kind, .words = {}};
  std::string_view text = pattern.text;
  for (std::size_t star = text.find('*'); star != std::string_view::npos; star = text.find('*')) {
    const bool ends_word =
        star > 0 && text[star - 1] != ' ' && (star + 1 == text.size() || text[star + 1] == ' ');
    add_words(text.substr(0, star), ends_word, analyzer, compiled);
    text.remove_prefix(star + 1);
  }
  add_words(text, false, analyzer, compiled);
  return compiled;
}

}  // namespace aisle
