// Which terms stand for the words of a query, by looking at every product.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "analyzers/han.h"
#include "analyzers/trade_code.h"
#include "analyzers/units.h"
#include "query/expansion.h"
#include "query/typo_walk.h"
#include "tests/support/oracle_text.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

std::uint64_t log2_times_256(std::uint64_t x) {
  return static_cast<std::uint64_t>(std::floor(std::log2(static_cast<long double>(x)) * 256));
}

}  // namespace

// The largest count of documents by field.
std::uint64_t SearchOracle::frequency(const std::string& term) const {
  std::uint64_t most = 0;
  for (const Field* field : searched_) {
    const auto holds = [&](const Document& document) {
      return occurrences(document, field->number, term) > 0;
    };
    most = std::max(most, static_cast<std::uint64_t>(std::ranges::count_if(documents_, holds)));
  }
  return most;
}

std::uint64_t SearchOracle::inverse_frequency(std::uint64_t holding) const {
  const std::uint64_t all = std::max<std::uint64_t>(documents_.size(), 1);
  return 256 + log2_times_256(all + 1) - log2_times_256(std::clamp<std::uint64_t>(holding, 1, all) + 1);
}

// As statistics count: a term that only one document holds is as good as unknown.
std::uint64_t SearchOracle::counted(const std::string& term) const {
  const std::uint64_t holding = frequency(term);
  return holding > 1 ? holding : 0;
}

// A word and its forms are as rare as they are together, with what it begins when it is one of these; so are
// all misspellings.
std::uint64_t SearchOracle::points_of(const Position& position, const Alternative& alternative) const {
  std::set<Kind> kinds = {Kind::Literal, Kind::Stem, Kind::Code};
  if (alternative.kind == Kind::Prefix) kinds.insert(Kind::Prefix);
  if (alternative.kind == Kind::Infix) kinds.insert({Kind::Prefix, Kind::Infix});
  if (alternative.kind == Kind::Typo) kinds = {Kind::Typo};
  const std::uint64_t rarity = inverse_frequency(common(position, kinds));
  switch (alternative.kind) {
    case Kind::Literal:
    case Kind::Code:
      return rarity;
    case Kind::Stem:
      return rarity * 232 / 256;
    case Kind::Prefix:
      return rarity * 200 / 256;
    case Kind::Infix:
      return rarity * 144 / 256;
    case Kind::Joined:
    case Kind::Phrase:
    case Kind::Typo:
      break;
  }
  return rarity * (alternative.typos == 1 ? 160 : 112) / 256;
}

std::uint64_t SearchOracle::common(const Position& position, const std::set<Kind>& kinds) const {
  std::uint64_t sum = 0;
  for (const auto* terms : {&position.terms, &position.misspelt}) {
    for (const auto& [term, alternative] : *terms)
      sum += kinds.contains(alternative.kind) ? counted(term) : 0;
  }
  return sum;
}

void SearchOracle::forget_spelt_right(Position& position) {
  for (const auto& [term, alternative] : position.terms) {
    const auto bent = position.misspelt.find(term);
    if (bent == position.misspelt.end()) continue;
    for (const std::uint16_t field : alternative.fields) bent->second.fields.erase(field);
    if (bent->second.fields.empty()) position.misspelt.erase(bent);
  }
}

bool SearchOracle::stands_in(FieldType type, const std::string& term) const {
  return std::ranges::any_of(documents_, [&](const Document& document) {
    return std::ranges::any_of(searched_, [&](const Field* field) {
      return field->type == type && occurrences(document, field->number, term) > 0;
    });
  });
}

std::uint64_t SearchOracle::mean_length(std::uint16_t field) const {
  std::uint64_t tokens = 0;
  std::uint64_t present = 0;
  for (const Document& document : documents_) {
    const std::uint64_t length = std::min<std::uint64_t>(base_tokens(document, field).size(), 255);
    tokens += length;
    present += length > 0 ? 1 : 0;
  }
  return present == 0 ? 256 : std::max<std::uint64_t>(256, tokens * 256 / present);
}

