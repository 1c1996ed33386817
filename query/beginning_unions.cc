#include "query/beginning_unions.h"

#include <algorithm>

#include "query/expansion.h"

namespace aisle {
namespace {

bool all_hold_digits(const TermDictionary& terms, std::pair<TermId, TermId> range) {
  const std::string_view first = terms.term(range.first);
  const std::string_view last = terms.term(range.second - 1);
  return has_digit(
      first.substr(0, static_cast<std::size_t>(std::ranges::mismatch(first, last).in1 - first.begin())));
}

std::vector<std::pair<std::uint16_t, std::vector<DocumentSet>>> sets_by_field(const Segment& segment,
                                                                              std::span<const TermId> terms) {
  std::vector<std::pair<std::uint16_t, std::vector<DocumentSet>>> fields;
  for (const TermId term : terms) {
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      const Postings postings = segment.postings(list);
      auto at = std::ranges::find(fields, postings.field, [](const auto& some) { return some.first; });
      if (at == fields.end()) {
        fields.emplace_back(postings.field, std::vector<DocumentSet>());
        at = fields.end() - 1;
      }
      at->second.push_back(DocumentSet::borrow(postings.documents, segment.forms.bits(list)));
    }
  }
  return fields;
}

// In the smaller of both forms, of its own.
DocumentSet kept(DocumentSet documents, std::uint32_t size) {
  const bool dense = documents.size() * DocumentSet::dense_share >= size;
  if (dense && documents.bits() != nullptr) return DocumentSet(Bitmap(*documents.bits()));
  std::vector<std::uint32_t> list = std::move(documents).to_list();
  list.shrink_to_fit();
  return DocumentSet(std::move(list));
}

}  // namespace

BeginningUnions::BeginningUnions(const Segment& segment, const TermDictionary& known,
                                 const FrequentBeginnings& beginnings, std::span<const TermId> terms) {
  if (segment.size < documents_least) return;
  for (std::uint32_t beginning = 0; beginning < beginnings.size(); ++beginning) {
    const bool digits = all_hold_digits(known, beginnings.range(beginning));
    Union united;
    std::size_t left = words;
    for (const TermId term : beginnings.best(beginning)) {
      if (!digits && has_digit(known.term(term))) continue;
      if (left-- == 0) break;
      if (terms[term] != no_term) united.terms.push_back(terms[term]);
    }
    for (auto& [field, sets] : sets_by_field(segment, united.terms)) {
      std::size_t total = 0;
      for (const DocumentSet& set : sets) total += set.size();
      if (sets.size() > 1 && total * share >= segment.size)
        united.documents.emplace_back(field, kept(union_of(std::move(sets), segment.size), segment.size));
    }
    if (!united.documents.empty()) unions_.emplace_back(beginning, std::move(united));
  }
  unions_.shrink_to_fit();
}

const BeginningUnions::Union* BeginningUnions::find(std::uint32_t beginning) const {
  const auto at =
      std::ranges::lower_bound(unions_, beginning, {}, [](const auto& some) { return some.first; });
  return at != unions_.end() && at->first == beginning ? &at->second : nullptr;
}

std::size_t BeginningUnions::bytes() const {
  std::size_t bytes = unions_.capacity() * sizeof(unions_.front());
  for (const auto& [beginning, united] : unions_) {
    bytes += united.terms.capacity() * sizeof(TermId);
    for (const auto& [field, documents] : united.documents) bytes += documents.bytes();
  }
  return bytes;
}

}  // namespace aisle
