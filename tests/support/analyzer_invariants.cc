#include "tests/support/analyzer_invariants.h"

#include <tuple>

#include "base/utf8.h"

namespace aisle {
namespace {

bool is_boundary(std::string_view text, std::size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

std::string broken_in_token(const Token& token, std::string_view text, bool text_is_valid) {
  if (token.text.empty()) return "is empty";
  if (token.text.size() > Analyzer::token_bytes_max) return "is longer than token_bytes_max";
  if (!is_valid_utf8(token.text)) return "is not valid UTF-8";
  if (token.begin >= token.end || token.end > text.size()) return "lies outside the text";
  if (token.end > Analyzer::text_bytes_max) return "lies beyond text_bytes_max";
  if (text_is_valid && (!is_boundary(text, token.begin) || !is_boundary(text, token.end))) {
    return "does not begin and end between code points";
  }
  // A join may bring halves of a Hangul syllable together.
  if (token.kind != TokenKind::Joined && fold(token.text) != token.text)
    return "changes when it is folded again";
  return "";
}

std::string broken_in_order(const std::vector<Token>& tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::uint32_t last = i == 0 ? 0 : tokens[i - 1].position;
    if (tokens[i].position > last + (i == 0 ? 0 : 1)) return "a position is left out";
    if (i == 0) continue;
    const auto key = [](const Token& t) { return std::tuple(t.position, t.kind, t.end); };
    if (key(tokens[i]) < key(tokens[i - 1])) return "tokens are not ordered by position, kind and end";
    if (tokens[i].begin < tokens[i - 1].begin) return "offsets go back";
  }
  return "";
}

std::string broken_between_sides(const std::vector<Token>& document, const std::vector<Token>& query) {
  std::size_t count = 0;
  for (const Token& token : document) {
    if (token.kind != TokenKind::Word) continue;
    if (count == query.size()) return "the query side has fewer words than the document side";
    const Token& asked = query[count];
    if (asked.kind != TokenKind::Word) return "the query side has a token that is no word";
    if (asked.position != count) return "the query side does not count words";
    if (std::tie(asked.text, asked.begin, asked.end) != std::tie(token.text, token.begin, token.end)) {
      return "the query side has another word than the document side: " + asked.text + ", " + token.text;
    }
    ++count;
  }
  return count == query.size() ? "" : "the query side has more words than the document side";
}

std::string broken_invariant(const Analyzer& analyzer, std::string_view text) {
  const std::vector<Token> tokens = analyzer.index_tokens(text);
  if (tokens.size() > 2 * text.size()) return "there are more than two tokens a byte";
  const bool text_is_valid = is_valid_utf8(text);
  for (const Token& token : tokens) {
    if (const std::string broken = broken_in_token(token, text, text_is_valid); !broken.empty()) {
      return "token \"" + token.text + "\" " + broken;
    }
    const std::string stem = analyzer.stem(token.text);
    if (stem.empty() || !is_valid_utf8(stem)) return "token \"" + token.text + "\" has no valid stem";
  }
  if (const std::string broken = broken_in_order(tokens); !broken.empty()) return broken;
  if (analyzer.index_tokens(text) != tokens) return "the same text has other tokens the second time";
  return broken_between_sides(tokens, analyzer.query_tokens(text));
}

}  // namespace

std::string broken_analyzer_invariant(const Analyzer& analyzer, std::string_view text) {
  const std::string broken = broken_invariant(analyzer, text);
  return broken.empty() ? "" : "language " + analyzer.language() + ": " + broken;
}

}  // namespace aisle
