#include "query/planner.h"

#include <algorithm>

#include "base/utf8.h"
#include "query/typo_walk.h"

namespace aisle {
namespace {

// What is left of a term's points when it matched in another way than literally, of 256.
constexpr std::uint32_t factor(MatchKind kind, int typos) {
  switch (kind) {
    case MatchKind::Literal:
      return 256;
    case MatchKind::Stem:
      return 232;
    case MatchKind::Synonym:
      return 208;
    case MatchKind::Prefix:
      return 200;
    case MatchKind::Typo:
      break;
  }
  return typos == 1 ? 160 : 112;
}

// Bounds what several phrases in one query come to.
constexpr std::size_t phrase_readings_max = 16;

}  // namespace

ParsedQuery parse_query(std::string_view q, const Analyzer& analyzer, const QueryLimits& limits) {
  ParsedQuery parsed;
  const std::string_view cut = cut_utf8(q, limits.query_bytes_max);
  parsed.truncated = cut.size() < q.size();
  for (Token& token : analyzer.query_tokens(cut)) {
    if (parsed.words.size() < limits.words_max) {
      parsed.words.push_back(std::move(token.text));
    } else {
      parsed.ignored_words.push_back(std::move(token.text));
    }
  }
  return parsed;
}

Planner::Planner(const IndexContext& context, const Statistics& statistics, const QueryLimits& limits,
                 ShardSearch& shards, const Ranking* ranking)
    : context_(context), statistics_(statistics), limits_(limits), shards_(shards), ranking_(ranking) {}

std::uint32_t Planner::fields_of_stemmer(std::size_t stemmer) const {
  std::uint32_t mask = 0;
  const std::vector<const Field*> fields = search_fields(*context_.schema);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (context_.stemmer_of_field[fields[i]->number] == static_cast<int>(stemmer)) mask |= 1U << i;
  }
  return mask;
}

// A term that is there already keeps its cheaper kind and gains the fields.
void Planner::add(Position& position, Alternative alternative) {
  const auto at = std::ranges::find(position.alternatives, alternative.term, &Alternative::term);
  if (at != position.alternatives.end()) {
    at->fields |= alternative.fields;
    return;
  }
  position.alternatives.push_back(std::move(alternative));
}

// A literal word counts by how rare it is. Other forms count together: all words of the same stem or
// beginning as one term, all misspellings as another. So a rare longer word does not outrank the word that
// was typed, nor a misprint in the catalogue the word that was meant.
void Planner::set_points(Position& position) const {
  std::uint64_t forms = 0;
  std::uint64_t misspellings = 0;
  for (const Alternative& alternative : position.alternatives) {
    (alternative.kind == MatchKind::Typo ? misspellings : forms) += statistics_.frequency(alternative.term);
  }
  for (Alternative& alternative : position.alternatives) {
    const std::uint32_t rarity =
        alternative.kind == MatchKind::Literal
            ? statistics_.inverse_frequency(alternative.term)
            : statistics_.inverse_frequency(alternative.kind == MatchKind::Typo ? misspellings : forms);
    alternative.points = rarity * factor(alternative.kind, alternative.typos) / 256;
  }
  if (ranking_ == nullptr || !ranking_->synonyms) return;
  const Alternative& literal = position.alternatives.front();
  if (literal.kind != MatchKind::Literal) return;
  const std::uint32_t most = literal.points * factor(MatchKind::Synonym, 0) / 256;  // never above the word itself
  for (Alternative& alternative : position.alternatives) {
    if (alternative.kind == MatchKind::Synonym) alternative.points = std::min(alternative.points, most);
  }
}

// Terms with the stem of `word`, as alternatives of the kind and the typos of `like`.
void Planner::add_stems(Position& position, const std::string& word, const Alternative& like) {
  const WordExpansion& forms = known_.find(word, ExpandKind::Forms);
  for (std::size_t stemmer = 0; stemmer < context_.stemmers.size(); ++stemmer) {
    const Analyzer& analyzer = *context_.stemmers[stemmer];
    const std::string stem = analyzer.stem(word);
    Alternative alternative = like;
    alternative.fields = fields_of_stemmer(stemmer);
    if (stem != word && analyzer.stem(stem) == stem) {
      alternative.term = stem;
      add(position, alternative);
    }
    for (const FoundTerm& found : forms.terms) {
      if (found.number != stemmer) continue;
      alternative.term = found.term;
      add(position, alternative);
    }
  }
}

