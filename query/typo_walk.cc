#include "query/typo_walk.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "query/typo_letters.h"

namespace aisle {
namespace {

constexpr std::size_t word_length_max = 48;  // longer words are not bent

std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t at = 0; at < text.size();) points += next_code_point(text, at);
  return points;
}

// Whether a set has at most `count` bits, one or two.
constexpr bool has_at_most(std::uint32_t bits, int count) {
  const std::uint32_t without_one = bits & (bits - 1);
  return (count == 1 ? without_one : without_one & (without_one - 1)) == 0;
}

// Says of most terms that they are too far from a word, and never of one that is near. Their lengths are near.
class Sieve {
 public:
  static constexpr std::size_t block = 16;  // terms that are sifted together

  Sieve(std::uint32_t word, int typos_max, bool prefix)
      : word_(word), typos_max_(typos_max), prefix_(prefix) {}

  // Whether some of `block` terms may pass. Without branches, four terms a step.
  bool any_passes(const std::uint32_t* terms) const {
    FourAnswers passing = {};
    for (std::size_t i = 0; i < block; i += 4) {
      Four four;
      std::memcpy(&four, terms + i, sizeof four);
      Four too_many = beyond_most(~four & word_);
      if (!prefix_) too_many |= beyond_most(four & ~word_);
      passing |= too_many == 0;
    }
    return (passing[0] | passing[1] | passing[2] | passing[3]) != 0;
  }
  bool passes(std::uint32_t term) const {
    return has_at_most(word_ & ~term, typos_max_) && (prefix_ || has_at_most(term & ~word_, typos_max_));
  }

 private:
  using Four = std::uint32_t __attribute__((vector_size(16)));
  using FourAnswers = std::int32_t __attribute__((vector_size(16)));  // all bits: yes

  // Bits left of sets that have more than typos_max_.
  Four beyond_most(Four letters) const {
    letters &= letters - 1;
    return typos_max_ == 1 ? letters : letters & (letters - 1);
  }

  std::uint32_t word_;
  int typos_max_;
  bool prefix_;
};

// For each number of typos the set of places in the word where a reader of the term may be: bit j, j letters
// of the word are behind him.
class TypoAutomaton {
 public:
  explicit TypoAutomaton(std::u32string_view word) : end_(1ULL << word.size()), all_((end_ << 1U) - 1) {
    for (std::size_t j = 0; j < word.size(); ++j) {
      const std::uint64_t behind = 2ULL << j;
      if (word[j] < ascii_.size()) {
        ascii_[word[j]] |= behind;
      } else {
        other_.emplace_back(word[j], behind);
      }
    }
  }

  // Typos of the term or, with `prefix`, of its best beginning; more than `typos_max` when it is farther
  // away. `read` becomes the bytes that told.
  int typos(std::string_view term, int typos_max, bool prefix, std::size_t& read) const {
    int best = beyond;
    State state;
    for (read = 0; read < term.size();) {
      if (prefix) best = std::min(best, state.accepted(end_));
      if (best == 0) return best;
      state.step(places_of(next_code_point(term, read)));
      if (!state.alive(all_, typos_max)) return best;
    }
    return std::min(best, state.accepted(end_));
  }

 private:
  static constexpr int beyond = 100;

  struct State {
    std::uint64_t none = 1;  // without a typo; before the first letter
    std::uint64_t one = 3;   // a letter of the word left out
    std::uint64_t two = 7;
    std::uint64_t none_before = 0;  // a letter ago
    std::uint64_t one_before = 0;
    std::uint64_t letter_before = 0;

    void step(std::uint64_t places) {
      const std::uint64_t swapped = letter_before & (places << 1U);
      const std::uint64_t next_none = (none << 1U) & places;
      const std::uint64_t next_one =
          ((one << 1U) & places) | none | (none << 1U) | (next_none << 1U) | ((none_before << 2U) & swapped);
      two = ((two << 1U) & places) | one | (one << 1U) | (next_one << 1U) | ((one_before << 2U) & swapped);
      none_before = none;
      one_before = one;
      none = next_none;
      one = next_one;
      letter_before = places;
    }
    bool alive(std::uint64_t all, int typos_max) const { return ((typos_max == 1 ? one : two) & all) != 0; }
    int accepted(std::uint64_t end) const {
      return (none & end) != 0 ? 0 : (one & end) != 0 ? 1 : (two & end) != 0 ? 2 : beyond;
    }
  };

