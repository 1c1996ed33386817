#include <algorithm>
#include <map>

#include "base/utf8.h"
#include "query/planner.h"
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

bool has_digit(std::string_view word) {
  return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// Terms of deleted documents stay until a merge. They must neither take the places of others nor count, since
// replicas merge at different times.
bool has_live(const SegmentView& view, std::uint32_t list) {
  if (!view.deleted) return true;
  const auto documents = view.segment->postings(list).documents;
  return std::ranges::any_of(documents,
                             [&](std::uint32_t document) { return !view.deleted->test(document); });
}

bool is_live(const SegmentView& view, TermId term) {
  const auto& term_lists = view.segment->term_lists;
  for (std::uint32_t list = term_lists[term]; list < term_lists[term + 1]; ++list) {
    if (has_live(view, list)) return true;
  }
  return false;
}

// A term with a digit brings no new document to a word of letters alone: whoever holds "iphone14" holds its
// part "iphone" too. Codes are not taken apart, so theirs count.
bool is_worth_expanding(const SegmentView& view, TermId term, std::string_view word,
                        const IndexSchema& schema) {
  const Segment& segment = *view.segment;
  if (has_digit(word) || !has_digit(segment.terms.term(term))) return is_live(view, term);
  for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
    const bool is_code = schema.fields[segment.lists[list].field].type == FieldType::Code;
    if (is_code && has_live(view, list)) return true;
  }
  return false;
}

}  // namespace

std::string_view kind_name(MatchKind kind) {
  switch (kind) {
    case MatchKind::Literal:
      return "literal";
    case MatchKind::Stem:
      return "stem";
    case MatchKind::Synonym:
      return "synonym";
    case MatchKind::Prefix:
      return "prefix";
    case MatchKind::Typo:
      return "typo";
  }
  return "literal";
}

std::vector<const Field*> search_fields(const IndexSchema& schema) {
  std::vector<const Field*> fields;
  for (const Field& field : schema.fields) {
    if (field.search) fields.push_back(&field);
  }
  return fields;
}

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

Planner::Planner(const IndexContext& context, std::span<const std::shared_ptr<const Image>> shards,
                 const Statistics& statistics, const QueryLimits& limits)
    : context_(context), shards_(shards), statistics_(statistics), limits_(limits) {}

std::vector<const SegmentView*> Planner::views() const {
  std::vector<const SegmentView*> all;
  for (const auto& image : shards_) {
    for (const SegmentView& view : image->segments) all.push_back(&view);
  }
  return all;
}

std::uint32_t Planner::fields_of_stemmer(std::size_t stemmer) const {
  std::uint32_t mask = 0;
  const std::vector<const Field*> fields = search_fields(*context_.schema);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (context_.stemmer_of_field[fields[i]->number] == static_cast<int>(stemmer)) mask |= 1U << i;
  }
  return mask;
}

// A term that is there already keeps its cheaper kind and gains the fields.
void Planner::add(Position& position, Alternative alternative) const {
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
}

// Terms with the stem of `word`, as alternatives of the kind and the typos of `like`.
void Planner::add_stems(Position& position, const std::string& word, const Alternative& like) const {
  for (std::size_t stemmer = 0; stemmer < context_.stemmers.size(); ++stemmer) {
    const Analyzer& analyzer = *context_.stemmers[stemmer];
    const std::string stem = analyzer.stem(word);
    Alternative alternative = like;
    alternative.fields = fields_of_stemmer(stemmer);
    if (stem != word && analyzer.stem(stem) == stem) {
      alternative.term = stem;
      add(position, alternative);
    }
    for (const SegmentView* view : views()) {
      const TermDictionary& terms = view->segment->terms;
      const std::vector<TermId>& ordered = view->segment->stemmed_terms[stemmer];
      const auto stem_of = [&](TermId id) { return analyzer.stem(terms.term(id)); };
      for (auto at = std::ranges::lower_bound(ordered, stem, {}, stem_of);
           at != ordered.end() && stem_of(*at) == stem; ++at) {
        if (!is_live(*view, *at)) continue;
        alternative.term = terms.term(*at);
        add(position, alternative);
      }
    }
  }
}

