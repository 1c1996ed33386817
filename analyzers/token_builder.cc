#include "analyzers/token_builder.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/utf8.h"

namespace aisle {
namespace {

using Word = std::span<const Unit>;  // one unit, or those of a mixed word

// The units from the first of `rest` that make one word; `rest` is not empty.
Word first_word(std::span<const Unit> rest) {
  const auto end =
      std::find_if(rest.begin() + 1, rest.end(), [](const Unit& u) { return u.gap != Gap::Same; });
  return rest.first(static_cast<std::size_t>(end - rest.begin()));
}

// Units follow each other in the folded text without a gap, so those of neighbouring words do as well.
Token make_token(const Segmentation& segmentation, Word units, TokenKind kind, std::uint32_t position) {
  const std::uint32_t begin = units.front().text_begin;
  const std::string_view text =
      std::string_view(segmentation.folded).substr(begin, units.back().text_end - begin);
  return {std::string(cut_utf8(text, Analyzer::token_bytes_max)), position, units.front().begin,
          units.back().end, kind};
}

bool joins(const Unit& last, const Unit& next) {
  if (last.kind == UnitKind::Dictionary || next.kind == UnitKind::Dictionary) return false;
  return next.gap == Gap::Glued || (next.gap == Gap::Space && last.kind != next.kind);
}

}  // namespace

std::vector<Token> build_index_tokens(const Segmentation& segmentation) {
  std::vector<Token> tokens;
  tokens.reserve(segmentation.units.size() + segmentation.units.size() / 2);
  std::uint32_t position = 0;
  for (std::span<const Unit> rest = segmentation.units; !rest.empty();) {
    const Word word = first_word(rest);
    const Word parts = word.size() > 1 ? word.first(std::min(word.size(), Analyzer::parts_max)) : Word();
    tokens.push_back(make_token(segmentation, word, TokenKind::Word, position));
    if (!parts.empty()) tokens.push_back(make_token(segmentation, parts.first(1), TokenKind::Part, position));
    const auto after = rest.subspan(word.size());
    if (!after.empty() && joins(word.back(), after.front())) {
      const Word both = rest.first(word.size() + first_word(after).size());
      const std::size_t bytes = both.back().text_end - both.front().text_begin;
      if (bytes <= Analyzer::token_bytes_max) {
        tokens.push_back(make_token(segmentation, both, TokenKind::Joined, position));
      }
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {
      tokens.push_back(make_token(segmentation, parts.subspan(i, 1), TokenKind::Part, ++position));
    }
    ++position;
    rest = after;
  }
  return tokens;
}

std::vector<Token> build_query_tokens(const Segmentation& segmentation) {
  std::vector<Token> tokens;
  tokens.reserve(segmentation.units.size());
  for (std::span<const Unit> rest = segmentation.units; !rest.empty();) {
    const Word word = first_word(rest);
    tokens.push_back(
        make_token(segmentation, word, TokenKind::Word, static_cast<std::uint32_t>(tokens.size())));
    rest = rest.subspan(word.size());
  }
  return tokens;
}

}  // namespace aisle