  std::uint64_t places_of(char32_t letter) const {
    if (letter < ascii_.size()) return ascii_[letter];
    std::uint64_t places = 0;
    for (const auto& [other, behind] : other_) places |= other == letter ? behind : 0;
    return places;
  }

  std::uint64_t end_;
  std::uint64_t all_;
  std::array<std::uint64_t, 128> ascii_{};
  std::vector<std::pair<char32_t, std::uint64_t>> other_;
};

// One word against one dictionary.
class TypoSearch {
 public:
  TypoSearch(const TermDictionary& dictionary, const TypoIndex& index, int typos_max, bool prefix)
      : dictionary_(dictionary), index_(index), typos_max_(typos_max), prefix_(prefix) {}

  std::vector<TypoMatch> run(std::string_view word) {
    const std::u32string points = code_points(word);
    std::size_t first_bytes = 0;
    next_code_point(word, first_bytes);
    first_ = points.front();
    letters_ = letters_of(word);
    add_alike(word, std::u32string_view(points).substr(1));
    if (typos_max_ == 2) add_unlike(word, first_bytes, points);
    std::ranges::sort(found_, {}, &TypoMatch::term);
    const auto [rest, end] = std::ranges::unique(found_, {}, &TypoMatch::term);
    found_.erase(rest, end);
    return std::move(found_);
  }

 private:
  static constexpr TermId sifted_max = 64;  // so many signatures are looked at sooner than one term is found

  using FirstLetter = TypoIndex::FirstLetter;

  TermId end_of(const FirstLetter& letter) const {
    const std::size_t next = static_cast<std::size_t>(&letter - index_.first_letters().data()) + 1;
    return next < index_.first_letters().size() ? index_.first_letters()[next].begin : dictionary_.size();
  }

  // Places of its terms whose lengths are no farther from the word's than so many typos.
  std::pair<std::size_t, std::size_t> near_lengths(const FirstLetter& letter, std::size_t typos) const {
    const std::size_t length = std::min(letters_.count, TypoIndex::length_max);
    const std::size_t least = length - std::min(length, typos);
    const std::size_t most =
        prefix_ ? TypoIndex::length_max : std::min(letters_.count + typos, TypoIndex::length_max);
    return {letter.by_length[least], letter.by_length[most + 1]};
  }

  // Terms with the word's first letter; `rest` are its others.
  void add_alike(std::string_view word, std::u32string_view rest) {
    const auto letter = std::ranges::lower_bound(index_.first_letters(), first_, {}, &FirstLetter::letter);
    if (letter == index_.first_letters().end() || letter->letter != first_) return;
    const Sieve sieve(letters_.signature, typos_max_, prefix_);
    const TypoAutomaton automaton(rest);
    std::size_t first_bytes = 0;
    next_code_point(word, first_bytes);
    std::string_view lost;  // a beginning that is too far away
    const std::uint32_t* const signatures = index_.signatures().data();
    const std::uint64_t letters = typos_max_ == 1 && !prefix_ ? packed(word) : 0;
    const auto look_at = [&](std::size_t place) {
      if (!sieve.passes(signatures[place])) return;
      const TermId id = index_.terms()[place];
      if (letters != 0 && index_.letters()[place] != 0) {
        if (are_one_typo_apart(letters, index_.letters()[place])) found_.push_back({id, 1});
        return;
      }
      const std::string_view term = dictionary_.term(id);
      if (!lost.empty() && term.starts_with(lost)) return;
      std::size_t read = 0;
      const int typos = automaton.typos(term.substr(first_bytes), typos_max_, prefix_, read);
      if (typos >= 1 && typos <= typos_max_) found_.push_back({id, static_cast<std::uint8_t>(typos)});
      if (typos > typos_max_ && first_bytes + read < term.size()) lost = term.substr(0, first_bytes + read);
    };
    const auto [begin, end] = near_lengths(*letter, static_cast<std::size_t>(typos_max_));
    std::size_t place = begin;
    for (; end - place >= Sieve::block; place += Sieve::block) {
      if (!sieve.any_passes(signatures + place)) continue;
      for (std::size_t some = place; some < place + Sieve::block; ++some) look_at(some);
    }
    for (; place < end; ++place) look_at(place);
  }

