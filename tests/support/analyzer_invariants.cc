#include "tests/support/analyzer_invariants.h"

#include <algorithm>
#include <tuple>

#include "base/utf8.h"

namespace aisle::test {
namespace {

std::string broken_by_token(const Token& token, std::size_t text_bytes) {
  if (token.begin >= token.end || token.end > text_bytes) return "its range is not inside the text";
  if (token.text.empty()) return "it is empty";
  if (token.text.size() > Analyzer::token_bytes_max) return "it is too long";
  if (!is_valid_utf8(token.text)) return "it is not valid UTF-8";
  if (fold(token.text) != token.text) return "it is not folded";
  return {};
}

std::string broken_by_order(const std::vector<Token>& tokens) {
  const auto key = [](const Token& t) { return std::tuple(t.position, t.kind, t.end); };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::uint32_t before = i == 0 ? 0 : tokens[i - 1].position;
    if (tokens[i].position > before + (i == 0 ? 0 : 1))
      return "a position is left out before " + shown({tokens[i]});
    if (i == 0) continue;
    if (key(tokens[i - 1]) >= key(tokens[i])) return "not ordered at " + shown({tokens[i]});
    if (tokens[i - 1].begin > tokens[i].begin) return "the range goes back at " + shown({tokens[i]});
  }
  return {};
}

std::string broken_by_query(const std::vector<Token>& index, const std::vector<Token>& query) {
  std::vector<Token> words;
  std::copy_if(index.begin(), index.end(), std::back_inserter(words),
               [](const Token& t) { return t.kind == TokenKind::Word; });
  for (std::size_t i = 0; i < words.size(); ++i) words[i].position = static_cast<std::uint32_t>(i);
  return words == query ? "" : "the query's words differ from the document's: " + shown(query);
}

}  // namespace

std::string broken_promise(const Analyzer& analyzer, std::string_view text) {
  const std::vector<Token> index = analyzer.index_tokens(text);
  for (const Token& token : index) {
    const std::string broken = broken_by_token(token, std::min(text.size(), Analyzer::text_bytes_max));
    if (!broken.empty()) return shown({token}) + ": " + broken;
  }
  if (analyzer.index_tokens(text) != index) return "other tokens the second time";
  if (std::string broken = broken_by_order(index); !broken.empty()) return broken;
  return broken_by_query(index, analyzer.query_tokens(text));
}

std::string shown(const std::vector<Token>& tokens) {
  std::string result;
  for (const Token& token : tokens) {
    if (!result.empty()) result += ' ';
    result += std::to_string(token.position) + ":" + token.text;
    if (token.kind == TokenKind::Part) result += "/p";
    if (token.kind == TokenKind::Joined) result += "/j";
  }
  return result;
}

std::string shown_words(const std::vector<Token>& tokens) {
  std::string result;
  for (const Token& token : tokens) result += (result.empty() ? "" : " ") + token.text;
  return result;
}

}  // namespace aisle::test
