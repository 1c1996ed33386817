// Which tokens count the units of a text, one after the other?
#pragma once
#include <cstddef>
#include <span>

#include "analyzers/analyzer.h"

namespace aisle {

// Of Analyzer::index_tokens(): unmixed words and the parts of mixed ones. A word that is split has its first
// part behind it, at the same position.
inline bool is_base_unit(std::span<const Token> tokens, std::size_t i) {
  const Token& token = tokens[i];
  const bool mixed = token.kind == TokenKind::Word && i + 1 < tokens.size() &&
                     tokens[i + 1].kind == TokenKind::Part && tokens[i + 1].position == token.position;
  return token.kind != TokenKind::Joined && !mixed;
}

}  // namespace aisle
