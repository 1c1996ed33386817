#include "tests/support/search_oracle.h"

#include <algorithm>
#include <cmath>

#include "analyzers/trade_code.h"
#include "analyzers/units.h"
#include "query/code_answer.h"
#include "query/planner.h"
#include "query/typo_walk.h"

namespace aisle::test {
namespace {

bool has_digit(const std::string& word) {
  return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t log2_times_256(std::uint64_t x) {
  return static_cast<std::uint64_t>(std::floor(std::log2(static_cast<long double>(x)) * 256));
}

const FieldTokens* text_of(const Document& document, std::uint16_t field) {
  for (const FieldTokens& text : document.texts) {
    if (text.field == field) return &text;
  }
  return nullptr;
}

std::vector<std::string> base_tokens(const Document& document, std::uint16_t field) {
  std::vector<std::string> tokens;
  if (const FieldTokens* text = text_of(document, field)) {
    for (const IndexToken& token : text->tokens) {
      if (token.base) tokens.push_back(token.term);
    }
  }
  return tokens;
}

std::uint64_t occurrences(const Document& document, std::uint16_t field, const std::string& term) {
  const FieldTokens* text = text_of(document, field);
  if (text == nullptr) return 0;
  const auto count = std::ranges::count(text->tokens, term, &IndexToken::term);
  return std::min<std::uint64_t>(static_cast<std::uint64_t>(count), 255);
}

constexpr std::int64_t points_top = 999'999;

}  // namespace

SearchOracle::SearchOracle(const IndexContext& context, std::vector<Document> documents,
                           const QueryLimits& limits)
    : context_(context),
      documents_(std::move(documents)),
      limits_(limits),
      searched_(search_fields(*context.schema)) {}

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

// That of a word and its forms together, with what it begins when it is one of these; that of all
// misspellings.
std::uint64_t SearchOracle::rarity(const Position& position, const std::string& term) const {
  std::set<Kind> kinds = {Kind::Literal, Kind::Stem, Kind::Code};
  const Kind kind = position.terms.at(term).kind;
  if (kind == Kind::Prefix) kinds.insert(kind);
  if (kind == Kind::Typo) kinds = {kind};
  return inverse_frequency(common(position, kinds));
}

std::uint64_t SearchOracle::points_of(const Position& position, const std::string& term) const {
  const Alternative& alternative = position.terms.at(term);
  switch (alternative.kind) {
    case Kind::Literal:
      return rarity(position, term);
    case Kind::Phrase:
      return alternative.points > 0 ? alternative.points : inverse_frequency(counted(term));
    case Kind::Code:
      return alternative.points > 0 ? alternative.points : rarity(position, term);
    case Kind::Stem:
      return rarity(position, term) * 232 / 256;
    case Kind::Prefix:
      return rarity(position, term) * 200 / 256;
    case Kind::Joined:
      return alternative.points;
    case Kind::Typo:
      break;
  }
  return rarity(position, term) * (alternative.typos == 1 ? 160 : 112) / 256;
}

std::uint64_t SearchOracle::common(const Position& position, const std::set<Kind>& kinds) const {
  std::uint64_t sum = 0;
  for (const auto& [term, alternative] : position.terms)
    sum += kinds.contains(alternative.kind) ? counted(term) : 0;
  return sum;
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

SearchOracle::Position SearchOracle::position(const std::string& word, bool last, bool typos) const {
  std::set<std::string> terms;
  for (const Document& document : documents_) {
    for (const FieldTokens& text : document.texts) {
      for (const IndexToken& token : text.tokens) terms.insert(token.term);
    }
  }
  Position position{word, {}, {}, 0};
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
  Position bent{word, {}, {}, 0};
  add_most_frequent(bent, std::move(misspelt), Kind::Typo, limits_.typo_candidates_max);
  for (const auto& [term, alternative] : bent.terms) {
    if (counted(term) > 0 && counted(term) < own * 10) continue;  // the word itself is common enough
    auto& fields = position.terms.try_emplace(term, Alternative{alternative.kind, alternative.typos, {}, 0}).first->second.fields;
    for (const Field* field : searched_) {
      if (field->type != FieldType::Code) fields.insert(field->number);
    }
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
    if (!written && joined.terms.size() < 2) continue;
    for (const auto& [term, alternative] : joined.terms) {
      const Alternative half{Kind::Joined, 0, alternative.fields, points_of(joined, term) * 232 / 512};
      for (const std::size_t at : {i, i + 1}) {
        const auto [place, added] = reading[at].terms.try_emplace(term, half);
        if (!added) place->second.fields.insert(half.fields.begin(), half.fields.end());
      }
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
  std::vector<std::string> found;
  const bool quoted = position.terms.at(position.word).kind == Kind::Phrase;
  if (quoted || common(position, {Kind::Literal, Kind::Stem, Kind::Code}) != 0) return found;
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
    const auto letters = [](const std::string& text) {
      return std::ranges::count_if(text,
                                   [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    };
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
    const bool between_numbers = at > 0 && at + 1 < reading.size() && has_digit(reading[at - 1].word) &&
                                 has_digit(reading[at + 1].word);
    return (position.word == "x" && between_numbers) || context_.analyzer->is_stop_word(position.word);
  };
  const bool all_idle = std::ranges::all_of(reading, idle);
  std::uint64_t sum = 0;
  std::uint64_t known = 0;
  for (Position& position : reading) {
    if (idle(position) && !all_idle) continue;
    std::uint64_t holding = common(position, {Kind::Literal, Kind::Stem, Kind::Code, Kind::Phrase});
    if (holding == 0) holding = common(position, {Kind::Prefix, Kind::Joined});
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

// A word of a phrase: itself in the title, or its share of a code that the whole phrase is.
SearchOracle::Position SearchOracle::phrase_position(const Phrase& phrase, const ParsedQuery& query,
                                                     std::size_t word) const {
  Position position{query.words[word], {}, {}, 0};
  const bool forward_only = phrase.words > 1 && context_.forward_field >= 0;
  Alternative& itself = position.terms[query.words[word]];
  itself.kind = Kind::Phrase;
  for (const Field* field : searched_) {
    if (!forward_only || field->number == context_.forward_field) itself.fields.insert(field->number);
  }
  const auto begin = query.words.begin() + static_cast<std::ptrdiff_t>(phrase.begin);
  const std::string code = code_of({begin, begin + static_cast<std::ptrdiff_t>(phrase.words)});
  if (code.empty()) return position;
  Alternative& as_code = position.terms[code];
  as_code.kind = Kind::Phrase;
  as_code.points = inverse_frequency(counted(code)) / phrase.words;
  for (const Field* field : searched_) {
    if (field->type == FieldType::Code) as_code.fields.insert(field->number);
  }
  return position;
}

std::string SearchOracle::code_of(const std::vector<std::string>& words) const {
  std::string joined;
  for (const std::string& word : words) joined += word;
  const bool fits = words.size() > 1 && has_digit(joined) && joined.size() <= Analyzer::token_bytes_max;
  return fits ? normalize_code(joined) : "";
}

bool SearchOracle::holds(const Document& document, const std::string& term) const {
  return std::ranges::any_of(searched_, [&](const Field* field) {
    return occurrences(document, field->number, term) > 0;
  });
}

// One word anywhere, several next to each other in the title or as a code.
bool SearchOracle::holds_row(const Document& document, const std::vector<std::string>& words) const {
  if (words.size() == 1) return holds(document, words.front());
  const std::string code = code_of(words);
  const bool is_code = !code.empty() && std::ranges::any_of(searched_, [&](const Field* field) {
    return field->type == FieldType::Code && occurrences(document, field->number, code) > 0;
  });
  const auto title = base_tokens(document, static_cast<std::uint16_t>(context_.forward_field));
  return is_code || std::search(title.begin(), title.end(), words.begin(), words.end()) != title.end();
}

bool SearchOracle::holds_excluded(const Document& document, const Exclusion& exclusion) const {
  if (holds_row(document, exclusion.words)) return true;
  if (exclusion.literal) return false;
  std::string joined;
  for (const std::string& word : exclusion.words) joined += word;
  if (exclusion.words.size() > 1) return joined.size() <= Analyzer::token_bytes_max && holds(document, joined);
  return std::ranges::any_of(document.texts, [&](const FieldTokens& text) {
    const int language = context_.stemmer_of_field[text.field];
    if (language < 0) return false;
    const Analyzer& analyzer = *context_.stemmers[static_cast<std::size_t>(language)];
    return std::ranges::any_of(text.tokens, [&](const IndexToken& token) {
      return analyzer.stem(token.term) == analyzer.stem(joined);
    });
  });
}

// A product whose code is the whole query stands above those that mention it.
SearchOracle::Position SearchOracle::whole_code(const std::string& code, const std::set<std::size_t>& words) const {
  Position whole{code, {}, words, 0};
  std::set<std::uint16_t> fields;
  for (const Field* field : searched_) {
    if (field->type == FieldType::Code) fields.insert(field->number);
  }
  if (fields.empty() || code.size() < 4) return whole;
  std::vector<std::string> codes = same_trade_codes(code);
  codes.push_back(code);
  for (const std::string& some : codes) {
    if (frequency(some) > 0) whole.terms[some] = {Kind::Code, 0, fields, some == code ? 8'000'000U : 7'000'000U};
  }
  return whole;
}

std::vector<SearchOracle::Reading> SearchOracle::readings(const ParsedQuery& query, bool typos) const {
  const std::vector<std::string>& words = query.words;
  std::vector<Reading> all(1);
  std::string joined;
  std::set<std::size_t> every;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Phrase* phrase = phrase_at(query.phrases, i);
    all[0].push_back(phrase != nullptr ? phrase_position(*phrase, query, i)
                                       : position(words[i], query.last_is_open && i + 1 == words.size(), typos));
    all[0].back().words = {i};
    every.insert(i);
    joined += words[i];
  }
  add_joined(query, all[0]);
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

// Sum over the fields of the best alternative; `typos` becomes the least of those that match, -1 when none
// does.
std::int64_t SearchOracle::points(const Document& document, const Position& position, int& typos) const {
  std::int64_t sum = 0;
  typos = -1;
  for (const Field* field : searched_) {
    const std::uint64_t length = std::min<std::uint64_t>(base_tokens(document, field->number).size(), 255);
    const std::uint64_t norm = 179 + 77 * length * 256 / mean_length(field->number);
    std::int64_t best = 0;
    for (const auto& [term, alternative] : position.terms) {
      const std::uint64_t count = occurrences(document, field->number, term);
      if (count == 0 || !alternative.fields.contains(field->number)) continue;
      typos = typos < 0 ? alternative.typos : std::min(typos, alternative.typos);
      const std::uint64_t saturated = 256 * 22 * count * 256 / (10 * count * 256 + 12 * norm);
      const std::uint64_t weighed = points_of(position, term) * static_cast<std::uint64_t>(field->weight);
      best = std::max(best, static_cast<std::int64_t>(weighed * saturated / 4096));
    }
    sum += best;
  }
  return sum;
}

std::int64_t SearchOracle::proximity(const Document& document, const Reading& reading) const {
  if (context_.forward_field < 0) return 0;
  const auto field = static_cast<std::uint16_t>(context_.forward_field);
  const std::vector<std::string> tokens = base_tokens(document, field);
  const auto stands_for = [&](const std::string& token, std::size_t at) {
    const auto found = reading[at].terms.find(token);
    return found != reading[at].terms.end() && found->second.fields.contains(field);
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
    int typos = -1;
    sum += points(document, position, typos);
    all += position.weight;
    if (typos >= 0) {
      matched += position.weight;
      score.typos += typos;
    } else if (position.weight > 0) {
      score.missing.insert(position.words.begin(), position.words.end());
    }
  }
  if (matched == 0 || matched * 100 < all * static_cast<std::uint64_t>(share)) return std::nullopt;
  if (first) sum += proximity(document, reading);
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

// Few literal matches call for misspellings and for products that lack words; the latter only by relevance,
// else where there is nothing, and then only those that lack least.
SearchOracle::Matches SearchOracle::match_wider(const ParsedQuery& query, const SearchRequest& request,
                                                int& typos) const {
  Matches literal = match(query, false, 100);
  std::vector<std::string> free;
  for (std::size_t i = 0; i < query.words.size(); ++i) {
    if (phrase_at(query.phrases, i) == nullptr) free.push_back(query.words[i]);
  }
  const bool bend =
      request.typos && literal.size() < 10 &&
      std::ranges::any_of(free, [](const std::string& word) { return typos_allowed(word) > 0; });
  const bool is_code = trade_code_of(query, *context_.schema).has_value();
  const bool relax = query.words.size() > 1 && !free.empty() && !is_code && literal.size() < 50;
  const auto widen = [&](int share) {
    Matches wide = match(query, bend, share);
    if (wide.size() == literal.size()) return;
    literal = std::move(wide);
    for (const std::string& word : free) typos = std::max(typos, bend ? typos_allowed(word) : 0);
  };
  if (bend || (relax && request.sort.empty())) widen(relax && request.sort.empty() ? 30 : 100);
  for (const int share : {80, 65, 50, 40, 30}) {
    if (literal.empty() && relax && !request.sort.empty()) widen(share);
  }
  return literal;
}

int SearchOracle::compare(const std::vector<std::string>& sort, const Document& a, const Document& b) const {
  for (const std::string& key : sort) {
    const Field& field = *context_.schema->find(key.substr(0, key.find(':')));
    const int sign = key.ends_with(":desc") ? -1 : 1;
    if (field.is_number()) {
      const std::int64_t x = number_of(a, field);
      const std::int64_t y = number_of(b, field);
      if (x == y) continue;
      if (x == missing_number || y == missing_number) return x == missing_number ? 1 : -1;
      return x < y ? -sign : sign;
    }
    const auto x = values_of(a, field);
    const auto y = values_of(b, field);
    if (x.empty() != y.empty()) return x.empty() ? 1 : -1;
    if (!x.empty() && x.front() != y.front()) return x.front() < y.front() ? -sign : sign;
  }
  return 0;
}

SearchResult SearchOracle::search(const SearchRequest& request,
                                  const std::optional<OracleFilter>& filter) const {
  SearchResult result;
  result.page = request.page;
  result.per_page = request.per_page;
  ParsedQuery parsed = parse_query(request.q, *context_.analyzer, limits_);
  result.ignored_words = std::move(parsed.ignored_words);
  result.truncated_query = parsed.truncated;
  const Matches matches = match_wider(parsed, request, result.typos);
  const std::vector<OracleFilter> conjuncts = filter ? conjuncts_of(*filter) : std::vector<OracleFilter>();
  std::vector<std::size_t> found;
  for (const auto& entry : matches) {
    if (!filter || passes(*filter, documents_[entry.first])) found.push_back(entry.first);
  }
  result.total = found.size();
  std::ranges::sort(found, [&](std::size_t a, std::size_t b) {
    if (const int order = compare(request.sort, documents_[a], documents_[b]); order != 0) return order < 0;
    const std::int64_t x = matches.at(a).score;
    const std::int64_t y = matches.at(b).score;
    return request.sort.empty() && x != y ? x > y : documents_[a].id < documents_[b].id;
  });
  const auto begin = static_cast<std::size_t>((request.page - 1) * request.per_page);
  const auto words_of = [&](std::size_t document) {
    std::vector<std::string> missing;
    for (const std::size_t word : matches.at(document).missing) {
      if (std::ranges::find(missing, parsed.words[word]) == missing.end())
        missing.push_back(parsed.words[word]);
    }
    return missing;
  };
  const std::size_t telling = request.sort.empty() ? 0 : begin;  // whose missing words the answer tells
  if (request.per_page > 0 && telling < found.size()) result.dropped_words = words_of(found[telling]);
  for (std::size_t i = begin; i < found.size() && i < begin + static_cast<std::size_t>(request.per_page);
       ++i) {
    Hit hit;
    hit.id = documents_[found[i]].id;
    hit.score = matches.at(found[i]).score;
    hit.typos = matches.at(found[i]).typos;
    hit.missing = words_of(found[i]);
    result.hits.push_back(std::move(hit));
  }
  for (const std::string& name : request.facets) {
    const Field& field = *context_.schema->find(name);
    std::set<std::string> selected;
    for (const OracleFilter& part : conjuncts) {
      if (field_of(part) != &field) continue;
      for (std::string& value : selected_of(part)) selected.insert(std::move(value));
    }
    std::vector<const Document*> counted;
    for (const auto& entry : matches) {
      const Document& document = documents_[entry.first];
      const bool all = std::ranges::all_of(conjuncts, [&](const OracleFilter& part) {
        return field_of(part) == &field || passes(part, document);
      });
      if (all) counted.push_back(&document);
    }
    result.facets.push_back(facet(field, counted, selected, static_cast<std::size_t>(request.facet_values)));
  }
  return result;
}

}  // namespace aisle::test
