#include "query/expansion.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "query/typo_walk.h"

namespace aisle {
namespace {

struct Candidate {
  std::string_view term;
  std::uint8_t number = 0;
  std::uint32_t frequency = 0;
};

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

void unite(std::vector<Candidate>& found) {
  const auto key = [](const Candidate& a) { return std::tie(a.number, a.term); };
  const auto before = [&](const Candidate& a, const Candidate& b) { return key(a) < key(b); };
  const auto same = [&](const Candidate& a, const Candidate& b) { return key(a) == key(b); };
  if (!std::ranges::is_sorted(found, before)) std::ranges::sort(found, before);
  found.erase(std::ranges::unique(found, same).begin(), found.end());
}

std::vector<FoundTerm> terms_of(const std::vector<Candidate>& candidates) {
  std::vector<FoundTerm> terms;
  terms.reserve(candidates.size());
  for (const Candidate& candidate : candidates)
    terms.push_back({std::string(candidate.term), candidate.number});
  return terms;
}

// Each once; all forms, of the others the best `count_max`.
std::vector<FoundTerm> best(std::vector<Candidate> found, ExpandKind kind, const Statistics& statistics,
                            std::size_t count_max) {
  unite(found);
  if (kind == ExpandKind::Forms) return terms_of(found);
  for (Candidate& candidate : found) candidate.frequency = statistics.frequency(candidate.term);
  const auto kept = found.begin() + static_cast<std::ptrdiff_t>(std::min(count_max, found.size()));
  std::partial_sort(found.begin(), kept, found.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.number, b.frequency, a.term) < std::tie(b.number, a.frequency, b.term);
  });
  found.erase(kept, found.end());
  return terms_of(found);
}

std::size_t count_max(const ExpandRequest& request, ExpandKind kind) {
  return kind == ExpandKind::Beginnings ? request.beginnings_max : request.typos_max;
}

// What one ask finds, segment by segment.
class Finder {
 public:
  Finder(const WordAsk& ask, const IndexContext& context, std::span<const SegmentView* const> segments,
         const TypoLengths& lengths)
      : ask_(ask), context_(context), segments_(segments), lengths_(lengths) {
    if (ask.kind != ExpandKind::Forms) return;
    for (const auto& stemmer : context.stemmers) stems_.push_back(stemmer->stem(ask.word));
  }

  bool is_written() const {
    return std::ranges::any_of(segments_, [&](const SegmentView* view) {
      const TermId term = view->segment->terms.find(ask_.word);
      return term != no_term && is_live(*view, term);
    });
  }

  std::vector<Candidate> find() const {
    std::vector<Candidate> found;
    for (const SegmentView* view : segments_) {
      if (ask_.kind == ExpandKind::Written) break;
      if (ask_.kind == ExpandKind::Forms) {
        add_forms(*view, found);
      } else if (ask_.kind == ExpandKind::Beginnings) {
        add_beginnings(*view, found);
      } else {
        add_typos(*view, found);
      }
    }
    return found;
  }

 private:
  void add_forms(const SegmentView& view, std::vector<Candidate>& found) const {
    const TermDictionary& terms = view.segment->terms;
    for (std::size_t stemmer = 0; stemmer < context_.stemmers.size(); ++stemmer) {
      const Analyzer& analyzer = *context_.stemmers[stemmer];
      const std::string& stem = stems_[stemmer];
      const std::vector<TermId>& ordered = view.segment->stemmed_terms[stemmer];
      const auto stem_of = [&](TermId id) { return analyzer.stem(terms.term(id)); };
      for (auto at = std::ranges::lower_bound(ordered, stem, {}, stem_of);
           at != ordered.end() && stem_of(*at) == stem; ++at) {
        if (is_live(view, *at)) found.push_back({terms.term(*at), static_cast<std::uint8_t>(stemmer), 0});
      }
    }
  }

  void add_beginnings(const SegmentView& view, std::vector<Candidate>& found) const {
    const TermDictionary& terms = view.segment->terms;
    const auto [first, last] = terms.prefix_range(ask_.word);
    for (TermId id = first; id < last; ++id) {
      if (is_worth_expanding(view, id, ask_.word, *context_.schema)) found.push_back({terms.term(id), 0, 0});
    }
  }

  void add_typos(const SegmentView& view, std::vector<Candidate>& found) const {
    const TermDictionary& terms = view.segment->terms;
    const bool prefix = ask_.kind == ExpandKind::TypoBeginnings;
    const int allowed = typos_allowed(ask_.word, lengths_);
    for (const TypoMatch& match : find_typos(terms, view.segment->typos, ask_.word, allowed, prefix)) {
      if (is_live(view, match.term)) found.push_back({terms.term(match.term), match.typos, 0});
    }
  }

  const WordAsk& ask_;
  const IndexContext& context_;
  std::span<const SegmentView* const> segments_;
  const TypoLengths& lengths_;
  std::vector<std::string> stems_;  // of the word, by stemmer
};

}  // namespace

bool has_live(const SegmentView& view, std::uint32_t list) {
  if (!view.deleted) return true;
  const auto documents = view.segment->postings(list).documents;
  return std::ranges::any_of(documents,
                             [&](std::uint32_t document) { return !view.deleted->test(document); });
}

bool has_digit(std::string_view word) {
  return std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<WordExpansion> expand(const ExpandRequest& request, const IndexContext& context,
                                  std::span<const SegmentView* const> segments,
                                  const Statistics& statistics) {
  std::vector<WordExpansion> answers;
  answers.reserve(request.asks.size());
  for (const WordAsk& ask : request.asks) {
    const Finder finder(ask, context, segments, request.typo_lengths);
    WordExpansion& answer = answers.emplace_back();
    answer.written = ask.kind == ExpandKind::Written && finder.is_written();
    answer.terms = best(finder.find(), ask.kind, statistics, count_max(request, ask.kind));
  }
  return answers;
}

void merge_expansions(const ExpandRequest& request, const Statistics& statistics,
                      std::vector<WordExpansion>& into, std::vector<WordExpansion> more) {
  for (std::size_t i = 0; i < request.asks.size(); ++i) {
    const ExpandKind kind = request.asks[i].kind;
    into[i].written |= more[i].written;
    if (more[i].terms.empty()) continue;
    std::vector<Candidate> all;
    for (const FoundTerm& found : into[i].terms) all.push_back({found.term, found.number, 0});
    for (const FoundTerm& found : more[i].terms) all.push_back({found.term, found.number, 0});
    into[i].terms = best(std::move(all), kind, statistics, count_max(request, kind));
  }
}

const WordExpansion& Expansions::find(const std::string& word, ExpandKind kind) {
  static const WordExpansion nothing;
  WordAsk ask{word, kind};
  if (const auto known = known_.find(ask); known != known_.end()) return known->second;
  if (std::ranges::find(missing_, ask) == missing_.end()) missing_.push_back(std::move(ask));
  return nothing;
}

std::vector<WordAsk> Expansions::take_missing() {
  return std::exchange(missing_, {});
}

}  // namespace aisle
