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

std::vector<std::uint8_t> marks_of(const Segment& segment, const TermDictionary& terms,
                                   std::span<const std::uint8_t> shares) {
  std::vector<std::uint8_t> marks(segment.terms.size(), head_break);
  for (TermId term = 0; term < segment.terms.size(); ++term) {
    const std::string_view text = segment.terms.term(term);
    const TermId known = terms.find(text);
    marks[term] = is_link_word(text) ? head_link : known == no_term ? head_break : shares[known];
  }
  return marks;
}

// What all titles say of each term of a dictionary.
struct Counts {
  explicit Counts(std::size_t terms) : tokens(terms), first(terms), heads(terms) {}
  std::vector<std::uint64_t> tokens;
  std::vector<std::uint64_t> first;  // of these, at the beginning of a title
  std::vector<std::uint64_t> heads;  // shares of heads
};

// By term of the segment; no_term for one that `terms` lacks.
std::vector<TermId> known_terms(const Segment& segment, const TermDictionary& terms) {
  std::vector<TermId> known(segment.terms.size());
  for (TermId term = 0; term < segment.terms.size(); ++term)
    known[term] = terms.find(segment.terms.term(term));
  return known;
}

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
  const std::vector<std::uint8_t> marks = marks_of(segment, terms, shares);
  const std::vector<TermId> known = known_terms(segment, terms);
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

HeadMarks::Marks HeadMarks::of(const std::shared_ptr<const Segment>& segment, const TermDictionary& terms,
                               std::span<const std::uint8_t> shares) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(segment.get());
    if (found != kept_.end() && !found->second.segment.expired()) return found->second.marks;
  }
  auto marks = std::make_shared<const std::vector<std::uint8_t>>(marks_of(*segment, terms, shares));
  const std::lock_guard lock(mutex_);
  std::erase_if(kept_, [](const auto& entry) { return entry.second.segment.expired(); });
  kept_.insert_or_assign(segment.get(), Kept{segment, marks});
  return marks;
}

}  // namespace aisle
