#include "query/followers.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace aisle {
namespace {

// Products by the term that follows; one that follows twice in a title counts twice.
std::unordered_map<TermId, std::uint32_t> tally(TermId term, const SegmentView& view) {
  const Segment& segment = *view.segment;
  std::unordered_map<TermId, std::uint32_t> counts;
  for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
    if (segment.lists[list].field != segment.forward_field) continue;
    for (const std::uint32_t document : segment.postings(list).documents) {
      if (view.is_deleted(document)) continue;
      const auto tokens = segment.forward_tokens(document);
      for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
        if (tokens[at] == term) ++counts[tokens[at + 1]];
      }
    }
  }
  return counts;
}

}  // namespace

std::vector<FoundTerm> followers_of(std::string_view word, std::span<const SegmentView* const> segments,
                                    std::size_t count_max) {
  std::map<std::string_view, std::uint32_t> counts;
  for (const SegmentView* view : segments) {
    const TermId term = view->segment->terms.find(word);
    if (term == no_term) continue;
    for (const auto& [follower, count] : tally(term, *view)) counts[view->segment->terms.term(follower)] += count;
  }
  std::vector<std::pair<std::string_view, std::uint32_t>> ranked(counts.begin(), counts.end());
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (ranked.size() > count_max) ranked.resize(count_max);
  std::vector<FoundTerm> found;
  for (const auto& [term, count] : ranked) found.push_back({std::string(term), 0});
  std::ranges::sort(found, {}, &FoundTerm::term);
  return found;
}

}  // namespace aisle
