// Misspellings: the terms of a dictionary within a few edits of a word.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "query/term_dictionary.h"
#include "query/typo_lengths.h"

namespace aisle {

inline constexpr int typos_allowed_max = 2;  // of any word

// Edits allowed for a word by its code points: none when it holds a digit.
int typos_allowed(std::string_view word, const TypoLengths& lengths = {});

// What of a dictionary's terms without digits is looked at before their letters, by first letter and length:
// sixteen bytes a term. Immutable.
class TypoIndex {
 public:
  TypoIndex() = default;
  explicit TypoIndex(const TermDictionary& dictionary);

  static constexpr std::size_t length_max = 31;  // letters; longer terms stand with those of so many

  struct FirstLetter {
    char32_t letter = 0;
    TermId begin = 0;  // its terms end where those of the next letter begin
    // places() of its terms of n letters begin at n and end at n + 1.
    std::array<std::uint32_t, length_max + 2> by_length{};
  };

  const std::vector<FirstLetter>& first_letters() const { return first_letters_; }  // ascending
  // By place: which letters a term has (bits, several letters share one), the term, ascending within a length,
  // and its letters (typo_letters.h: packed()).
  const std::vector<std::uint32_t>& signatures() const { return signatures_; }
  const std::vector<TermId>& terms() const { return terms_; }
  const std::vector<std::uint64_t>& letters() const { return letters_; }
  std::size_t bytes() const {
    return letters_.capacity() * sizeof(std::uint64_t) + signatures_.capacity() * sizeof(std::uint32_t) +
           terms_.capacity() * sizeof(TermId) + first_letters_.capacity() * sizeof(FirstLetter);
  }

 private:
  void add_letter(const TermDictionary& dictionary, TermId begin, TermId end);

  std::vector<std::uint32_t> signatures_;
  std::vector<TermId> terms_;
  std::vector<std::uint64_t> letters_;
  std::vector<FirstLetter> first_letters_;
};

struct TypoMatch {
  TermId term = no_term;
  std::uint8_t typos = 0;
  friend bool operator==(const TypoMatch&, const TypoMatch&) = default;
};

// The terms of `dictionary` with 1 <= typos <= typos_max, in its order; `index` is its own, typos_max at most
// typos_allowed_max. A typo is an inserted, missing, wrong or swapped pair of letters (code points); an edit
// of the first letter counts two. Terms that hold a digit are never found. With `prefix` the word may also be
// the misspelt beginning of the term.
//
// Two edits of the first letter are already too many, so terms either begin like the word or differ from it
// by one edit there and nothing else. The former are sifted by their lengths and signatures (an edit brings
// one letter at the most and takes one away), and what is left is read by an automaton in bits: Wu and Manber, Fast text
// searching (1992), with a swap as a further step; for one typo between words of at most eight ASCII letters
// these are compared as numbers instead. The latter are looked up.
std::vector<TypoMatch> find_typos(const TermDictionary& dictionary, const TypoIndex& index,
                                  std::string_view word, int typos_max, bool prefix);

// The same measure for two single words, digits or not; > typos_max when farther apart. Words of more than 48
// code points are bent by neither.
int typo_distance(std::string_view word, std::string_view term, int typos_max, bool prefix);

}  // namespace aisle