// Synonyms of what is there so far, misspellings included, and the words of their stems.
void Planner::add_synonyms(Position& position) const {
  if (context_.synonyms.empty()) return;
  const std::vector<Alternative> known = position.alternatives;
  for (const Alternative& alternative : known) {
    const auto found = context_.synonyms.find(alternative.term);
    if (found == context_.synonyms.end() || alternative.kind == MatchKind::Prefix) continue;
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
void Planner::add_prefixes(Position& position) const {
  std::map<std::string_view, std::uint32_t> found;
  for (const SegmentView* view : views()) {
    const Segment& segment = *view->segment;
    const auto [first, last] = segment.terms.prefix_range(position.word);
    for (TermId id = first; id < last; ++id) {
      const std::string_view term = segment.terms.term(id);
      if (!is_worth_expanding(*view, id, position.word, *context_.schema)) continue;
      if (found.try_emplace(term, 0).second) found[term] = statistics_.frequency(term);
    }
  }
  std::vector<std::pair<std::string_view, std::uint32_t>> ranked(found.begin(), found.end());
  std::ranges::stable_sort(ranked, std::ranges::greater(),
                           &std::pair<std::string_view, std::uint32_t>::second);
  if (ranked.size() > limits_.prefix_expansions_max) ranked.resize(limits_.prefix_expansions_max);
  for (const auto& entry : ranked) {
    add(position, {.term = std::string(entry.first),
                   .kind = MatchKind::Prefix,
                   .typos = 0,
                   .fields = ~0U,
                   .points = 0});
  }
}

void Planner::add_typos(Position& position, bool prefix) const {
  const int allowed = typos_allowed(position.word);
  if (allowed == 0) return;
  std::map<std::string_view, int> found;
  for (const SegmentView* view : views()) {
    walk_typos(view->segment->terms, position.word, allowed, prefix, [&](TermId term, int typos) {
      if (is_live(*view, term)) found.try_emplace(view->segment->terms.term(term), typos);
    });
  }
  struct Candidate {
    std::string_view term;
    int typos;
    std::uint32_t frequency;
  };
  std::vector<Candidate> ranked;
  ranked.reserve(found.size());
  for (const auto& [term, typos] : found) ranked.push_back({term, typos, statistics_.frequency(term)});
  std::ranges::stable_sort(ranked, [](const Candidate& a, const Candidate& b) {
    return a.typos != b.typos ? a.typos < b.typos : a.frequency > b.frequency;
  });
  if (ranked.size() > limits_.typo_candidates_max) ranked.resize(limits_.typo_candidates_max);
  for (const Candidate& candidate : ranked) {
    add(position, {.term = std::string(candidate.term),
                   .kind = MatchKind::Typo,
                   .typos = static_cast<std::uint8_t>(candidate.typos),
                   .fields = ~0U,
                   .points = 0});
  }
}

Position Planner::position(const std::string& word, bool last, bool typos) const {
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
void Planner::add_joined(const std::vector<std::string>& words, bool last_is_prefix, Plan& plan) const {
  const auto is_written = [&](const std::string& word) {
    return std::ranges::any_of(views(), [&](const SegmentView* view) {
      const TermId term = view->segment->terms.find(word);
      return term != no_term && is_live(*view, term);
    });
  };
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string joined = words[i] + words[i + 1];
    if (joined.size() > Analyzer::token_bytes_max || !is_written(joined)) continue;
    Reading reading = plan.readings.front();
    reading.positions.erase(reading.positions.begin() + static_cast<std::ptrdiff_t>(i));
    reading.positions[i] = position(joined, last_is_prefix && i + 2 == words.size(), false);
    plan.readings.push_back(std::move(reading));
  }
}

Plan Planner::plan(const std::vector<std::string>& words, bool typos, bool last_is_prefix) const {
  Plan plan;
  if (words.empty()) return plan;
  Reading literal;
  std::string joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    literal.positions.push_back(position(words[i], last_is_prefix && i + 1 == words.size(), typos));
    if (typos) plan.typos_max = std::max(plan.typos_max, typos_allowed(words[i]));
    joined += words[i];
  }
  plan.readings.push_back(std::move(literal));
  add_joined(words, last_is_prefix, plan);
  // A code written with dashes or spaces: the whole query as one word.
  if (words.size() > 1 && has_digit(joined) && joined.size() <= Analyzer::token_bytes_max) {
    Reading code;
    code.positions.push_back(position(normalize_code(joined), true, false));
    plan.readings.push_back(std::move(code));
  }
  // A mixed word that hardly anybody writes like that: its letters and digits apart.
  if (words.size() == 1 && has_digit(words.front()) && statistics_.frequency(words.front()) == 0) {
    Reading apart;
    for (const Token& token : context_.analyzer->index_tokens(words.front())) {
      if (token.kind == TokenKind::Part) apart.positions.push_back(position(token.text, false, false));
    }
    if (apart.positions.size() > 1) plan.readings.push_back(std::move(apart));
  }
  return plan;
}

bool Planner::names_keyword(const Plan& plan) const {
  const std::vector<Field>& fields = context_.schema->fields;
  const auto stands_in_keyword = [&](const SegmentView& view, const std::string& word) {
    const Segment& segment = *view.segment;
    const TermId term = segment.terms.find(word);
    if (term == no_term) return false;
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      if (fields[segment.lists[list].field].type == FieldType::Keyword && has_live(view, list)) return true;
    }
    return false;
  };
  for (const Alternative& alternative : plan.readings.front().positions.front().alternatives) {
    if (alternative.kind == MatchKind::Prefix) continue;
    for (const SegmentView* view : views()) {
      if (stands_in_keyword(*view, alternative.term)) return true;
    }
  }
  return false;
}

}  // namespace aisle
