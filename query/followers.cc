#include "query/followers.h"

#include <set>
#include <unordered_set>

namespace aisle {
namespace {

std::unordered_set<TermId> followers_in(const SegmentView& view, TermId term) {
  const Segment& segment = *view.segment;
  std::unordered_set<TermId> followers;
  for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
    if (segment.lists[list].field != segment.forward_field) continue;
    for (const std::uint32_t document : segment.postings(list).documents) {
      if (view.is_deleted(document)) continue;
      const auto tokens = segment.forward_tokens(document);
      for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
        if (tokens[at] == term) followers.insert(tokens[at + 1]);
      }
    }
  }
  return followers;
}

}  // namespace

std::vector<std::string_view> followers_of(std::string_view word,
                                           std::span<const SegmentView* const> segments) {
  std::set<std::string_view> all;
  for (const SegmentView* view : segments) {
    const TermId term = view->segment->terms.find(word);
    if (term == no_term) continue;
    for (const TermId follower : followers_in(*view, term)) all.insert(view->segment->terms.term(follower));
  }
  return {all.begin(), all.end()};
}

}  // namespace aisle