void SearchOracle::add_most_frequent(Position& position, std::map<std::string, int> found, Kind kind,
                                     std::size_t count_max) const {
  std::vector<std::tuple<int, std::int64_t, std::string>> ranked;
  for (const auto& [term, typos] : found)
    ranked.emplace_back(typos, -static_cast<std::int64_t>(frequency(term)), term);
  std::ranges::sort(ranked);
  if (ranked.size() > count_max) ranked.resize(count_max);
  for (const auto& [typos, rank, term] : ranked) {
    Alternative& alternative =
        position.terms.try_emplace(term, Alternative{kind, typos, {}, 0}).first->second;
    for (const Field* field : searched_) alternative.fields.insert(field->number);
  }
}

// Codes that hold the word in fields that are searched for parts.
void SearchOracle::add_infixes(Position& position, const std::set<std::string>& terms) const {
  const std::string part = normalize_code(position.word);
  if (part.size() < 4 || !has_digit(part)) return;
  std::set<std::uint16_t> fields;
  for (const Field* field : searched_) {
    if (field->infix) fields.insert(field->number);
  }
  std::vector<std::pair<std::int64_t, std::string>> ranked;
  for (const std::string& term : terms) {
    const bool held = std::ranges::any_of(documents_, [&](const Document& document) {
      return std::ranges::any_of(fields,
                                 [&](std::uint16_t field) { return occurrences(document, field, term) > 0; });
    });
    if (held && term.find(part) != std::string::npos)
      ranked.emplace_back(-static_cast<std::int64_t>(frequency(term)), term);
  }
  std::ranges::sort(ranked);
  if (ranked.size() > limits_.prefix_expansions_max) ranked.resize(limits_.prefix_expansions_max);
  for (const auto& [rank, term] : ranked)
    position.terms.try_emplace(term, Alternative{Kind::Infix, 0, {}, 0})
        .first->second.fields.insert(fields.begin(), fields.end());
}

SearchOracle::Position SearchOracle::position(const std::string& word, bool last, bool typos) const {
  std::set<std::string> terms;
  for (const Document& document : documents_) {
    for (const FieldTokens& text : document.texts) {
      for (const IndexToken& token : text.tokens) terms.insert(token.term);
    }
  }
  Position position{word, {}, {}, {}, 0};
  add_most_frequent(position, {{word, 0}}, Kind::Literal, 1);
  for (std::size_t language = 0; language < context_.stemmers.size(); ++language) {
    const Analyzer& analyzer = *context_.stemmers[language];
    for (const std::string& term : terms) {
      if (analyzer.stem(term) != analyzer.stem(word)) continue;
      Alternative& alternative =
          position.terms.try_emplace(term, Alternative{Kind::Stem, 0, {}, 0}).first->second;
      for (const Field* field : searched_) {
        if (context_.stemmer_of_field[field->number] == static_cast<int>(language))
          alternative.fields.insert(field->number);
      }
    }
  }
  if (const auto grouped = grouped_otherwise(word))
    add_most_frequent(position, {{*grouped, 0}}, Kind::Stem, 1);
  if (const auto quantity = quantity_of(word)) {
    std::map<std::string, int> ways;
    for (const std::string& way : ways_to_write(*quantity)) ways[way] = 0;
    add_most_frequent(position, ways, Kind::Stem, ways.size());
  }
  for (const std::string& code : same_trade_codes(word)) {
    const auto [place, added] = position.terms.try_emplace(code);
    if (added) place->second.kind = Kind::Code;
    for (const Field* field : searched_) {
      if (field->type == FieldType::Code) place->second.fields.insert(field->number);
    }
  }
  std::map<std::string, int> beginnings;
  std::map<std::string, int> misspelt;
  const int allowed = typos_allowed(word);
  const std::uint64_t own = common(position, {Kind::Literal, Kind::Stem, Kind::Code});
  for (const std::string& term : terms) {
    const bool adds_nothing = has_digit(term) && !has_digit(word) && !stands_in(FieldType::Code, term);
    if (last && term.starts_with(word) && !adds_nothing) beginnings[term] = 0;
    if (!typos || allowed == 0 || has_digit(term)) continue;
    const int distance = plain_typo_distance(word, term, last);
    if (distance >= 1 && distance <= allowed) misspelt[term] = distance;
  }
  add_most_frequent(position, std::move(beginnings), Kind::Prefix, limits_.prefix_expansions_max);
  add_infixes(position, terms);
  Position bent{word, {}, {}, {}, 0};
  add_most_frequent(bent, std::move(misspelt), Kind::Typo, limits_.typo_candidates_max);
  for (const auto& [term, alternative] : bent.terms) {
    if (counted(term) > 0 && counted(term) < own * 10) continue;  // the word itself is common enough
    Alternative& some = position.misspelt[term] = alternative;
    std::erase_if(some.fields, [&](std::uint16_t field) {
      return context_.schema->fields[field].type == FieldType::Code;
    });
  }
  forget_spelt_right(position);
  for (auto* some : {&position.terms, &position.misspelt}) {
    for (auto& [term, alternative] : *some) alternative.points = points_of(position, alternative);
  }
  return position;
}

