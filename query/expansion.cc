#include "query/expansion.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <tuple>
#include <utility>

#include "query/code_infix.h"
#include "query/followers.h"
#include "query/intersect.h"
#include "query/limits.h"
#include "query/typo_walk.h"

namespace aisle {
namespace {

constexpr std::size_t piece_least = 2;  // code points of each word of a pair

struct Candidate {
  std::string_view term;
  std::uint8_t number = 0;
  TermId known = no_term;  // in the statistics, where that was found out
  std::uint32_t frequency = 0;
};

Candidate candidate_of(const FoundTerm& found, const Statistics& statistics) {
  return {found.term, found.number, found.known, statistics.frequency(found.known, found.term)};
}

bool is_live(const SegmentView& view, TermId term) {
  if (!view.deleted) return true;
  const auto& term_lists = view.segment->term_lists;
  for (std::uint32_t list = term_lists[term]; list < term_lists[term + 1]; ++list) {
    if (has_live(view, list)) return true;
  }
  return false;
}

// Of a term with `text` that begins with `word`. One with a digit brings no new document to a word of letters
// alone: whoever holds "iphone14" holds its part "iphone" too. Codes are not taken apart, so theirs count.
bool is_worth_expanding(const SegmentView& view, TermId term, std::string_view text, std::string_view word,
                        const IndexSchema& schema) {
  const Segment& segment = *view.segment;
  if (has_digit(word) || !has_digit(text)) return is_live(view, term);
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
    terms.push_back({std::string(candidate.term), candidate.number, candidate.known});
  return terms;
}

// Each once; all forms and pairs, of the others the best `count_max`.
std::vector<FoundTerm> best(std::vector<Candidate> found, ExpandKind kind, std::size_t count_max) {
  unite(found);
  if (kind == ExpandKind::Forms || kind == ExpandKind::Pairs) return terms_of(found);
  std::ranges::stable_sort(found, [](const Candidate& a, const Candidate& b) {
    return std::tie(a.number, b.frequency) < std::tie(b.number, a.frequency);
  });
  if (found.size() > count_max) found.resize(count_max);
  return terms_of(found);
}

std::size_t count_max(const ExpandRequest& request, ExpandKind kind) {
  const bool typos = kind == ExpandKind::Typos || kind == ExpandKind::TypoBeginnings;
  return typos ? request.typos_max : request.beginnings_max;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Two words in a row in the forward field of some live product.
bool are_neighbours(const SegmentView& view, TermId first, TermId second) {
  const Segment& segment = *view.segment;
  const auto documents_of = [&](TermId term) {
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      if (segment.lists[list].field == segment.forward_field) return segment.postings(list).documents;
    }
    return std::span<const std::uint32_t>();
  };
  const auto documents = documents_of(first);
  bool found = false;
  intersect(documents, documents_of(second), [&](std::size_t i, std::size_t) {
    if (found || view.is_deleted(documents[i])) return;
    const auto tokens = segment.forward_tokens(documents[i]);
    for (std::size_t at = 0; at + 1 < tokens.size() && !found; ++at)
      found = tokens[at] == first && tokens[at + 1] == second;
  });
  return found;
}

// A segment with what the statistics make of it.
struct SeenSegment {
  const SegmentView* view = nullptr;
  std::shared_ptr<const PreparedSegment> prepared;
};

// Terms that begin with the word, best first. The statistics know the frequent ones, so that few are looked
// up however many begin like that.
class Beginnings {
 public:
  Beginnings(const WordAsk& ask, const IndexContext& context, std::span<const SeenSegment> segments,
             const Statistics& statistics)
      : word_(ask.word), context_(context), segments_(segments), statistics_(statistics) {}

  WordExpansion find(std::size_t count_max) {
    add_frequent(count_max);
    if (found_.terms.size() < count_max) add_rare(count_max);
    return std::move(found_);
  }

 private:
  bool is_there(TermId known, std::string_view text) const {
    return std::ranges::any_of(segments_, [&](const SeenSegment& segment) {
      const TermId term = segment.prepared->term_of(known, text);
      return term != no_term && is_worth_expanding(*segment.view, term, text, word_, *context_.schema);
    });
  }

