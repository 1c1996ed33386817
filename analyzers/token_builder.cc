#include "analyzers/token_builder.h"

#include <algorithm>
#include <span>

#include "base/utf8.h"

namespace aisle {
namespace {

class TokenBuilder {
 public:
  explicit TokenBuilder(const Segmentation& segmentation)
      : folded_(segmentation.folded), units_(segmentation.units) {
    tokens_.reserve(units_.size() + units_.size() / 2);
  }

  std::vector<Token> index_tokens() {
    std::uint32_t position = 0;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < units_.size(); begin = end) {
      end = end_of_word(begin);
      const std::size_t parts = std::min(end - begin, parts_max);
      add(begin, end, position, TokenKind::Word);
      if (parts > 1) add(begin, begin + 1, position, TokenKind::Part);
      add_joins(begin, end, position);
      for (std::size_t part = 1; part < parts; ++part) {
        add(begin + part, begin + part + 1, position + static_cast<std::uint32_t>(part), TokenKind::Part);
      }
      position += static_cast<std::uint32_t>(parts);
    }
    return std::move(tokens_);
  }

  std::vector<Token> query_tokens() {
    std::uint32_t position = 0;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < units_.size(); begin = end) {
      end = end_of_word(begin);
      add(begin, end, position++, TokenKind::Word);
    }
    return std::move(tokens_);
  }

 private:
  std::size_t end_of_word(std::size_t begin) const {
    std::size_t end = begin + 1;
    while (end < units_.size() && units_[end].gap == Gap::Same) ++end;
    return end;
  }

  bool is_glued(std::size_t unit) const { return unit < units_.size() && units_[unit].gap == Gap::Glued; }

  // Is there a letter/digit boundary over one space before this unit?
  bool is_boundary(std::size_t unit) const {
    if (unit >= units_.size() || units_[unit].gap != Gap::Space) return false;
    return units_[unit].kind != units_[unit - 1].kind;
  }

  // The word [begin, end) with the next one, and the whole row of glued words that begins with it.
  void add_joins(std::size_t begin, std::size_t end, std::uint32_t position) {
    if (!is_glued(end) && !is_boundary(end)) return;
    const std::size_t pair_end = end_of_word(end);
    add_join(begin, pair_end, position);
    if (is_glued(begin) || !is_glued(end)) return;
    std::size_t chain_end = pair_end;
    std::size_t words = 2;
    for (; is_glued(chain_end); ++words) {
      if (words == chain_words_max) return;
      chain_end = end_of_word(chain_end);
    }
    if (words > 2) add_join(begin, chain_end, position);
  }

  void add_join(std::size_t begin, std::size_t end, std::uint32_t position) {
    if (text_of(begin, end).size() <= Analyzer::token_bytes_max) add(begin, end, position, TokenKind::Joined);
  }

  // Units lie one after the other in folded_, so a range of them is one text.
  std::string_view text_of(std::size_t begin, std::size_t end) const {
    return folded_.substr(units_[begin].text_begin, units_[end - 1].text_end - units_[begin].text_begin);
  }

  void add(std::size_t begin, std::size_t end, std::uint32_t position, TokenKind kind) {
    const std::string_view text = cut_utf8(text_of(begin, end), Analyzer::token_bytes_max);
    tokens_.push_back({std::string(text), position, units_[begin].begin, units_[end - 1].end, kind});
  }

  const std::string_view folded_;
  const std::span<const Unit> units_;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> index_tokens_of(const Segmentation& segmentation) {
  return TokenBuilder(segmentation).index_tokens();
}

std::vector<Token> query_tokens_of(const Segmentation& segmentation) {
  return TokenBuilder(segmentation).query_tokens();
}

}  // namespace aisle
