// What words of a query may have been meant to be.
#include <algorithm>

#include "query/planner.h"
#include "query/typo_walk.h"

namespace aisle {
namespace {

constexpr std::size_t spellings_most = 3;  // of one word

// A word that products hold is only taken for another that is that much more common, or for one that a single
// product has: a misprint there.
constexpr std::uint64_t typo_dominance = 10;

}  // namespace

std::vector<FoundTerm> Planner::misspellings(const Position& position, bool prefix) {
  if (typos_allowed(position.word, typo_lengths()) == 0) return {};
  std::vector<FoundTerm> found =
      known_.find(position.word, prefix ? ExpandKind::TypoBeginnings : ExpandKind::Typos).terms;
  const std::uint64_t own = frequencies(position).own();
  std::erase_if(found, [&](const FoundTerm& some) {
    if (some.number > typos_most_) return true;  // known from before bend_less()
    const std::uint32_t common = statistics_.frequency(some.known, some.term);
    return common > 0 && common < own * typo_dominance;
  });
  return found;
}

// Best first. None of a word that begins others.
std::vector<Meant> Planner::meant(const std::string& word, bool last) {
  std::vector<Meant> found;
  const Position as_is = position(word, last, false);
  if (std::ranges::find(as_is.alternatives, MatchKind::Prefix, &Alternative::kind) !=
      as_is.alternatives.end())
    return found;
  for (const FoundTerm& some : misspellings(as_is, last)) {
    if (found.size() < spellings_most) found.push_back({{some.term}, some.number});
  }
  std::vector<std::string> apart = pieces(as_is);
  if (apart.size() == 2 && !has_digit(word)) found.push_back({std::move(apart), 1});
  return found;
}

Result<std::vector<std::vector<Meant>>> Planner::meant(std::span<const std::string> words,
                                                       bool last_is_prefix) {
  for (;;) {
    std::vector<std::vector<Meant>> all;
    for (std::size_t i = 0; i < words.size(); ++i)
      all.push_back(meant(words[i], last_is_prefix && i + 1 == words.size()));
    std::vector<WordAsk> missing = known_.take_missing();
    if (missing.empty()) return all;
    AISLE_CHECK(expand_missing(std::move(missing)));
  }
}

}  // namespace aisle
