// Which word of a title says what the product is, by looking at every title.
#include <algorithm>
#include <functional>
#include <numeric>

#include "analyzers/title_words.h"
#include "analyzers/units.h"
#include "query/expansion.h"
#include "tests/support/oracle_text.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

// Has some name, a row of words that may be heads, a fifth of its head asked for? Behind a link word eight
// fifths.
bool has_name_of(const std::vector<std::string>& title, const std::vector<std::uint64_t>& weights,
                 const std::function<bool(const std::string&)>& is_asked) {
  for (std::size_t begin = 0; begin < title.size(); ++begin) {
    std::uint64_t all = 0;
    std::uint64_t asked = 0;
    for (std::size_t i = begin; i < title.size() && weights[i] > 0; ++i) {
      all += weights[i];
      asked += is_asked(title[i]) ? weights[i] : 0;
    }
    const bool is_name = all > 0 && (begin == 0 || weights[begin - 1] == 0);
    const bool linked =
        std::any_of(title.begin(), title.begin() + static_cast<std::ptrdiff_t>(begin), is_link_word);
    if (is_name && asked * 256 / all / (linked ? 8 : 1) >= 51) return true;
  }
  return false;
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

// Of 256: how far the head of the title is that of the query, its last word that must match and is no number.
// -1: the title has it only as an accessory does.
std::int64_t SearchOracle::head_share(const Document& document, const Reading& reading, bool bent) const {
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
  std::uint64_t all = 0;
  std::uint64_t asked = 0;
  for (std::size_t i = 0; i < title.size(); ++i) {
    all += weights[i];
    asked += stands_for(title[i], head, bent) ? weights[i] : 0;
  }
  if (asked == 0) return 0;
  if (!has_name_of(title, weights, [&](const std::string& word) { return stands_for(word, head, bent); }))
    return -1;
  return static_cast<std::int64_t>(std::min<std::uint64_t>(256, asked * 2560 / (all * 3)));
}

}  // namespace aisle::test
