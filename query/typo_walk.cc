#include "query/typo_walk.h"

#include <algorithm>
#include <array>
#include <vector>

namespace aisle {
namespace {

constexpr int far_away = 100;
constexpr std::size_t word_length_max = 48;  // longer words are not bent

// Decodes the code point at `at` of valid UTF-8 and moves on; a stray byte counts as itself.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || at + length > text.size()) {
    ++at;
    return lead;
  }
  char32_t point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  at += length;
  return point;
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t at = 0; at < text.size();) points += next_code_point(text, at);
  return points;
}

bool is_digit(char32_t point) {
  return point >= U'0' && point <= U'9';
}

// The automaton's state after some letters of a term: the usual matrix of the restricted edit distance, a row
// a letter of the term, a column a letter of the word, computed only near the diagonal.
class EditRows {
 public:
  EditRows(std::u32string word, int typos_max, bool prefix)
      : word_(std::move(word)), typos_max_(typos_max), prefix_(prefix) {
    rows_.emplace_back();
    rows_[0].cells.fill(far_away);
    for (std::size_t j = 0; j <= word_.size(); ++j) rows_[0].cells[j] = j == 0 ? 0 : static_cast<int>(j) + 1;
  }

  // Goes on from the first `depth` letters with one more. False when no continuation can come near enough.
  bool push(std::size_t depth, char32_t letter) {
    if (rows_.size() < depth + 2) rows_.resize(depth + 2);
    Row& row = rows_[depth + 1];
    const Row& above = rows_[depth];
    row.letter = letter;
    row.cells.fill(far_away);
    const auto band = static_cast<std::size_t>(typos_max_);
    const std::size_t i = depth + 1;
    const std::size_t first = i > band ? i - band : 0;
    const std::size_t last = std::min(word_.size(), i + band);
    int least = far_away;
    for (std::size_t j = first; j <= last; ++j) {
      row.cells[j] = cell(row, above, depth, j);
      least = std::min(least, row.cells[j]);
    }
    row.best_prefix = std::min(above.best_prefix, row.cells[word_.size()]);
    return least <= typos_max_ || (prefix_ && row.best_prefix <= typos_max_);
  }

  // Typos of the term made of the first `depth` letters.
  int typos(std::size_t depth) const {
    return prefix_ ? rows_[depth].best_prefix : rows_[depth].cells[word_.size()];
  }

 private:
  struct Row {
    char32_t letter = 0;
    int best_prefix = far_away;
    std::array<int, word_length_max + 1> cells;
  };

  // An edit that touches the first letter of the word counts two.
  int cell(const Row& row, const Row& above, std::size_t depth, std::size_t j) const {
    if (j == 0) return above.cells[0] + (depth == 0 ? 2 : 1);
    const int edit = j == 1 ? 2 : 1;
    int best = above.cells[j - 1] + (word_[j - 1] == row.letter ? 0 : edit);
    best = std::min(best, row.cells[j - 1] + edit);  // a letter of the word too much
    best = std::min(best, above.cells[j] + 1);       // a letter missing after the j-th
    if (j > 1 && depth > 0 && word_[j - 2] == row.letter && word_[j - 1] == above.letter) {
      best = std::min(best, rows_[depth - 1].cells[j - 2] + (j == 2 ? 2 : 1));
    }
    return best;
  }

  std::u32string word_;
  int typos_max_;
  bool prefix_;
  std::vector<Row> rows_;
};

// First term at or after `from` that does not begin with `prefix`, by doubling steps.
TermId skip_prefix(const TermDictionary& dictionary, TermId from, std::string_view prefix) {
  TermId step = 1;
  TermId low = from;
  while (low + step < dictionary.size() && dictionary.term(low + step).substr(0, prefix.size()) == prefix) {
    low += step;
    step *= 2;
  }
  TermId high = std::min<TermId>(dictionary.size(), low + step);
  while (low + 1 < high) {
    const TermId middle = low + (high - low) / 2;
    if (dictionary.term(middle).substr(0, prefix.size()) == prefix) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

}  // namespace

int typos_allowed(std::string_view word, const TypoLengths& lengths) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < word.size(); ++length) {
    if (is_digit(next_code_point(word, at))) return 0;
  }
  if (length > word_length_max) return 0;
  const auto letters = static_cast<int>(length);
  return std::min(lengths.most, letters < lengths.one_from ? 0 : letters < lengths.two_from ? 1 : 2);
}

void walk_typos(const TermDictionary& dictionary, std::string_view word, int typos_max, bool prefix,
                const std::function<void(TermId, int)>& found) {
  const std::u32string points = code_points(word);
  if (points.empty() || points.size() > word_length_max || typos_max <= 0) return;
  EditRows rows(points, typos_max, prefix);
  std::vector<std::size_t> ends = {0};  // byte length of the first d letters of the term walked last
  std::string_view previous;
  for (TermId id = 0; id < dictionary.size();) {
    const std::string_view term = dictionary.term(id);
    std::size_t depth = 0;
    while (depth + 1 < ends.size() && term.substr(0, ends[depth + 1]) == previous.substr(0, ends[depth + 1]))
      ++depth;
    ends.resize(depth + 1);
    std::size_t at = ends[depth];
    bool alive = true;
    while (alive && at < term.size()) {
      const char32_t letter = next_code_point(term, at);
      alive = !is_digit(letter) && rows.push(depth, letter);
      ++depth;
      ends.push_back(at);
    }
    previous = term;
    if (!alive) {
      id = skip_prefix(dictionary, id, term.substr(0, at));
      ends.pop_back();  // the dead row must not be shared by the next term
      continue;
    }
    const int typos = rows.typos(depth);
    if (typos >= 1 && typos <= typos_max) found(id, typos);
    ++id;
  }
}

int typo_distance(std::string_view word, std::string_view term, int typos_max, bool prefix) {
  const std::u32string points = code_points(word);
  if (points.size() > word_length_max) return typos_max + 1;
  EditRows rows(points, typos_max, prefix);
  std::size_t depth = 0;
  for (std::size_t at = 0; at < term.size(); ++depth) {
    if (!rows.push(depth, next_code_point(term, at))) return typos_max + 1;
  }
  return std::min(rows.typos(depth), typos_max + 1);
}

}  // namespace aisle
