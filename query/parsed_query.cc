#include "query/parsed_query.h"

#include "analyzers/base_units.h"
#include "base/utf8.h"
#include "query/query_text.h"

namespace aisle {
namespace {

// One word whole, of several the units that stand in the index one after the other.
std::vector<std::string> words_in_a_row(std::string_view text, const Analyzer& analyzer) {
  std::vector<std::string> words;
  std::vector<Token> whole = analyzer.query_tokens(text);
  if (whole.size() == 1) return {std::move(whole.front().text)};
  std::vector<Token> tokens = analyzer.index_tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_base_unit(tokens, i)) words.push_back(std::move(tokens[i].text));
  }
  return words;
}

class QueryReader {
 public:
  QueryReader(const Analyzer& analyzer, const QueryLimits& limits) : analyzer_(analyzer), limits_(limits) {}

  void add(const QueryPart& part) {
    if (part.excluded) {
      exclude(part);
    } else if (part.quoted) {
      add_phrase(part);
    } else {
      for (Token& token : analyzer_.query_tokens(part.text)) add_word(std::move(token.text));
    }
    query_.last_is_open = !part.quoted && !part.excluded;
  }

  ParsedQuery take() { return std::move(query_); }

 private:
  void exclude(const QueryPart& part) {
    std::vector<std::string> words = words_in_a_row(part.text, analyzer_);
    if (words.empty()) return;
    if (query_.excluded.size() == limits_.words_max || words.size() > limits_.words_max) {
      query_.ignored_words.push_back("-" + part.text);
      return;
    }
    query_.excluded.push_back({std::move(words), part.quoted, part.text});
  }

  // What is too long is a shorter phrase.
  void add_phrase(const QueryPart& part) {
    Phrase phrase{query_.words.size(), 0, part.text};
    for (std::string& word : words_in_a_row(part.text, analyzer_)) add_word(std::move(word));
    phrase.words = query_.words.size() - phrase.begin;
    if (phrase.words > 0) query_.phrases.push_back(std::move(phrase));
  }

  void add_word(std::string word) {
    auto& kept = query_.words.size() < limits_.words_max ? query_.words : query_.ignored_words;
    kept.push_back(std::move(word));
  }

  const Analyzer& analyzer_;
  const QueryLimits& limits_;
  ParsedQuery query_;
};

}  // namespace

ParsedQuery parse_query(std::string_view q, const Analyzer& analyzer, const QueryLimits& limits) {
  const std::string_view cut = cut_utf8(q, limits.query_bytes_max);
  QueryReader reader(analyzer, limits);
  for (const QueryPart& part : parse_query_text(cut)) reader.add(part);
  ParsedQuery parsed = reader.take();
  parsed.truncated = cut.size() < q.size();
  return parsed;
}

}  // namespace aisle
