#include "analyzers/token_builder.h"

#include <algorithm>
#include <span>

#include "analyzers/han.h"
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
      add_measure(begin, position);
      add_bigrams(begin, position);
      add_joins(begin, end, position);
      for (std::size_t part = 1; part < parts; ++part) {
        const std::uint32_t at = position + static_cast<std::uint32_t>(part);
        add(begin + part, begin + part + 1, at, TokenKind::Part);
        add_measure(begin + part, at);
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

  // 27" as 27in.
  void add_measure(std::size_t unit, std::uint32_t position) {
    const Unit& number = units_[unit];
    if (number.sign == UnitSign::None) return;
    std::string text(text_of(unit, unit + 1));
    text += number.sign == UnitSign::Inch ? "in" : "ft";
    if (text.size() > Analyzer::token_bytes_max) return;
    tokens_.push_back({std::move(text), position, number.begin, number.end, TokenKind::Joined});
  }

  // Two Han characters next to each other, inside a longer word and over the border of two: dictionaries part
  // a row of them in more than one way.
  void add_bigrams(std::size_t unit, std::uint32_t position) {
    if (units_[unit].kind != UnitKind::Dictionary) return;
    const std::vector<std::string> bigrams = han_bigrams(text_of(unit, unit + 1));
    const bool is_word = bigrams.size() == 1 && bigrams.front() == text_of(unit, unit + 1);
    for (const std::string& bigram : bigrams) {
      if (!is_word)
        tokens_.push_back({bigram, position, units_[unit].begin, units_[unit].end, TokenKind::Joined});
    }
    if (unit + 1 == units_.size()) return;
    const Unit& next = units_[unit + 1];
    if (next.kind != UnitKind::Dictionary || next.begin != units_[unit].end) return;
    const std::string_view last = last_character(text_of(unit, unit + 1));
    const std::string_view first = first_character(text_of(unit + 1, unit + 2));
    for (const std::string& bigram : han_bigrams(std::string(last) + std::string(first)))
      tokens_.push_back({bigram, position, units_[unit].begin, next.end, TokenKind::Joined});
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
