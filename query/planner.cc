#include "query/planner.h"

#include <algorithm>
#include <array>

#include "analyzers/han.h"
#include "analyzers/trade_code.h"
#include "analyzers/units.h"
#include "query/compounds.h"
#include "query/typo_walk.h"

namespace aisle {
namespace {

std::size_t characters(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

// What is left of the points of a synonym that is what the catalogue calls the thing.
constexpr std::uint32_t proper_factor = 240;
constexpr std::uint64_t proper_heads = 5;  // titles that it heads, at least, and
constexpr std::uint64_t proper_ratio = 4;  // so many times as many as the word

}  // namespace

std::uint32_t kind_factor(MatchKind kind, int typos) {
  switch (kind) {
    case MatchKind::Literal:
    case MatchKind::Code:
    case MatchKind::Phrase:
      return 256;
    case MatchKind::Stem:
      return 232;
    case MatchKind::Synonym:
      return 208;
    case MatchKind::Prefix:
      return 200;
    case MatchKind::Joined:
      return 232;
    case MatchKind::Infix:
      return 144;
    case MatchKind::Typo:
      break;
  }
  return typos == 1 ? 160 : 112;
}

Planner::Planner(const IndexContext& context, const Statistics& statistics, const QueryLimits& limits,
                 ShardSearch& shards, Request request)
    : context_(context),
      statistics_(statistics),
      limits_(limits),
      shards_(shards),
      ranking_(request.ranking),
      analyzer_(request.analyzer != nullptr ? *request.analyzer : *context.analyzer) {}

std::uint32_t Planner::fields_of_stemmer(std::size_t stemmer) const {
  std::uint32_t mask = 0;
  const std::vector<const Field*> fields = search_fields(*context_.schema);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (context_.stemmer_of_field[fields[i]->number] == static_cast<int>(stemmer)) mask |= 1U << i;
  }
  return mask;
}

// A term that is there already, among the first so many, keeps its cheaper kind and gains the fields. What is
// farther counts apart, in fields where the term is nothing nearer.
void Planner::add(Position& position, Alternative alternative, std::size_t among) {
  const std::uint8_t distance = alternative.distance();
  Alternative* same = nullptr;
  bool some_lost_all = false;
  for (Alternative& other :
       std::span(position.alternatives).first(std::min(among, position.alternatives.size()))) {
    if (other.term != alternative.term) continue;
    if (other.distance() == distance) {
      same = &other;
    } else if (distance > other.distance()) {
      alternative.fields &= ~other.fields;
    } else {
      other.fields &= ~alternative.fields;
      some_lost_all = some_lost_all || other.fields == 0;
    }
  }
  if (same != nullptr) {
    same->fields |= alternative.fields;
  } else if (distance == 0 || alternative.fields != 0) {
    position.alternatives.push_back(std::move(alternative));
  }
  if (some_lost_all)
    std::erase_if(position.alternatives,
                  [](const Alternative& a) { return a.distance() > 0 && a.fields == 0; });
}

// A word counts by how rare it is, all its forms as one term: whether "battery" or "batteries" is typed, both
// say the same. What it may stand for besides counts together with these: words that it begins, so that a
// rare longer one does not outrank the word that was typed; then synonyms, and codes that it is a part of,
// each with what is nearer to the word, so that neither changes what that is worth. All misspellings count as
// another term, so a misprint in the catalogue does not outrank the word that was meant. A listed synonym that
// is what the catalogue calls the thing says as much as the word: where laptops are sold as notebooks,
// "laptop" must not begin with bags for them.
void Planner::set_points(Position& position, std::size_t listed) const {
  const bool otherwise = is_called_otherwise(std::span(position.alternatives).first(listed));
  const KindFrequencies sum = frequencies(position);
  const std::uint64_t own = sum.own();
  const std::uint64_t begun = own + sum.of(MatchKind::Prefix);
  const auto common = [&](MatchKind kind) {
    switch (kind) {
      case MatchKind::Prefix:
        return begun;
      case MatchKind::Synonym:
      case MatchKind::Joined:
        return begun + sum.of(MatchKind::Synonym);
      case MatchKind::Infix:
        return begun + sum.of(MatchKind::Infix);
      case MatchKind::Typo:
        return sum.of(MatchKind::Typo);
      default:
        return own;
    }
  };
  std::array<std::uint32_t, match_kinds> inverse{};  // 0: nobody has asked
  const auto inverse_frequency = [&](MatchKind kind) {
    std::uint32_t& kept = inverse[static_cast<std::size_t>(kind)];
    if (kept == 0) kept = statistics_.inverse_frequency(common(kind));
    return kept;
  };
  for (std::size_t i = 0; i < position.alternatives.size(); ++i) {
    Alternative& alternative = position.alternatives[i];
    const bool proper = otherwise && i < listed && alternative.kind == MatchKind::Synonym;
    const std::uint32_t factor = proper ? proper_factor : kind_factor(alternative.kind, alternative.typos);
    alternative.points = inverse_frequency(proper ? MatchKind::Literal : alternative.kind) * factor / 256;
  }
}

// Do its synonyms head far more titles than the word and its forms, which are there, too?
bool Planner::is_called_otherwise(std::span<const Alternative> alternatives) const {
  std::uint64_t own = 0;
  std::uint64_t own_heads = 0;
  std::uint64_t other_heads = 0;
  for (const Alternative& alternative : alternatives) {
    const bool other = alternative.kind == MatchKind::Synonym;
    const TermId term = other || alternative.is_own() ? statistics_.terms().find(alternative.term) : no_term;
    if (term == no_term) continue;
    const std::uint64_t heads =
        std::uint64_t{statistics_.frequency(term)} * statistics_.head_share(term) / 255;
    (other ? other_heads : own_heads) += heads;
    own += other ? 0 : statistics_.frequency(term);
  }
  return own > 0 && other_heads >= proper_heads && other_heads >= own_heads * proper_ratio;
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

// The most frequent terms of those that begin with the word; equally frequent ones in their own order.
void Planner::add_prefixes(Position& position) {
  const std::size_t known = position.alternatives.size();  // those found differ from each other
  const WordExpansion& begun = known_.find(position.word, ExpandKind::Beginnings);
  position.beginning = begun.beginning;
  position.alternatives.reserve(known + begun.terms.size());
  for (const FoundTerm& found : begun.terms) {
    add(position,
        {.term = found.term,
         .kind = MatchKind::Prefix,
         .typos = 0,
         .fields = ~0U,
         .points = 0,
         .known = found.known},
        known);
  }
}

void Planner::add_typos(Position& position, bool prefix) {
  const std::uint32_t fields =
      (ranking_ != nullptr ? ranking_->typo_fields : ~0U) & ~fields_of_type(FieldType::Code);
  const std::size_t known = position.alternatives.size();
  for (const FoundTerm& found : misspellings(position, prefix)) {
    add(position,
        {.term = found.term,
         .kind = MatchKind::Typo,
         .typos = found.number,
         .fields = fields,
         .points = 0,
         .known = found.known},
        known);
  }
}

Position Planner::position(const std::string& word, bool last, bool typos) {
  Position position{.word = word, .alternatives = {}, .words = 0, .weight = 0};
  add(position, {.term = word,
                 .kind = MatchKind::Literal,
                 .typos = 0,
                 .fields = ~0U,
                 .points = 0,
                 .known = statistics_.terms().find(word)});
  add_stems(position, word, {.term = "", .kind = MatchKind::Stem, .typos = 0, .fields = 0, .points = 0});
  add_quantities(position);
  add_same_codes(position);
  if (last) add_prefixes(position);
  add_infixes(position);
  if (typos) add_typos(position, last);
  add_synonyms(position);
  const std::size_t listed = position.alternatives.size();
  add_derived(position);
  set_points(position, listed);
  return position;
}

Reading Planner::as_typed(const PlanAsk& ask) {
  Reading reading;
  for (std::size_t i = 0; i < ask.words.size(); ++i) {
    if (const Phrase* phrase = phrase_at(ask.phrases, i)) {
      add_phrase(ask, *phrase, reading);
      i += phrase->words - 1;
      continue;
    }
    const bool last = ask.last_is_prefix && i + 1 == ask.words.size();
    reading.positions.push_back(position(ask.words[i], last, ask.typos));
    reading.positions.back().words = Position::word_bit(i);
  }
  add_joined(ask, reading);
  add_quantity_names(ask, reading);
  return reading;
}

bool Planner::is_written(const std::string& word) {
  return known_.find(word, ExpandKind::Written).written;
}

// Can it be written in another way: with another ending, unit or length of a code, or its thousands parted?
bool Planner::has_forms(const std::string& word) {
  bool some = !known_.find(word, ExpandKind::Forms).terms.empty();
  some = some || quantity_of(word) || !same_trade_codes(word).empty();
  const auto grouped = grouped_otherwise(word);
  some = (grouped && is_written(*grouped)) || some;
  for (const auto& analyzer : context_.stemmers) {
    const std::string stem = analyzer->stem(word);
    some = (stem != word && analyzer->stem(stem) == stem && is_written(stem)) || some;
  }
  return some;
}

// Two neighbours written as one word, where products write them so: "wi fi" is also found by "wifi", "arbeit
// platte" by "arbeitsplatte", which then counts for both, half for each. So is a code with a dash by its form
// of another length.
void Planner::add_joined(const PlanAsk& ask, Reading& reading) {
  const std::vector<std::string>& words = ask.words;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (phrase_at(ask.phrases, i) != nullptr || phrase_at(ask.phrases, i + 1) != nullptr) continue;
    std::string joined = words[i] + words[i + 1];
    for (const std::string_view link : compound_links(analyzer_.language())) {
      std::string linked = words[i] + std::string(link) + words[i + 1];
      if (statistics_.frequency(linked) > statistics_.frequency(joined)) joined = std::move(linked);
    }
    if (joined.size() > Analyzer::token_bytes_max) continue;
    const bool written = is_written(joined);
    if (!written && !has_forms(joined)) continue;
    const bool last = written && ask.last_is_prefix && i + 2 == words.size();
    for (Alternative& alternative : position(joined, last, false).alternatives) {
      if (alternative.is_own()) alternative.kind = MatchKind::Joined;
      alternative.points = alternative.points * kind_factor(MatchKind::Joined, 0) / 512;
      add(reading.positions[i], alternative);
      add(reading.positions[i + 1], std::move(alternative));
    }
  }
}

// What a word consists of. Numbers with an x between them and rows of Han characters are written in other
// ways, too; of other words those that hardly any product holds: the letters and digits of a mixed one, two
// words that products write next to each other ("wallmount"), the parts of a compound. Nothing when it is to
// stay whole.
std::vector<std::string> Planner::pieces(const Position& position) {
  std::vector<std::string> found;
  if (position.alternatives.front().kind == MatchKind::Phrase) return found;
  found = han_bigrams(position.word);
  if (found.size() > 1 && found.size() + 1 == characters(position.word)) return found;
  found.clear();
  if (frequencies(position).own() != 0 && !is_dimension(position.word)) return found;
  if (has_digit(position.word)) {
    for (Token& token : analyzer_.index_tokens(position.word)) {
      if (token.kind == TokenKind::Part) found.push_back(std::move(token.text));
    }
    return found.size() > 1 ? found : std::vector<std::string>();
  }
  std::uint64_t best = 0;
  for (const FoundTerm& pair : known_.find(position.word, ExpandKind::Pairs).terms) {
    const std::size_t space = pair.term.find(' ');
    const std::string first = pair.term.substr(0, space);
    const std::string second = pair.term.substr(space + 1);
    const std::uint64_t common =
        1 + std::uint64_t{std::min(statistics_.frequency(first), statistics_.frequency(second))};
    if (common <= best) continue;
    best = common;
    found = {first, second};
  }
  return found.empty() ? compound_parts(position.word, analyzer_.language(), statistics_) : found;
}

// The words as typed, but those with pieces in these.
void Planner::add_apart(Plan& plan) {
  const std::vector<Position>& typed = plan.readings.front().positions;
  std::vector<std::vector<std::string>> parts;
  for (const Position& position : typed) parts.push_back(pieces(position));
  if (std::ranges::all_of(parts, &std::vector<std::string>::empty)) return;
  Reading apart;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (parts[i].empty()) apart.positions.push_back(typed[i]);
    for (const std::string& part : parts[i]) {
      apart.positions.push_back(position(part, false, false));
      apart.positions.back().words = typed[i].words;
    }
  }
  plan.readings.push_back(std::move(apart));
}

Planner::KindFrequencies Planner::frequencies(const Position& position) const {
  KindFrequencies sums;
  for (const Alternative& some : position.alternatives)
    sums.sum[static_cast<std::size_t>(some.kind)] += statistics_.frequency(some.known, some.term);
  return sums;
}

Plan Planner::build(const PlanAsk& ask) {
  Plan plan;
  plan.demands = demands_of(ask);
  if (ask.words.empty()) return plan;
  plan.share = ask.share;
  plan.readings.push_back(as_typed(ask));
  for (std::size_t i = 0; i < ask.words.size(); ++i) {
    if (ask.typos && phrase_at(ask.phrases, i) == nullptr)
      plan.typos_max = std::max(plan.typos_max, typos_allowed(ask.words[i], typo_lengths()));
  }
  add_phrases(plan);
  add_apart(plan);
  add_code(ask, plan);
  for (Reading& reading : plan.readings) weigh(reading);
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
