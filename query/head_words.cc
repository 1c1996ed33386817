#include "query/head_words.h"

#include <algorithm>
#include <numeric>

#include "analyzers/title_words.h"
#include "analyzers/units.h"
#include "query/expansion.h"

namespace aisle {
namespace {

constexpr std::uint32_t ends_name = 64;
constexpr std::uint32_t inside_name = 16;

constexpr std::uint64_t tokens_least = 5;
constexpr std::uint64_t first_of_five = 2;
constexpr std::uint64_t one = 1U << 16U;  // a title's head, parted among its words

bool can_be_head(std::string_view term, const Analyzer& analyzer) {
  return term.size() > 1 && !has_digit(term) && !is_link_word(term) && !is_colour(term) &&
         !analyzer.is_stop_word(term) && !quantity_of("1", term);
}

// What all titles say of each term of a dictionary.
struct Counts {
  explicit Counts(std::size_t terms) : tokens(terms), first(terms), heads(terms) {}
  std::vector<std::uint64_t> tokens;
  std::vector<std::uint64_t> first;  // of these, at the beginning of a title
  std::vector<std::uint64_t> heads;  // shares of heads
};

void count_tokens(const Segment& segment, const TermDictionary& terms, Counts& counts) {
  const std::vector<TermId> known = known_terms(segment, terms);
  for (std::uint32_t document = 0; document < segment.size; ++document) {
    const auto tokens = segment.forward_tokens(document);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (known[tokens[i]] == no_term) continue;
      ++counts.tokens[known[tokens[i]]];
      counts.first[known[tokens[i]]] += i == 0 ? 1U : 0U;
    }
  }
}

void count_heads(const Segment& segment, const TermDictionary& terms, std::span<const std::uint8_t> shares,
                 HeadWeights& weights, Counts& counts) {
  const std::vector<TermId> known = known_terms(segment, terms);
  const std::vector<std::uint8_t> marks = head_marks(segment, known, shares);
  for (std::uint32_t document = 0; document < segment.size; ++document) {
    const auto tokens = segment.forward_tokens(document);
    const auto weighed = weights.of(tokens, marks);
    const std::uint64_t sum = std::accumulate(weighed.begin(), weighed.end(), std::uint64_t{0});
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (weighed[i] > 0) counts.heads[known[tokens[i]]] += one * weighed[i] / sum;
    }
  }
}

}  // namespace

std::vector<TermId> known_terms(const Segment& segment, const TermDictionary& terms) {
  std::vector<TermId> known(segment.terms.size());
  for (TermId term = 0; term < segment.terms.size(); ++term)
    known[term] = terms.find(segment.terms.term(term));
  return known;
}

std::vector<std::uint8_t> head_marks(const Segment& segment, std::span<const TermId> known,
                                     std::span<const std::uint8_t> shares) {
  std::vector<std::uint8_t> marks(segment.terms.size(), head_break);
  for (TermId term = 0; term < segment.terms.size(); ++term) {
    marks[term] = is_link_word(segment.terms.term(term)) ? head_link
                  : known[term] == no_term               ? head_break
                                                         : shares[known[term]];
  }
  return marks;
}

std::span<const std::uint32_t> HeadWeights::of(std::span<const TermId> tokens,
                                               std::span<const std::uint8_t> marks) {
  weights_.resize(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) weights_[i] = marks[tokens[i]];
  std::uint32_t linked_shift = 0;
  std::uint32_t before = head_break;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::uint32_t mark = weights_[i];
    const std::uint32_t behind = i + 1 < tokens.size() ? weights_[i + 1] : head_break;
    if (mark == head_link) linked_shift = behind_link_shift;
    const bool goes_on = (head_first_ ? before : behind) >= head_share_least;
    const std::uint32_t weight = (goes_on ? inside_name : ends_name) >> linked_shift;
    weights_[i] = mark >= head_share_least ? weight * mark : 0;
    before = mark;
  }
  return weights_;
}

