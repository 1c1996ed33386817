// The tokens of a document, as the oracle looks at them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "schemas/op.h"

namespace aisle::test {

inline const FieldTokens* text_of(const Document& document, std::uint16_t field) {
  for (const FieldTokens& text : document.texts) {
    if (text.field == field) return &text;
  }
  return nullptr;
}

inline std::vector<std::string> base_tokens(const Document& document, std::uint16_t field) {
  std::vector<std::string> tokens;
  if (const FieldTokens* text = text_of(document, field)) {
    for (const IndexToken& token : text->tokens) {
      if (token.base) tokens.push_back(token.term);
    }
  }
  return tokens;
}

inline std::uint64_t occurrences(const Document& document, std::uint16_t field, const std::string& term) {
  const FieldTokens* text = text_of(document, field);
  if (text == nullptr) return 0;
  const auto count = std::ranges::count(text->tokens, term, &IndexToken::term);
  return std::min<std::uint64_t>(static_cast<std::uint64_t>(count), 255);
}

}  // namespace aisle::test
