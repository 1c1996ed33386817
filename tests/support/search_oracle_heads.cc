// Which word of a title says what the product is, by looking at every title.
#include <algorithm>
#include <numeric>

#include "analyzers/title_words.h"
#include "analyzers/units.h"
#include "query/expansion.h"
#include "tests/support/oracle_text.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

// Has the word at `place` a fifth of its name, the row of words around it that may be heads? Behind a link word
// eight fifths.
bool has_name(const std::vector<std::string>& title, const std::vector<std::uint64_t>& weights,
              std::size_t place) {
  std::size_t begin = place;
  while (begin > 0 && weights[begin - 1] > 0) --begin;
  std::uint64_t all = 0;
  for (std::size_t i = begin; i < title.size() && weights[i] > 0; ++i) all += weights[i];
  const bool linked =
      std::any_of(title.begin(), title.begin() + static_cast<std::ptrdiff_t>(begin), is_link_word);
  return weights[place] * 5 >= all * (linked ? 8 : 1);
}

}  // namespace

// What each word of a title weighs among those that may be its head.
std::vector<std::uint64_t> SearchOracle::head_weights(const std::vector<std::string>& title,
                                                      const HeadShares& shares) const {
  const bool head_first = names_head_first(context_.analyzer->language());
  std::vector<std::uint64_t> weights;
  for (std::size_t i = 0; i < title.size(); ++i) {
    const auto share = shares.find(title[i]);
    if (share == shares.end()) {
      weights.push_back(0);
      continue;
    }
    const bool is_outer = head_first ? i == 0 : i + 1 == title.size();
    const bool goes_on = !is_outer && shares.contains(title[head_first ? i - 1 : i + 1]);
    const bool linked =
        std::any_of(title.begin(), title.begin() + static_cast<std::ptrdiff_t>(i), is_link_word);
    weights.push_back(share->second * (goes_on ? 16 : 64) / (linked ? 8 : 1));
  }
  return weights;
}

SearchOracle::HeadShares SearchOracle::learn_heads() const {
  HeadShares shares;
  if (context_.forward_field < 0) return shares;
  std::vector<std::vector<std::string>> titles;
  std::map<std::string, std::uint64_t> tokens;
  std::map<std::string, std::uint64_t> first;
  for (const Document& document : documents_) {
    titles.push_back(base_tokens(document, static_cast<std::uint16_t>(context_.forward_field)));
    for (const std::string& word : titles.back()) ++tokens[word];
    if (!titles.back().empty()) ++first[titles.back().front()];
  }
  for (const auto& [word, count] : tokens) {
    const bool is_name = first[word] * 5 > count * 2;
    const bool is_little = is_link_word(word) || is_colour(word) || context_.analyzer->is_stop_word(word) ||
                           quantity_of("1", word);
    if (count >= 5 && !is_name && !is_little && word.size() > 1 && !has_digit(word) && counted(word) > 0)
      shares[word] = 255;
  }
  std::map<std::string, std::uint64_t> heads;
  for (const auto& title : titles) {
    const std::vector<std::uint64_t> weights = head_weights(title, shares);
    const std::uint64_t sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    for (std::size_t i = 0; i < title.size(); ++i)
      heads[title[i]] += weights[i] == 0 ? 0 : 65536 * weights[i] / sum;
  }
  for (auto& [word, share] : shares) {
    const std::uint64_t learnt = 255 * (heads[word] * 20 + 65536) / (65536 * (tokens[word] * 20 + 10));
    share = std::clamp<std::uint64_t>(learnt, 2, 255);
  }
  return shares;
}

// 1: the title's head is that of the query, its last word that must match and is no number. -1: the title has
// it only as an accessory does.
int SearchOracle::head_match(const Document& document, const Reading& reading, bool bent) const {
  if (context_.forward_field < 0) return 0;
  std::vector<const Position*> named;
  for (const Position& position : reading) {
    const bool links = is_link_word(position.word);
    if (links && !named.empty()) break;
    if (!links && position.weight > 0 && !has_digit(position.word)) named.push_back(&position);
  }
  if (named.empty()) return 0;
  const Position& head = names_head_first(context_.analyzer->language()) ? *named.front() : *named.back();
  const auto title = base_tokens(document, static_cast<std::uint16_t>(context_.forward_field));
  const std::vector<std::uint64_t> weights = head_weights(title, heads_);
  const std::uint64_t all = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  bool is_there = false;
  bool is_own = false;
  for (std::size_t i = 0; i < title.size(); ++i) {
    if (weights[i] == 0 || !stands_for(title[i], head, bent)) continue;
    is_there = true;
    is_own = is_own || has_name(title, weights, i);
    if (has_name(title, weights, i) && weights[i] * 12 >= all) return 1;
  }
  return is_there && !is_own ? -1 : 0;
}

}  // namespace aisle::test
