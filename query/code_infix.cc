#include "query/code_infix.h"

#include <algorithm>

#include "query/expansion.h"

namespace aisle {
namespace {

constexpr std::size_t block_bytes = 64;

// Where the first four bytes of `part` stand at or behind `from`, mostly a place of all of it; the text's size
// when nowhere. Blocks without them are passed without a branch a byte.
std::size_t find_begin(std::string_view text, std::string_view part, std::size_t from) {
  static_assert(infix_least == 4);
  const char* at = text.data();
  while (from + block_bytes + infix_least <= text.size()) {
    unsigned char some = 0;
    for (std::size_t i = from; i < from + block_bytes; ++i) {
      some |= static_cast<unsigned char>((at[i] == part[0]) & (at[i + 1] == part[1]) &
                                         (at[i + 2] == part[2]) & (at[i + 3] == part[3]));
    }
    if (some != 0) break;
    from += block_bytes;
  }
  return std::min(text.find(part.substr(0, infix_least), from), text.size());
}

}  // namespace

bool is_code_part(std::string_view text) {
  return text.size() >= infix_least && has_digit(text);
}

void for_terms_with(const TermDictionary& terms, std::string_view part,
                    const std::function<bool(TermId)>& visit) {
  const std::string_view text = terms.text();
  const std::vector<std::uint32_t>& offsets = terms.offsets();
  std::size_t at = 0;
  while ((at = find_begin(text, part, at)) < text.size()) {
    const auto behind = std::ranges::upper_bound(offsets, at);  // where the term that holds this byte ends
    const std::size_t end = behind == offsets.end() ? text.size() : *behind;
    if (at + part.size() > end || text.substr(at, part.size()) != part) {
      ++at;
      continue;
    }
    if (!visit(static_cast<TermId>(behind - offsets.begin() - 1))) return;
    at = end;
  }
}

std::vector<std::string> codes_with(std::string_view part, const IndexContext& context,
                                    std::span<const SegmentView* const> segments,
                                    const Statistics& statistics, std::size_t count_max) {
  if (part.size() < infix_least) return {};
  const auto is_code = [&](const SegmentView& view, TermId term) {
    const Segment& segment = *view.segment;
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      if (context.schema->fields[segment.lists[list].field].infix && has_live(view, list)) return true;
    }
    return false;
  };
  std::vector<TermId> frequent;
  for_terms_with(statistics.terms(), part, [&](TermId term) {
    frequent.push_back(term);
    return true;
  });
  std::ranges::stable_sort(frequent, std::greater(), [&](TermId term) { return statistics.frequency(term); });
  std::vector<std::string> found;
  for (const TermId known : frequent) {
    const std::string_view term = statistics.terms().term(known);
    const bool is_there = std::ranges::any_of(segments, [&](const SegmentView* view) {
      const TermId at = view->segment->terms.find(term);
      return at != no_term && is_code(*view, at);
    });
    if (is_there && found.size() < count_max) found.emplace_back(term);
  }
  std::vector<std::string_view> rare;  // that the statistics do not know: all the same
  for (const SegmentView* view : segments) {
    std::size_t wanted = count_max - found.size();
    if (wanted == 0) break;
    for_terms_with(view->segment->terms, part, [&](TermId at) {
      const std::string_view term = view->segment->terms.term(at);
      if (!is_code(*view, at) || statistics.frequency(term) != 0) return true;
      rare.push_back(term);
      return --wanted > 0;
    });
  }
  std::ranges::sort(rare);
  rare.erase(std::ranges::unique(rare).begin(), rare.end());
  for (std::size_t i = 0; i < rare.size() && found.size() < count_max; ++i) found.emplace_back(rare[i]);
  return found;
}

}  // namespace aisle
