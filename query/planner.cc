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

}  // namespace

std::string_view kind_name(MatchKind kind) {
  switch (kind) {
    case MatchKind::Literal:
      return "literal";
    case MatchKind::Stem:
      return "stem";
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

std::vector<const Segment*> Planner::segments() const {
  std::vector<const Segment*> all;
  for (const auto& image : shards_) {
    for (const SegmentView& view : image->segments) all.push_back(view.segment.get());
  }
  return all;
}

// Terms of deleted documents stay until a merge; they must not take the places of others, since replicas
// merge at different times.
bool Planner::is_live(std::string_view term) const {
  for (const auto& image : shards_) {
    for (const SegmentView& view : image->segments) {
      const Segment& segment = *view.segment;
      const TermId id = segment.terms.find(term);
      if (id == no_term) continue;
      if (!view.deleted) return true;
      const std::uint32_t begin = segment.lists[segment.term_lists[id]].begin;
      const std::uint32_t end = segment.lists[segment.term_lists[id + 1]].begin;
      for (std::uint32_t at = begin; at < end; ++at) {
        if (!view.deleted->test(segment.documents[at])) return true;
      }
    }
  }
  return false;
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
  alternative.points =
      statistics_.inverse_frequency(alternative.term) * factor(alternative.kind, alternative.typos) / 256;
  position.alternatives.push_back(std::move(alternative));
}

void Planner::add_stems(Position& position) const {
  for (std::size_t stemmer = 0; stemmer < context_.stemmers.size(); ++stemmer) {
    const Analyzer& analyzer = *context_.stemmers[stemmer];
    const std::string stem = analyzer.stem(position.word);
    const std::uint32_t fields = fields_of_stemmer(stemmer);
    if (stem != position.word && analyzer.stem(stem) == stem) {
      add(position, {.term = stem, .kind = MatchKind::Stem, .typos = 0, .fields = fields, .points = 0});
    }
    for (const Segment* segment : segments()) {
      const std::vector<TermId>& ordered = segment->stemmed_terms[stemmer];
      const auto stem_of = [&](TermId id) { return analyzer.stem(segment->terms.term(id)); };
      for (auto at = std::ranges::lower_bound(ordered, stem, {}, stem_of);
           at != ordered.end() && stem_of(*at) == stem; ++at) {
        add(position, {.term = std::string(segment->terms.term(*at)),
                       .kind = MatchKind::Stem,
                       .typos = 0,
                       .fields = fields,
                       .points = 0});
      }
    }
  }
}

// The most frequent terms of those that begin with the word; equally frequent ones in their own order.
void Planner::add_prefixes(Position& position) const {
  std::map<std::string_view, std::uint32_t> found;
  for (const Segment* segment : segments()) {
    const auto [first, last] = segment->terms.prefix_range(position.word);
    for (TermId id = first; id < last; ++id) {
      const std::string_view term = segment->terms.term(id);
      if (found.try_emplace(term, 0).second) found[term] = statistics_.frequency(term);
    }
  }
  std::vector<std::pair<std::string_view, std::uint32_t>> ranked(found.begin(), found.end());
  std::ranges::stable_sort(ranked, std::ranges::greater(),
                           &std::pair<std::string_view, std::uint32_t>::second);
  const bool cut = ranked.size() > limits_.prefix_expansions_max;
  std::size_t taken = 0;
  for (const auto& entry : ranked) {
    if (taken == limits_.prefix_expansions_max) break;
    if (cut && !is_live(entry.first)) continue;
    ++taken;
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
  for (const Segment* segment : segments()) {
    walk_typos(segment->terms, position.word, allowed, prefix,
               [&](TermId term, int typos) { found.try_emplace(segment->terms.term(term), typos); });
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
  const bool cut = ranked.size() > limits_.typo_candidates_max;
  std::size_t taken = 0;
  for (const Candidate& candidate : ranked) {
    if (taken == limits_.typo_candidates_max) break;
    if (cut && !is_live(candidate.term)) continue;
    ++taken;
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
  add_stems(position);
  if (last) add_prefixes(position);
  if (typos) add_typos(position, last);
  return position;
}

// Two neighbours written as one word, where products write them so: "wi fi" also reads as "wifi".
void Planner::add_joined(const std::vector<std::string>& words, bool last_is_prefix, Plan& plan) const {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string joined = words[i] + words[i + 1];
    if (joined.size() > Analyzer::token_bytes_max || !is_live(joined)) continue;
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

}  // namespace aisle
