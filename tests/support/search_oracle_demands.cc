// Phrases, codes and exclusions of a query, by looking at every product.
#include <algorithm>

#include "analyzers/trade_code.h"
#include "query/expansion.h"
#include "tests/support/oracle_text.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {

// A word of a phrase: itself in the title, or its share of a code that the whole phrase is.
SearchOracle::Position SearchOracle::phrase_position(const Phrase& phrase, const ParsedQuery& query,
                                                     std::size_t word) const {
  Position position{query.words[word], {}, {}, {}, 0};
  const bool forward_only = phrase.words > 1 && context_.forward_field >= 0;
  Alternative& itself = position.terms[query.words[word]];
  itself.kind = Kind::Phrase;
  itself.points = inverse_frequency(counted(query.words[word]));
  for (const Field* field : searched_) {
    if (!forward_only || field->number == context_.forward_field) itself.fields.insert(field->number);
  }
  const auto begin = query.words.begin() + static_cast<std::ptrdiff_t>(phrase.begin);
  const std::string code = code_of({begin, begin + static_cast<std::ptrdiff_t>(phrase.words)});
  if (code.empty()) return position;
  Alternative& as_code = position.terms[code];
  as_code.kind = Kind::Phrase;
  as_code.points = inverse_frequency(counted(code)) / phrase.words;
  for (const Field* field : searched_) {
    if (field->type == FieldType::Code) as_code.fields.insert(field->number);
  }
  return position;
}

std::string SearchOracle::code_of(const std::vector<std::string>& words) const {
  std::string joined;
  for (const std::string& word : words) joined += word;
  const bool fits = words.size() > 1 && has_digit(joined) && joined.size() <= Analyzer::token_bytes_max;
  return fits ? normalize_code(joined) : "";
}

bool SearchOracle::holds(const Document& document, const std::string& term) const {
  return std::ranges::any_of(
      searched_, [&](const Field* field) { return occurrences(document, field->number, term) > 0; });
}

// One word anywhere, several next to each other in the title or as a code.
bool SearchOracle::holds_row(const Document& document, const std::vector<std::string>& words) const {
  if (words.size() == 1) return holds(document, words.front());
  const std::string code = code_of(words);
  const bool is_code = !code.empty() && std::ranges::any_of(searched_, [&](const Field* field) {
    return field->type == FieldType::Code && occurrences(document, field->number, code) > 0;
  });
  const auto title = base_tokens(document, static_cast<std::uint16_t>(context_.forward_field));
  return is_code || std::search(title.begin(), title.end(), words.begin(), words.end()) != title.end();
}

bool SearchOracle::holds_excluded(const Document& document, const Exclusion& exclusion) const {
  if (holds_row(document, exclusion.words)) return true;
  if (exclusion.literal) return false;
  std::string joined;
  for (const std::string& word : exclusion.words) joined += word;
  if (exclusion.words.size() > 1)
    return joined.size() <= Analyzer::token_bytes_max && holds(document, joined);
  return std::ranges::any_of(document.texts, [&](const FieldTokens& text) {
    const int language = context_.stemmer_of_field[text.field];
    if (language < 0) return false;
    const Analyzer& analyzer = *context_.stemmers[static_cast<std::size_t>(language)];
    return std::ranges::any_of(text.tokens, [&](const IndexToken& token) {
      return analyzer.stem(token.term) == analyzer.stem(joined);
    });
  });
}

// A product whose code is the whole query stands above those that mention it.
SearchOracle::Position SearchOracle::whole_code(const std::string& code,
                                                const std::set<std::size_t>& words) const {
  Position whole{code, {}, {}, words, 0};
  std::set<std::uint16_t> fields;
  for (const Field* field : searched_) {
    if (field->type == FieldType::Code) fields.insert(field->number);
  }
  if (fields.empty() || code.size() < 4) return whole;
  std::vector<std::string> codes = same_trade_codes(code);
  codes.push_back(code);
  for (const std::string& some : codes) {
    if (frequency(some) > 0)
      whole.terms[some] = {Kind::Code, 0, fields, some == code ? 8'000'000U : 7'000'000U};
  }
  return whole;
}

}  // namespace aisle::test