  void add_if_there(TermId known) {
    const std::string_view text = statistics_.terms().term(known);
    if (is_there(known, text)) found_.terms.push_back({std::string(text), 0, known});
  }

  void add_frequent(std::size_t count_max) {
    const auto [first, last] = statistics_.terms().prefix_range(word_);
    found_.terms.reserve(std::min<std::size_t>(count_max, last - first));
    const FrequentBeginnings& frequent = statistics_.frequent_beginnings();
    found_.beginning = frequent.find(first, last);
    std::span<const TermId> kept;
    if (found_.beginning != no_beginning) kept = frequent.best(found_.beginning);
    for (std::size_t i = 0; i < kept.size() && found_.terms.size() < count_max; ++i) add_if_there(kept[i]);
    if (found_.terms.size() == count_max || kept.size() == last - first) return;
    std::vector<TermId> all(last - first);
    std::iota(all.begin(), all.end(), first);
    std::ranges::sort(all, [&](TermId a, TermId b) { return statistics_.comes_first(a, b); });
    for (std::size_t i = kept.size(); i < all.size() && found_.terms.size() < count_max; ++i)
      add_if_there(all[i]);
  }

  // Those that the statistics do not know are equally rare.
  void add_rare(std::size_t count_max) {
    std::vector<std::string_view> rare;
    for (const SeenSegment& segment : segments_) {
      const SegmentView& view = *segment.view;
      const TermDictionary& terms = view.segment->terms;
      const auto [first, last] = terms.prefix_range(word_);
      std::size_t of_segment = 0;
      for (TermId id = first; id < last && found_.terms.size() + of_segment < count_max; ++id) {
        const std::string_view text = terms.term(id);
        if (segment.prepared->known(id) != no_term ||
            !is_worth_expanding(view, id, text, word_, *context_.schema))
          continue;
        rare.push_back(text);
        ++of_segment;
      }
    }
    std::ranges::sort(rare);
    rare.erase(std::ranges::unique(rare).begin(), rare.end());
    for (std::size_t i = 0; i < rare.size() && found_.terms.size() < count_max; ++i)
      found_.terms.push_back({std::string(rare[i]), 0, no_term});
  }

  const std::string& word_;
  const IndexContext& context_;
  std::span<const SeenSegment> segments_;
  const Statistics& statistics_;
  WordExpansion found_;
};

// What one ask but for beginnings finds, segment by segment.
class Finder {
 public:
  Finder(const WordAsk& ask, const IndexContext& context, std::span<const SeenSegment> segments,
         const Statistics& statistics, const TypoLengths& lengths)
      : ask_(ask), context_(context), segments_(segments), statistics_(statistics), lengths_(lengths) {
    if (ask.kind != ExpandKind::Forms) return;
    for (const auto& stemmer : context.stemmers) stems_.push_back(stemmer->stem(ask.word));
  }

  bool is_written() const {
    return std::ranges::any_of(segments_, [&](const SeenSegment& segment) {
      const TermId term = segment.view->segment->terms.find(ask_.word);
      return term != no_term && is_live(*segment.view, term);
    });
  }

  Result<std::vector<Candidate>> find(Deadline deadline) {
    std::vector<Candidate> found;
    for (const SeenSegment& segment : segments_) {
      if (deadline.expired()) return search_too_late();
      if (ask_.kind == ExpandKind::Written) break;
      if (ask_.kind == ExpandKind::Forms) {
        add_forms(*segment.view, found);
      } else if (ask_.kind == ExpandKind::Pairs) {
        add_pairs(*segment.view, found);
      } else {
        add_typos(segment, found);
      }
    }
    return found;
  }

 private:
  void add_forms(const SegmentView& view, std::vector<Candidate>& found) const {
    const TermDictionary& terms = view.segment->terms;
    for (std::size_t stemmer = 0; stemmer < context_.stemmers.size(); ++stemmer) {
      const Analyzer& analyzer = *context_.stemmers[stemmer];
      if (analyzer.language() == "none") continue;  // a word is its only form
      const std::string& stem = stems_[stemmer];
      const std::vector<TermId>& ordered = view.segment->stemmed_terms[stemmer];
      const auto stem_of = [&](TermId id) { return analyzer.stem(terms.term(id)); };
      for (auto at = std::ranges::lower_bound(ordered, stem, {}, stem_of);
           at != ordered.end() && stem_of(*at) == stem; ++at) {
        if (is_live(view, *at))
          found.push_back({.term = terms.term(*at), .number = static_cast<std::uint8_t>(stemmer)});
      }
    }
  }

