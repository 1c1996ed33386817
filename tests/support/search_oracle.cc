#include "tests/support/search_oracle.h"

#include <algorithm>
#include <cmath>

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

// A literal word's own; that of all other forms together; that of all misspellings together.
std::uint64_t SearchOracle::rarity(const Position& position, const std::string& term) const {
  const Kind kind = position.at(term).kind;
  if (kind == Kind::Literal) return inverse_frequency(counted(term));
  std::uint64_t together = 0;
  for (const auto& [other, alternative] : position) {
    if ((alternative.kind == Kind::Typo) == (kind == Kind::Typo)) together += counted(other);
  }
  return inverse_frequency(together);
}

bool SearchOracle::stands_in(FieldType type, const std::string& term) const {
  return std::ranges::any_of(documents_, [&](const Document& document) {
    return std::ranges::any_of(searched_, [&](const Field* field) {
      return field->type == type && occurrences(document, field->number, term) > 0;
    });
  });
}

bool SearchOracle::names_keyword(const Position& position) const {
  return std::ranges::any_of(position, [&](const auto& entry) {
    return entry.second.kind != Kind::Prefix && stands_in(FieldType::Keyword, entry.first);
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
    Alternative& alternative = position.try_emplace(term, Alternative{kind, typos, {}}).first->second;
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
  Position position;
  add_most_frequent(position, {{word, 0}}, Kind::Literal, 1);
  for (std::size_t language = 0; language < context_.stemmers.size(); ++language) {
    const Analyzer& analyzer = *context_.stemmers[language];
    for (const std::string& term : terms) {
      if (analyzer.stem(term) != analyzer.stem(word)) continue;
      Alternative& alternative = position.try_emplace(term, Alternative{Kind::Stem, 0, {}}).first->second;
      for (const Field* field : searched_) {
        if (context_.stemmer_of_field[field->number] == static_cast<int>(language))
          alternative.fields.insert(field->number);
      }
    }
  }
  std::map<std::string, int> beginnings;
  std::map<std::string, int> misspelt;
  const int allowed = typos_allowed(word);
  for (const std::string& term : terms) {
    const bool adds_nothing = has_digit(term) && !has_digit(word) && !stands_in(FieldType::Code, term);
    if (last && term.starts_with(word) && !adds_nothing) beginnings[term] = 0;
    if (!typos || allowed == 0 || has_digit(term)) continue;
    const int distance = plain_typo_distance(word, term, last);
    if (distance >= 1 && distance <= allowed) misspelt[term] = distance;
  }
  add_most_frequent(position, std::move(beginnings), Kind::Prefix, limits_.prefix_expansions_max);
  add_most_frequent(position, std::move(misspelt), Kind::Typo, limits_.typo_candidates_max);
  return position;
}

std::vector<SearchOracle::Reading> SearchOracle::readings(const std::vector<std::string>& words,
                                                          bool last_is_prefix, bool typos) const {
  std::vector<Reading> all(1);
  std::string joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    all[0].push_back(position(words[i], last_is_prefix && i + 1 == words.size(), typos));
    joined += words[i];
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string pair = words[i] + words[i + 1];
    if (frequency(pair) == 0 || pair.size() > Analyzer::token_bytes_max) continue;
    Reading reading = all.front();
    reading.erase(reading.begin() + static_cast<std::ptrdiff_t>(i));
    reading[i] = position(pair, last_is_prefix && i + 2 == words.size(), false);
    all.push_back(std::move(reading));
  }
  if (words.size() > 1 && has_digit(joined) && joined.size() <= Analyzer::token_bytes_max) {
    all.push_back({position(normalize_code(joined), true, false)});
  }
  if (words.size() == 1 && has_digit(words[0]) && frequency(words[0]) < 2) {
    Reading apart;
    for (const Token& token : context_.analyzer->index_tokens(words[0])) {
      if (token.kind == TokenKind::Part) apart.push_back(position(token.text, false, false));
    }
    if (apart.size() > 1) all.push_back(std::move(apart));
  }
  return all;
}

// Sum over the fields of the best alternative; `typos` becomes the least of those that match, -1 when none
// does.
std::int64_t SearchOracle::points(const Document& document, const Position& position, int& typos) const {
  constexpr std::uint64_t factors[] = {256, 232, 200};
  std::int64_t sum = 0;
  typos = -1;
  for (const Field* field : searched_) {
    const std::uint64_t length = std::min<std::uint64_t>(base_tokens(document, field->number).size(), 255);
    const std::uint64_t norm = 179 + 77 * length * 256 / mean_length(field->number);
    std::int64_t best = 0;
    for (const auto& [term, alternative] : position) {
      const std::uint64_t count = occurrences(document, field->number, term);
      if (count == 0 || !alternative.fields.contains(field->number)) continue;
      typos = typos < 0 ? alternative.typos : std::min(typos, alternative.typos);
      const std::uint64_t factor = alternative.kind != Kind::Typo
                                       ? factors[static_cast<int>(alternative.kind)]
                                   : alternative.typos == 1 ? 160
                                                            : 112;
      const std::uint64_t saturated = 256 * 22 * count * 256 / (10 * count * 256 + 12 * norm);
      const std::uint64_t weighed =
          rarity(position, term) * factor / 256 * static_cast<std::uint64_t>(field->weight);
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
    const auto found = reading[at].find(token);
    return found != reading[at].end() && found->second.fields.contains(field);
  };
  std::int64_t neighbours = 0;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    bool pair = false;
    for (std::size_t at = 0; at + 1 < reading.size(); ++at)
      pair |= stands_for(tokens[i], at) && stands_for(tokens[i + 1], at + 1);
    neighbours += pair ? 1 : 0;
  }
  bool exact = tokens.size() == reading.size();
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
                                                       bool first) const {
  std::int64_t sum = 0;
  int all_typos = 0;
  for (const Position& position : reading) {
    int typos = -1;
    sum += points(document, position, typos);
    if (typos < 0) return std::nullopt;
    all_typos += typos;
  }
  if (first) sum += proximity(document, reading);
  return Score{(3 - std::min(all_typos, 3)) * 1'000'000 + std::min(sum, points_top), all_typos};
}

SearchOracle::Matches SearchOracle::match(const std::vector<std::string>& words, bool last_is_prefix,
                                          bool typos) const {
  Matches matches;
  if (words.empty()) {
    for (std::size_t i = 0; i < documents_.size(); ++i) matches[i] = {};
    return matches;
  }
  const std::vector<Reading> all = readings(words, last_is_prefix, typos);
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    for (const Reading& reading : all) {
      const auto found = score(documents_[i], reading, &reading == &all.front());
      if (found && (!matches.contains(i) || found->score > matches[i].score)) matches[i] = *found;
    }
  }
  return matches;
}

