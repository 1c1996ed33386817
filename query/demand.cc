#include "query/demand.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <span>

#include "query/intersect.h"

namespace aisle {
namespace {

using Documents = std::vector<std::uint32_t>;

// `fields` empty: all.
template <class See>
void each_list(const Segment& segment, TermId term, std::span<const std::uint16_t> fields, See&& see) {
  for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
    const Postings postings = segment.postings(list);
    if (fields.empty() || std::ranges::find(fields, postings.field) != fields.end()) see(postings.documents);
  }
}

Documents with_term(const Segment& segment, TermId term, std::span<const std::uint16_t> fields) {
  Documents documents;
  each_list(segment, term, fields, [&](std::span<const std::uint32_t> list) {
    Documents both;
    std::ranges::set_union(documents, list, std::back_inserter(both));
    documents = std::move(both);
  });
  return documents;
}

bool stand_in_a_row(const Segment& segment, std::uint32_t document, std::span<const TermId> row) {
  return !std::ranges::search(segment.forward_tokens(document), row).empty();
}

Documents with_row(const Segment& segment, const std::vector<std::string>& row) {
  std::vector<TermId> terms;
  for (const std::string& word : row) {
    terms.push_back(segment.terms.find(word));
    if (terms.back() == no_term) return {};
  }
  const auto forward = static_cast<std::uint16_t>(segment.forward_field);
  const bool ordered = segment.forward_field >= 0;
  std::vector<Documents> lists;
  for (const TermId term : terms)
    lists.push_back(
        with_term(segment, term, ordered ? std::span(&forward, 1) : std::span<const std::uint16_t>()));
  std::ranges::sort(lists, {}, &Documents::size);
  Documents documents = std::move(lists.front());
  for (const Documents& list : lists | std::views::drop(1)) {
    std::size_t kept = 0;
    intersect(documents, list, [&](std::size_t i, std::size_t) { documents[kept++] = documents[i]; });
    documents.resize(kept);
  }
  if (ordered)
    std::erase_if(documents, [&](std::uint32_t some) { return !stand_in_a_row(segment, some, terms); });
  return documents;
}

bool holds_term(const Segment& segment, std::uint32_t document, TermId term,
                std::span<const std::uint16_t> fields) {
  bool found = false;
  each_list(segment, term, fields, [&](std::span<const std::uint32_t> list) {
    found = found || std::ranges::binary_search(list, document);
  });
  return found;
}

bool holds(const Demand& demand, const Segment& segment, std::uint32_t document) {
  const bool has_term = std::ranges::any_of(demand.terms, [&](const Demand::Term& some) {
    const TermId term = segment.terms.find(some.term);
    return term != no_term && holds_term(segment, document, term, some.fields);
  });
  if (has_term || demand.row.empty()) return has_term;
  std::vector<TermId> row;
  for (const std::string& word : demand.row) row.push_back(segment.terms.find(word));
  if (std::ranges::find(row, no_term) != row.end()) return false;
  if (segment.forward_field >= 0) return stand_in_a_row(segment, document, row);
  return std::ranges::all_of(row, [&](TermId term) { return holds_term(segment, document, term, {}); });
}

}  // namespace

std::vector<std::uint32_t> holders(const Demand& demand, const Segment& segment) {
  Documents documents = demand.row.empty() ? Documents() : with_row(segment, demand.row);
  for (const Demand::Term& some : demand.terms) {
    const TermId term = segment.terms.find(some.term);
    if (term == no_term) continue;
    Documents both;
    std::ranges::set_union(documents, with_term(segment, term, some.fields), std::back_inserter(both));
    documents = std::move(both);
  }
  return documents;
}

bool meets(const std::vector<Demand>& demands, const Segment& segment, std::uint32_t document) {
  return std::ranges::all_of(
      demands, [&](const Demand& demand) { return holds(demand, segment, document) != demand.excluded; });
}

void keep_demanded(const std::vector<Demand>& demands, const Segment& segment,
                   std::vector<std::uint32_t>& documents) {
  for (const Demand& demand : demands) {
    if (documents.empty()) return;
    const Documents holding = holders(demand, segment);
    Documents kept;
    if (demand.excluded) {
      std::ranges::set_difference(documents, holding, std::back_inserter(kept));
    } else {
      std::ranges::set_intersection(documents, holding, std::back_inserter(kept));
    }
    documents = std::move(kept);
  }
}

}  // namespace aisle
