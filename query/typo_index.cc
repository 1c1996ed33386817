#include <algorithm>

#include "query/typo_letters.h"
#include "query/typo_walk.h"

namespace aisle {

TypoIndex::TypoIndex(const TermDictionary& dictionary) {
  signatures_.reserve(dictionary.size());
  terms_.reserve(dictionary.size());
  letters_.reserve(dictionary.size());
  for (TermId begin = 0, end = 0; begin < dictionary.size(); begin = end) {
    std::size_t bytes = 0;
    const std::string_view term = dictionary.term(begin);
    if (!term.empty()) next_code_point(term, bytes);
    end = begin + 1;
    while (end < dictionary.size() && bytes > 0 && dictionary.term(end).starts_with(term.substr(0, bytes)))
      ++end;
    if (bytes > 0) add_letter(dictionary, begin, end);
  }
  signatures_.shrink_to_fit();
  terms_.shrink_to_fit();
  letters_.shrink_to_fit();
  first_letters_.shrink_to_fit();
}

// Its terms, which are [begin, end), ordered by their lengths.
void TypoIndex::add_letter(const TermDictionary& dictionary, TermId begin, TermId end) {
  std::size_t bytes = 0;
  FirstLetter letter{next_code_point(dictionary.term(begin), bytes), begin, {}};
  std::vector<Letters> letters;
  letters.reserve(end - begin);
  std::array<std::uint32_t, length_max + 1> terms_of{};
  for (TermId id = begin; id < end; ++id) {
    Letters& some = letters.emplace_back(letters_of(dictionary.term(id)));
    some.count = std::min(some.count, length_max);
    terms_of[some.count] += some.signature != 0 ? 1U : 0U;
  }
  auto next = static_cast<std::uint32_t>(terms_.size());
  for (std::size_t length = 0; length <= length_max; ++length) {
    letter.by_length[length] = next;
    next += terms_of[length];
  }
  letter.by_length.back() = next;
  terms_.resize(next);
  signatures_.resize(next);
  letters_.resize(next);
  std::array<std::uint32_t, length_max + 2> place = letter.by_length;
  for (TermId id = begin; id < end; ++id) {
    const Letters& some = letters[id - begin];
    if (some.signature == 0) continue;
    const std::uint32_t at = place[some.count]++;
    terms_[at] = id;
    signatures_[at] = some.signature;
    letters_[at] = packed(dictionary.term(id));
  }
  first_letters_.push_back(letter);
}

}  // namespace aisle