// Synonyms of what is there so far, misspellings included, and the words of their stems.
void Planner::add_synonyms(Position& position) {
  const bool of_ranking = ranking_ != nullptr && ranking_->synonyms;
  const auto& synonyms = of_ranking ? ranking_->synonyms->words : context_.synonyms;
  if (synonyms.empty()) return;
  const std::vector<Alternative> known = position.alternatives;
  for (const Alternative& alternative : known) {
    const auto found = synonyms.find(alternative.term);
    if (found == synonyms.end() || alternative.kind == MatchKind::Prefix) continue;
    for (const std::string& synonym : found->second) {
      Alternative other{.term = synonym,
                        .kind = alternative.typos > 0 ? MatchKind::Typo : MatchKind::Synonym,
                        .typos = alternative.typos,
                        .fields = ~0U,
                        .points = 0};
      add(position, other);
      add_stems(position, synonym, other);
    }
  }
}

// The most frequent terms of those that begin with the word; equally frequent ones in their own order.
void Planner::add_prefixes(Position& position) {
  for (const FoundTerm& found : known_.find(position.word, ExpandKind::Beginnings).terms) {
    add(position,
        {.term = found.term, .kind = MatchKind::Prefix, .typos = 0, .fields = ~0U, .points = 0});
  }
}

void Planner::add_typos(Position& position, bool prefix) {
  if (typos_allowed(position.word, typo_lengths()) == 0) return;
  const std::uint32_t fields = ranking_ != nullptr ? ranking_->typo_fields : ~0U;
  const ExpandKind kind = prefix ? ExpandKind::TypoBeginnings : ExpandKind::Typos;
  for (const FoundTerm& found : known_.find(position.word, kind).terms) {
    add(position,
        {.term = found.term, .kind = MatchKind::Typo, .typos = found.number, .fields = fields, .points = 0});
  }
}

Position Planner::position(const std::string& word, bool last, bool typos) {
  Position position{.word = word, .alternatives = {}};
  add(position, {.term = word, .kind = MatchKind::Literal, .typos = 0, .fields = ~0U, .points = 0});
  add_stems(position, word, {.term = "", .kind = MatchKind::Stem, .typos = 0, .fields = 0, .points = 0});
  if (last) add_prefixes(position);
  if (typos) add_typos(position, last);
  add_synonyms(position);
  set_points(position);
  return position;
}

// Two neighbours written as one word, where products write them so: "wi fi" also reads as "wifi".
void Planner::add_joined(const PlanAsk& ask, Plan& plan) {
  const std::vector<std::string>& words = ask.words;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string joined = words[i] + words[i + 1];
    if (joined.size() > Analyzer::token_bytes_max) continue;
    if (!known_.find(joined, ExpandKind::Written).written) continue;
    Reading reading = plan.readings.front();
    reading.positions.erase(reading.positions.begin() + static_cast<std::ptrdiff_t>(i));
    reading.positions[i] = position(joined, ask.last_is_prefix && i + 2 == words.size(), false);
    plan.readings.push_back(std::move(reading));
  }
}

// A code written with dashes or spaces: the whole query as one word.
void Planner::add_code(const PlanAsk& ask, Plan& plan) {
  const std::vector<std::string>& words = ask.words;
  std::string joined;
  for (const std::string& word : words) joined += word;
  if (words.size() < 2 || !has_digit(joined) || joined.size() > Analyzer::token_bytes_max) return;
  Reading code;
  code.positions.push_back(position(normalize_code(joined), ask.last_is_prefix, false));
  plan.readings.push_back(std::move(code));
}