  void add_pairs(const SegmentView& view, std::vector<Candidate>& found) {
    const TermDictionary& terms = view.segment->terms;
    for (std::size_t at = 1; at < ask_.word.size(); ++at) {
      const std::string begin = ask_.word.substr(0, at);
      const std::string end = ask_.word.substr(at);
      const bool whole_letters = (static_cast<unsigned char>(end.front()) & 0xC0U) != 0x80U;
      if (!whole_letters || code_points(begin) < piece_least || code_points(end) < piece_least) continue;
      const TermId first = terms.find(begin);
      const TermId second = first == no_term ? no_term : terms.find(end);
      if (second == no_term || !are_neighbours(view, first, second)) continue;
      pairs_.push_back(begin + " " + end);
      found.push_back({.term = pairs_.back()});
    }
  }

  void add_typos(const SeenSegment& segment, std::vector<Candidate>& found) const {
    const SegmentView& view = *segment.view;
    const TermDictionary& terms = view.segment->terms;
    const bool prefix = ask_.kind == ExpandKind::TypoBeginnings;
    const int allowed = typos_allowed(ask_.word, lengths_);
    std::vector<TypoMatch> matches = find_typos(terms, view.segment->typos, ask_.word, allowed, prefix);
    std::ranges::stable_sort(matches, {}, &TypoMatch::typos);  // as unite() wants them
    for (const TypoMatch& match : matches) {
      if (!is_live(view, match.term)) continue;
      const TermId known = segment.prepared->known(match.term);
      const std::uint32_t frequency = known == no_term ? 0 : statistics_.frequency(known);
      found.push_back({terms.term(match.term), match.typos, known, frequency});
    }
  }

  const WordAsk& ask_;
  const IndexContext& context_;
  std::span<const SeenSegment> segments_;
  const Statistics& statistics_;
  const TypoLengths& lengths_;
  std::vector<std::string> stems_;  // of the word, by stemmer
  std::deque<std::string> pairs_;   // that candidates look at
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

Result<std::vector<WordExpansion>> expand(const ExpandRequest& request, const View& view,
                                          std::span<const SegmentView* const> segments, Deadline deadline) {
  const IndexContext& context = *view.context;
  const Statistics& statistics = *view.statistics;
  std::vector<SeenSegment> seen;
  for (const SegmentView* segment : segments)
    seen.push_back({segment, statistics.prepared(segment->segment, context)});
  std::vector<WordExpansion> answers;
  answers.reserve(request.asks.size());
  for (const WordAsk& ask : request.asks) {
    if (deadline.expired()) return search_too_late();
    WordExpansion& answer = answers.emplace_back();
    if (ask.kind == ExpandKind::Beginnings) {
      answer = Beginnings(ask, context, seen, statistics).find(request.beginnings_max);
      continue;
    }
    if (ask.kind == ExpandKind::Codes) {
      for (std::string& code : codes_with(ask.word, context, segments, statistics, request.beginnings_max))
        answer.terms.push_back({std::move(code), 0});
      continue;
    }
    if (ask.kind == ExpandKind::Followers) {
      std::vector<Candidate> followers;
      for (const std::string_view term : followers_of(ask.word, segments))
        followers.push_back({.term = term, .frequency = statistics.frequency(term)});
      answer.terms = best(std::move(followers), ask.kind, request.beginnings_max);
      continue;
    }
    Finder finder(ask, context, seen, statistics, request.typo_lengths);
    answer.written = ask.kind == ExpandKind::Written && finder.is_written();
    AISLE_TRY(std::vector<Candidate> found, finder.find(deadline));
    answer.terms = best(std::move(found), ask.kind, count_max(request, ask.kind));
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
    for (const FoundTerm& found : into[i].terms) all.push_back(candidate_of(found, statistics));
    for (const FoundTerm& found : more[i].terms) all.push_back(candidate_of(found, statistics));
    into[i].terms = best(std::move(all), kind, count_max(request, kind));
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