std::vector<std::uint8_t> learn_heads(std::span<const std::shared_ptr<const Image>> shards,
                                      const TermDictionary& terms, const IndexContext& context) {
  std::vector<std::uint8_t> shares(terms.size(), head_break);
  if (context.forward_field < 0) return shares;
  Counts counts(terms.size());
  for (const auto& image : shards) {
    for (const SegmentView& view : image->segments) count_tokens(*view.segment, terms, counts);
  }
  for (TermId term = 0; term < terms.size(); ++term) {
    const bool begins = counts.first[term] * 5 > counts.tokens[term] * first_of_five;
    if (counts.tokens[term] >= tokens_least && !begins && can_be_head(terms.term(term), *context.analyzer))
      shares[term] = 255;
  }
  HeadWeights weights(names_head_first(context.analyzer->language()));
  for (const auto& image : shards) {
    for (const SegmentView& view : image->segments)
      count_heads(*view.segment, terms, shares, weights, counts);
  }
  for (TermId term = 0; term < terms.size(); ++term) {
    if (shares[term] == head_break) continue;
    const std::uint64_t share =
        255 * (counts.heads[term] * 20 + one) / (one * (counts.tokens[term] * 20 + 10));
    shares[term] = static_cast<std::uint8_t>(std::clamp<std::uint64_t>(share, head_share_least, 255));
  }
  return shares;
}

namespace {

// Of each token of a title by itself.
void note_uses(std::span<const std::uint32_t> weights, std::span<const std::uint8_t> marks,
               std::span<const TermId> tokens, std::vector<std::uint8_t>& uses) {
  const std::uint64_t all = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  std::uint64_t divided_by = 1;
  for (std::size_t begin = 0, end = 0; begin < tokens.size(); begin = end + 1) {
    std::uint64_t name = 0;
    for (end = begin; end < tokens.size() && weights[end] > 0; ++end) name += weights[end];
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t weight = weights[i];
      uses.push_back(weight * 5 < name * divided_by ? TitleHeads::Stranger
                     : weight * 12 < all            ? TitleHeads::Own
                                                    : TitleHeads::Head);
    }
    if (end == tokens.size()) break;
    uses.push_back(TitleHeads::Nothing);
    if (marks[tokens[end]] == head_link) divided_by = 1U << HeadWeights::behind_link_shift;
  }
}

// A word that comes again is what it is at its best, the least of all uses but Nothing, which it is everywhere
// or nowhere.
void unite_uses(std::span<const TermId> tokens, std::span<std::uint8_t> uses) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    for (std::size_t j = i + 1; j < tokens.size(); ++j) {
      if (tokens[i] == tokens[j]) uses[i] = uses[j] = std::min(uses[i], uses[j]);
    }
  }
}

}  // namespace

TitleHeads::TitleHeads(const Segment& segment, std::span<const std::uint8_t> marks, bool head_first) {
  uses_.reserve(segment.forward.all().size());
  begins_.assign(segment.terms.size() + 1, 0);
  HeadWeights weights(head_first);
  // Calls see(document, term) for each head of each title.
  const auto each_head = [&](const auto& see) {
    for (std::uint32_t document = 0; document < segment.size; ++document) {
      const auto tokens = segment.forward_tokens(document);
      const auto title = uses(document, segment.forward_length(document), segment);
      for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto earlier = tokens.first(i);
        if (title[i] == Head && std::ranges::find(earlier, tokens[i]) == earlier.end())
          see(document, tokens[i]);
      }
    }
  };
  for (std::uint32_t document = 0; document < segment.size; ++document) {
    const auto tokens = segment.forward_tokens(document);
    const std::size_t begin = uses_.size();
    note_uses(weights.of(tokens, marks), marks, tokens, uses_);
    unite_uses(tokens, std::span(uses_).subspan(begin));
  }
  each_head([&](std::uint32_t, TermId term) { ++begins_[term + 1]; });
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  documents_.resize(begins_.back());
  std::vector<std::uint32_t> next(begins_.begin(), begins_.end() - 1);
  each_head([&](std::uint32_t document, TermId term) { documents_[next[term]++] = document; });
}

}  // namespace aisle