// A word and its neighbour in one, where products write them so, counts half for each.
void SearchOracle::add_joined(const ParsedQuery& query, Reading& reading) const {
  const std::vector<std::string>& words = query.words;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (phrase_at(query.phrases, i) != nullptr || phrase_at(query.phrases, i + 1) != nullptr) continue;
    const std::string pair = words[i] + words[i + 1];
    if (pair.size() > Analyzer::token_bytes_max) continue;
    const bool written = frequency(pair) > 0;
    const Position joined = position(pair, written && query.last_is_open && i + 2 == words.size(), false);
    const auto is_form = [&](const auto& way) {
      const bool unwritten = way.first == grouped_otherwise(pair) && frequency(way.first) == 0;
      return way.second.kind != Kind::Infix && !unwritten;
    };
    if (!written && std::ranges::count_if(joined.terms, is_form) < 2) continue;
    for (const auto& [term, alternative] : joined.terms) {
      const Kind kind = alternative.kind == Kind::Infix ? Kind::Infix : Kind::Joined;
      const Alternative half{kind, 0, alternative.fields, alternative.points * 232 / 512};
      for (const std::size_t at : {i, i + 1}) {
        const auto [place, added] = reading[at].terms.try_emplace(term, half);
        if (!added) place->second.fields.insert(half.fields.begin(), half.fields.end());
        forget_spelt_right(reading[at]);
      }
    }
  }
}

// A word that names a number field, or the end of a row of them, beside a quantity is told by that field.
void SearchOracle::add_quantity_names(const ParsedQuery& query, Reading& reading) const {
  const std::vector<std::string>& words = query.words;
  const auto is_free = [&](std::size_t i) { return phrase_at(query.phrases, i) == nullptr; };
  for (const Field* field : searched_) {
    std::set<std::string> names;
    for (const Token& token : context_.analyzer->index_tokens(field->unit.empty() ? "" : field->label))
      names.insert(context_.analyzer->stem(token.text));
    for (std::size_t begin = 0; begin < words.size() && !names.empty(); ++begin) {
      auto quantity = quantity_of(words[begin]);
      std::size_t end = begin + 1;
      if (!quantity && end < words.size()) quantity = quantity_of(words[begin], words[end++]);
      if (!quantity || !is_free(begin)) continue;
      std::uint64_t holding = 0;
      for (const std::string& way : ways_to_write(*quantity)) holding += counted(way);
      const std::uint64_t points = inverse_frequency(holding) * 232 / 512;
      const auto look_at = [&](std::size_t i) {
        if (!is_free(i)) return false;
        if (!names.contains(context_.analyzer->stem(words[i])))
          return context_.analyzer->is_stop_word(words[i]);
        for (const std::string& way : ways_to_write(*quantity))
          reading[i]
              .terms.try_emplace(way, Alternative{Kind::Joined, 0, {}, points})
              .first->second.fields.insert(field->number);
        forget_spelt_right(reading[i]);
        return true;
      };
      for (std::size_t i = end; i < words.size() && look_at(i);) ++i;
      for (std::size_t i = begin; i > 0 && look_at(i - 1);) --i;
    }
  }
}

bool SearchOracle::are_neighbours(const std::string& first, const std::string& second) const {
  if (context_.forward_field < 0) return false;
  return std::ranges::any_of(documents_, [&](const Document& document) {
    const auto tokens = base_tokens(document, static_cast<std::uint16_t>(context_.forward_field));
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i] == first && tokens[i + 1] == second) return true;
    }
    return false;
  });
}