SearchOracle::Matches SearchOracle::match_with_typos(const std::vector<std::string>& words,
                                                     const SearchRequest& request, int& typos) const {
  Matches literal = match(words, true, false);
  typos = 0;
  if (!request.typos || literal.size() >= 10) return literal;
  Matches bent = match(words, true, true);
  if (bent.size() == literal.size()) return literal;
  for (const std::string& word : words) typos = std::max(typos, typos_allowed(word));
  return bent;
}

// Words that nothing matches go first, then the most common, then those that name a keyword; the last stays.
SearchOracle::Matches SearchOracle::match_relaxed(std::vector<std::string> words,
                                                  const SearchRequest& request, SearchResult& result) const {
  Matches matches = match_with_typos(words, request, result.typos);
  if (!matches.empty() || words.size() < 2) return matches;
  std::map<std::string, std::uint64_t> ranks;  // of a word that comes twice the better place counts
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool any = !match({words[i]}, i + 1 == words.size(), request.typos).empty();
    const bool keyword = names_keyword(position(words[i], i + 1 == words.size(), request.typos));
    const std::uint64_t telling = inverse_frequency(counted(words[i])) + (keyword ? 1'000'000 : 0);
    ranks[words[i]] = std::max(ranks[words[i]], any ? telling : 0);
  }
  std::set<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [word, rank] : ranks) order.emplace(rank, word);
  order.erase(std::prev(order.end()));
  for (const auto& [rank, word] : order) {
    std::erase(words, word);
    result.dropped_words.push_back(word);
    matches = match_with_typos(words, request, result.typos);
    if (!matches.empty()) return matches;
  }
  result.dropped_words.clear();
  return matches;
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
  const Matches matches = match_relaxed(std::move(parsed.words), request, result);
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
  for (std::size_t i = begin; i < found.size() && i < begin + static_cast<std::size_t>(request.per_page);
       ++i) {
    Hit hit;
    hit.id = documents_[found[i]].id;
    hit.score = matches.at(found[i]).score;
    hit.typos = matches.at(found[i]).typos;
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
