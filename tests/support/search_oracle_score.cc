// What a product's words earn, by looking at every product.
#include <algorithm>

#include "query/expansion.h"
#include "schemas/ranking.h"
#include "tests/support/oracle_text.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

constexpr std::int64_t points_top = 999'999;

}  // namespace

// The least typos of the alternatives that match, -1 when none does.
int SearchOracle::typos_of(const Document& document, const Position& position) const {
  int typos = -1;
  for (const auto* terms : {&position.terms, &position.misspelt}) {
    for (const auto& [term, alternative] : *terms) {
      const bool holds = std::ranges::any_of(
          alternative.fields, [&](std::uint16_t field) { return occurrences(document, field, term) > 0; });
      if (holds) typos = typos < 0 ? alternative.typos : std::min(typos, alternative.typos);
    }
  }
  return typos;
}

// Sum over the fields of the best alternative. What a literal match misspells besides does not count.
std::int64_t SearchOracle::points(const Document& document, const Position& position) const {
  std::int64_t sum = 0;
  const bool literal = typos_of(document, position) == 0;
  std::vector<std::pair<std::string, Alternative>> ways(position.terms.begin(), position.terms.end());
  if (!literal) ways.insert(ways.end(), position.misspelt.begin(), position.misspelt.end());
  for (const Field* field : searched_) {
    const std::uint64_t length = std::min<std::uint64_t>(base_tokens(document, field->number).size(), 255);
    const std::uint64_t norm = 179 + 77 * length * 256 / mean_length(field->number);
    std::int64_t best = 0;
    for (const auto& [term, alternative] : ways) {
      const std::uint64_t count = occurrences(document, field->number, term);
      if (count == 0 || !alternative.fields.contains(field->number)) continue;
      const std::uint64_t saturated = 256 * 22 * count * 256 / (10 * count * 256 + 12 * norm);
      const std::uint64_t weighed = alternative.points * static_cast<std::uint64_t>(field->weight);
      best = std::max(best, static_cast<std::int64_t>(weighed * saturated / 4096));
    }
    sum += best;
  }
  return sum;
}

// Does the title's word stand for that position? Misspelt only where the product is not matched literally.
bool SearchOracle::stands_for(const std::string& token, const Position& position, bool bent) const {
  const auto among = [&](const std::map<std::string, Alternative>& terms) {
    const auto found = terms.find(token);
    return found != terms.end() &&
           found->second.fields.contains(static_cast<std::uint16_t>(context_.forward_field));
  };
  return among(position.terms) || (bent && among(position.misspelt));
}

std::int64_t SearchOracle::proximity(const Document& document, const Reading& reading, bool bent) const {
  if (context_.forward_field < 0) return 0;
  const auto field = static_cast<std::uint16_t>(context_.forward_field);
  const std::vector<std::string> tokens = base_tokens(document, field);
  const auto stands_for = [&](const std::string& token, std::size_t at) {
    return this->stands_for(token, reading[at], bent);
  };
  std::int64_t neighbours = 0;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    bool pair = false;
    for (std::size_t at = 0; at + 1 < reading.size(); ++at)
      pair |= stands_for(tokens[i], at) && stands_for(tokens[i + 1], at + 1);
    neighbours += pair ? 1 : 0;
  }
  bool exact = !tokens.empty() && tokens.size() <= reading.size();
  for (const std::string& token : tokens) {
    bool any = false;
    for (std::size_t at = 0; at < reading.size(); ++at) any |= stands_for(token, at);
    exact &= any;
  }
  for (std::size_t at = 0; at < reading.size(); ++at) {
    exact &= std::ranges::any_of(tokens, [&](const std::string& token) { return stands_for(token, at); });
  }
  std::int64_t points =
      std::min<std::int64_t>(neighbours, static_cast<std::int64_t>(reading.size()) - 1) * 30;
  if (!tokens.empty() && stands_for(tokens.front(), 0)) points += 10;
  if (exact) points += 60;
  return points * context_.schema->fields[field].weight;
}

std::optional<SearchOracle::Score> SearchOracle::score(const Document& document, const Reading& reading,
                                                       bool first, int share) const {
  Score score;
  std::int64_t sum = 0;
  std::uint64_t matched = 0;
  std::uint64_t all = 0;
  for (const Position& position : reading) {
    const int typos = typos_of(document, position);
    sum += points(document, position);
    all += position.weight;
    if (typos >= 0) {
      matched += position.weight;
      score.typos += typos;
    } else if (position.weight > 0) {
      score.missing.insert(position.words.begin(), position.words.end());
    }
  }
  if (matched == 0 || matched * 100 < all * static_cast<std::uint64_t>(share)) return std::nullopt;
  if (first) {
    sum += proximity(document, reading, score.typos > 0);
    const int head = head_match(document, reading, score.typos > 0);
    const std::int64_t near = sum;
    if (head > 0) sum += near * RankingProfile::head_usual / 100;
    if (head < 0 && score.missing.empty()) sum -= near * RankingProfile::accessory_usual / 100;
    sum += near * RankingProfile::named_usual * fields_named(document, reading) / 100;
  }
  const int tier = score.missing.empty() ? std::max(3 - score.typos, 1) : 0;
  score.score = tier * 1'000'000 + std::min(sum, points_top);
  return score;
}

SearchOracle::Matches SearchOracle::match(const ParsedQuery& query, bool typos, int share) const {
  Matches matches;
  const std::vector<Reading> all = query.words.empty() ? std::vector<Reading>() : readings(query, typos);
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    const bool excluded = std::ranges::any_of(
        query.excluded, [&](const Exclusion& exclusion) { return holds_excluded(documents_[i], exclusion); });
    const bool phrased = std::ranges::all_of(query.phrases, [&](const Phrase& phrase) {
      const auto begin = query.words.begin() + static_cast<std::ptrdiff_t>(phrase.begin);
      return holds_row(documents_[i], {begin, begin + static_cast<std::ptrdiff_t>(phrase.words)});
    });
    if (excluded || !phrased) continue;
    if (all.empty()) {
      matches[i] = {};
      continue;
    }
    std::optional<Score> first;
    std::optional<Score> other;
    for (const Reading& reading : all) {
      const bool as_typed = &reading == &all.front();
      auto found = score(documents_[i], reading, as_typed, share);
      std::optional<Score>& kept = as_typed ? first : other;
      if (found && (!kept || found->score > kept->score)) kept = std::move(found);
    }
    if (first && (!other || first->score >= other->score)) other = std::move(first);
    if (other) matches[i] = *std::move(other);
  }
  return matches;
}

}  // namespace aisle::test