// What a word that hardly anybody writes consists of; nothing when it stays whole.
std::vector<std::string> SearchOracle::pieces(const Position& position) const {
  const auto letters = [](const std::string& text) {
    return std::ranges::count_if(text,
                                 [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  };
  if (position.terms.at(position.word).kind == Kind::Phrase) return {};
  std::vector<std::string> found = han_bigrams(position.word);
  if (found.size() > 1 && static_cast<std::ptrdiff_t>(found.size()) == letters(position.word) - 1)
    return found;
  found.clear();
  if (common(position, {Kind::Literal, Kind::Stem, Kind::Code}) != 0 && !is_dimension(position.word))
    return found;
  if (has_digit(position.word)) {
    for (const Token& token : context_.analyzer->index_tokens(position.word)) {
      if (token.kind == TokenKind::Part) found.push_back(token.text);
    }
    return found.size() > 1 ? found : std::vector<std::string>();
  }
  std::map<std::string, std::vector<std::string>> pairs;
  for (std::size_t at = 1; at < position.word.size(); ++at) {
    const std::string first = position.word.substr(0, at);
    const std::string second = position.word.substr(at);
    if ((static_cast<unsigned char>(second[0]) & 0xC0U) == 0x80U || letters(first) < 2 || letters(second) < 2)
      continue;
    if (are_neighbours(first, second)) pairs[first + " " + second] = {first, second};
  }
  std::int64_t best = -1;
  for (const auto& [text, pair] : pairs) {
    const auto rarer = static_cast<std::int64_t>(std::min(counted(pair[0]), counted(pair[1])));
    if (rarer > best) found = pair;
    best = std::max(best, rarer);
  }
  return found;
}

void SearchOracle::weigh(Reading& reading) const {
  const auto idle = [&](const Position& position) {
    const auto at = static_cast<std::size_t>(&position - reading.data());
    const bool behind_unit = at > 1 && quantity_of(reading[at - 2].word, reading[at - 1].word).has_value();
    const bool between_numbers = at > 0 && at + 1 < reading.size() && has_digit(reading[at + 1].word) &&
                                 (behind_unit || has_digit(reading[at - 1].word));
    return (position.word == "x" && between_numbers) || context_.analyzer->is_stop_word(position.word);
  };
  const bool all_idle = std::ranges::all_of(reading, idle);
  std::uint64_t sum = 0;
  std::uint64_t known = 0;
  for (Position& position : reading) {
    if (idle(position) && !all_idle) continue;
    std::uint64_t holding = common(position, {Kind::Literal, Kind::Stem, Kind::Code, Kind::Phrase});
    if (holding == 0) holding = common(position, {Kind::Prefix, Kind::Joined});
    if (holding == 0) holding = common(position, {Kind::Infix});
    if (holding == 0) holding = frequency(position.word) > 0 ? 1 : common(position, {Kind::Typo});
    if (holding == 0) continue;
    position.weight = inverse_frequency(holding);
    sum += position.weight;
    ++known;
  }
  for (Position& position : reading) {
    if (position.weight == 0 && (all_idle || !idle(position)))
      position.weight = known == 0 ? 256 : sum / known;
  }
}

std::vector<SearchOracle::Reading> SearchOracle::readings(const ParsedQuery& query, bool typos) const {
  const std::vector<std::string>& words = query.words;
  std::vector<Reading> all(1);
  std::string joined;
  std::set<std::size_t> every;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Phrase* phrase = phrase_at(query.phrases, i);
    all[0].push_back(phrase != nullptr
                         ? phrase_position(*phrase, query, i)
                         : position(words[i], query.last_is_open && i + 1 == words.size(), typos));
    all[0].back().words = {i};
    every.insert(i);
    joined += words[i];
  }
  add_joined(query, all[0]);
  add_quantity_names(query, all[0]);
  Reading apart;
  bool changed = false;
  for (const Position& typed : all.front()) {
    const std::vector<std::string> parts = pieces(typed);
    changed |= !parts.empty();
    if (parts.empty()) apart.push_back(typed);
    for (const std::string& part : parts) {
      apart.push_back(position(part, false, false));
      apart.back().words = typed.words;
    }
  }
  if (changed) all.push_back(std::move(apart));
  if (query.phrases.empty() && has_digit(joined) && joined.size() <= Analyzer::token_bytes_max) {
    const std::string code = normalize_code(joined);
    if (words.size() > 1) {
      all.push_back({position(code, query.last_is_open, false)});
      all.back()[0].words = every;
    }
    const Position whole = whole_code(code, every);
    if (!whole.terms.empty()) all.push_back({whole});
  }
  for (Reading& reading : all) weigh(reading);
  return all;
}

}  // namespace aisle::test