// A mixed word that hardly anybody writes like that: its letters and digits apart.
void Planner::add_apart(const std::string& word, Plan& plan) {
  if (!has_digit(word) || statistics_.frequency(word) != 0) return;
  Reading apart;
  for (const Token& token : context_.analyzer->index_tokens(word)) {
    if (token.kind == TokenKind::Part) apart.positions.push_back(position(token.text, false, false));
  }
  if (apart.positions.size() > 1) plan.readings.push_back(std::move(apart));
}

// The words of a phrase that stands for others. Together they count no more than those others would by a synonym.
void Planner::stand_in(const PhraseStep& step, const Reading& given, Reading& reading) {
  std::string asked;
  std::uint32_t most = 0;
  for (std::size_t i = step.begin; i < step.begin + step.words; ++i) {
    asked += (asked.empty() ? "" : " ") + given.positions[i].word;
    most += given.positions[i].alternatives.front().points * factor(MatchKind::Synonym, 0) / 256;
  }
  const auto words = static_cast<std::uint32_t>(step.phrase->to.size());
  std::uint8_t typos = step.typos;
  for (const std::string& word : step.phrase->to) {
    Position position{.word = asked, .alternatives = {}};
    const Alternative like{.term = word,
                           .kind = typos > 0 ? MatchKind::Typo : MatchKind::Synonym,
                           .typos = typos,
                           .fields = ~0U,
                           .points = 0};
    add(position, like);
    add_stems(position, word, like);
    set_points(position);
    for (Alternative& alternative : position.alternatives)
      alternative.points = std::min(alternative.points, most / words);
    reading.positions.push_back(std::move(position));
    typos = 0;  // counted once
  }
}

// Words that may be read as another phrase: "flat screen" for "tv", or the other way.
void Planner::add_phrases(Plan& plan) {
  if (ranking_ == nullptr || !ranking_->synonyms || ranking_->synonyms->phrases.empty()) return;
  const Reading given = plan.readings.front();
  for (const auto& path : phrase_paths(given, *ranking_->synonyms, phrase_readings_max)) {
    Reading& reading = plan.readings.emplace_back();
    for (const PhraseStep& step : path) {
      if (step.phrase == nullptr) {
        reading.positions.push_back(given.positions[step.begin]);
      } else {
        stand_in(step, given, reading);
      }
    }
  }
}

Plan Planner::build(const PlanAsk& ask) {
  Plan plan;
  const std::vector<std::string>& words = ask.words;
  if (words.empty()) return plan;
  Reading literal;
  for (std::size_t i = 0; i < words.size(); ++i) {
    literal.positions.push_back(position(words[i], ask.last_is_prefix && i + 1 == words.size(), ask.typos));
    if (ask.typos) plan.typos_max = std::max(plan.typos_max, typos_allowed(words[i], typo_lengths()));
  }
  plan.readings.push_back(std::move(literal));
  add_phrases(plan);
  add_joined(ask, plan);
  add_code(ask, plan);
  if (words.size() == 1) add_apart(words.front(), plan);
  return plan;
}

Status Planner::expand_missing(std::vector<WordAsk> missing) {
  ExpandRequest request{std::move(missing), limits_.prefix_expansions_max, limits_.typo_candidates_max,
                        typo_lengths()};
  AISLE_TRY(std::vector<WordExpansion> answers, shards_.expand(request));
  for (std::size_t i = 0; i < answers.size(); ++i)
    known_.add(std::move(request.asks[i]), std::move(answers[i]));
  return {};
}

// What a word stands for can name further words (a joined word, its synonyms), so plans are built until
// nothing is missing: mostly twice, and in a chain of those three no more than four times.
Result<std::vector<Plan>> Planner::plans(std::span<const PlanAsk> asks) {
  for (;;) {
    std::vector<Plan> plans;
    for (const PlanAsk& ask : asks) plans.push_back(build(ask));
    std::vector<WordAsk> missing = known_.take_missing();
    if (missing.empty()) return plans;
    AISLE_CHECK(expand_missing(std::move(missing)));
  }
}

Result<Plan> Planner::plan(const PlanAsk& ask) {
  AISLE_TRY(std::vector<Plan> made, plans(std::span(&ask, 1)));
  return std::move(made.front());
}

}  // namespace aisle