  // Terms whose first letter alone differs: left out, swapped, wrong or with another before it.
  void add_unlike(std::string_view word, std::size_t first_bytes, std::u32string_view points) {
    const std::string_view rest = word.substr(first_bytes);
    add_lookup(rest, 0, dictionary_.size());
    if (points.size() > 1) {
      std::size_t second_bytes = 0;
      next_code_point(rest, second_bytes);
      std::string swapped(rest.substr(0, second_bytes));
      swapped.append(word.substr(0, first_bytes)).append(rest.substr(second_bytes));
      add_lookup(swapped, 0, dictionary_.size());
    }
    const Sieve sieve(letters_.signature, 1, prefix_);
    std::string other;
    for (const FirstLetter& letter : index_.first_letters()) {
      if (letter.letter == first_) continue;
      const auto [begin, end] = near_lengths(letter, 1);
      if (end - begin <= sifted_max) {
        for (std::size_t place = begin; place < end; ++place) {
          if (sieve.passes(index_.signatures()[place]))
            add_if_alike_behind_first(index_.terms()[place], word, rest);
        }
        continue;
      }
      const TermId terms_end = end_of(letter);
      other.assign(without_rest(dictionary_.term(letter.begin))).append(rest);
      add_lookup(other, letter.begin, terms_end);
      other.resize(other.size() - rest.size());
      add_lookup(other.append(word), letter.begin, terms_end);
    }
  }

  static std::string_view without_rest(std::string_view term) {
    std::size_t bytes = 0;
    next_code_point(term, bytes);
    return term.substr(0, bytes);
  }

  bool is(std::string_view term, std::string_view wanted) const {
    return prefix_ ? term.starts_with(wanted) : term == wanted;
  }

  void add_if_alike_behind_first(TermId id, std::string_view word, std::string_view rest) {
    std::string_view term = dictionary_.term(id);
    term.remove_prefix(without_rest(term).size());
    if (is(term, rest) || is(term, word)) found_.push_back({id, 2});
  }

  void add_unless_alike(TermId id) {
    const std::string_view term = dictionary_.term(id);
    std::size_t at = 0;
    if (letters_of(term).signature != 0 && next_code_point(term, at) != first_) found_.push_back({id, 2});
  }

  // `wanted`, or all that begin with it.
  void add_lookup(std::string_view wanted, TermId begin, TermId end) {
    if (!prefix_) {
      if (const TermId id = dictionary_.find(wanted); id != no_term) add_unless_alike(id);
      return;
    }
    for (TermId id = dictionary_.lower_bound(wanted, begin, end); id < end; ++id) {
      if (!dictionary_.term(id).starts_with(wanted)) return;
      add_unless_alike(id);
    }
  }

  const TermDictionary& dictionary_;
  const TypoIndex& index_;
  int typos_max_;
  bool prefix_;
  char32_t first_ = 0;
  Letters letters_;  // of the word
  std::vector<TypoMatch> found_;
};

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

std::vector<TypoMatch> find_typos(const TermDictionary& dictionary, const TypoIndex& index,
                                  std::string_view word, int typos_max, bool prefix) {
  if (typos_allowed(word, {.most = typos_max, .one_from = 1, .two_from = 1}) == 0) return {};
  return TypoSearch(dictionary, index, std::min(typos_max, typos_allowed_max), prefix).run(word);
}

int typo_distance(std::string_view word, std::string_view term, int typos_max, bool prefix) {
  const std::u32string points = code_points(word);
  if (points.size() > word_length_max) return typos_max + 1;
  // The matrix of the restricted edit distance, a row a letter of the term, of which three are kept.
  std::array<std::array<int, word_length_max + 1>, 3> rows{};
  for (std::size_t j = 1; j <= points.size(); ++j) rows[0][j] = static_cast<int>(j) + 1;
  int best = rows[0][points.size()];
  char32_t letter_before = 0;
  std::size_t i = 0;
  for (std::size_t at = 0; at < term.size();) {
    const char32_t letter = next_code_point(term, at);
    ++i;
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    row[0] = static_cast<int>(i) + 1;
    for (std::size_t j = 1; j <= points.size(); ++j) {
      const int edit = j == 1 ? 2 : 1;  // of the word's j-th letter
      row[j] = std::min({above[j - 1] + (points[j - 1] == letter ? 0 : edit),
                         row[j - 1] + edit,  // a letter of the word too much
                         above[j] + 1});     // a letter missing after the j-th
      if (j > 1 && i > 1 && points[j - 2] == letter && points[j - 1] == letter_before)
        row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + (j == 2 ? 2 : 1));
    }
    best = std::min(best, row[points.size()]);
    letter_before = letter;
  }
  return std::min(prefix ? best : rows[i % 3][points.size()], typos_max + 1);
}

}  // namespace aisle
