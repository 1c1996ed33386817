#include "query/matcher.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "query/intersect.h"

namespace aisle {
namespace {

// Documents in any of the lists. Bits when they are many, else collect and sort.
std::vector<std::uint32_t> unite(const PositionPostings& position, std::uint32_t size) {
  std::vector<std::uint32_t> documents;
  if (position.sources.size() == 1) {
    const auto& only = position.sources.front().postings.documents;
    return {only.begin(), only.end()};
  }
  if (position.total > size / 32) {
    Bitmap found(size);
    for (const auto& source : position.sources) {
      for (const std::uint32_t document : source.postings.documents) found.set(document);
    }
    documents.reserve(found.count());
    const auto& words = found.words();
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
        documents.push_back(i * 64U + static_cast<std::uint32_t>(std::countr_zero(word)));
      }
    }
    return documents;
  }
  documents.reserve(position.total);
  for (const auto& source : position.sources) {
    documents.insert(documents.end(), source.postings.documents.begin(), source.postings.documents.end());
  }
  std::ranges::sort(documents);
  documents.erase(std::ranges::unique(documents).begin(), documents.end());
  return documents;
}

// Keeps the documents that are in any list of the position.
void retain(std::vector<std::uint32_t>& documents, const PositionPostings& position) {
  std::vector<std::uint8_t> found(documents.size(), 0);
  for (const auto& source : position.sources) {
    intersect(documents, source.postings.documents, [&](std::size_t i, std::size_t) { found[i] = 1; });
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (found[i] != 0) documents[kept++] = documents[i];
  }
  documents.resize(kept);
}

std::vector<std::uint32_t> match_reading(const Reading& reading, const SegmentView& view,
                                         const IndexContext& context) {
  const ReadingPostings positions = resolve(reading, *view.segment, context);
  std::vector<std::size_t> order(positions.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return positions[i].total; });  // rarest first
  if (order.empty() || positions[order.front()].total == 0) return {};
  std::vector<std::uint32_t> documents = unite(positions[order.front()], view.segment->size);
  for (std::size_t i = 1; i < order.size() && !documents.empty(); ++i) retain(documents, positions[order[i]]);
  if (view.deleted)
    std::erase_if(documents, [&](std::uint32_t document) { return view.deleted->test(document); });
  return documents;
}

}  // namespace

ReadingPostings resolve(const Reading& reading, const Segment& segment, const IndexContext& context) {
  std::vector<int> bit(context.schema->fields.size(), -1);
  int next = 0;
  for (const Field& field : context.schema->fields) {
    if (field.search) bit[field.number] = next++;
  }
  ReadingPostings resolved;
  for (const Position& position : reading.positions) {
    PositionPostings& here = resolved.emplace_back();
    for (const Alternative& alternative : position.alternatives) {
      const TermId term = segment.terms.find(alternative.term);
      if (term == no_term) continue;
      for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
        const Postings postings = segment.postings(list);
        if (((alternative.fields >> static_cast<unsigned>(bit[postings.field])) & 1U) == 0) continue;
        here.sources.push_back({postings, &alternative, term});
        here.total += postings.documents.size();
      }
    }
    std::ranges::stable_sort(here.sources, {}, [](const auto& source) { return source.postings.field; });
  }
  return resolved;
}

std::vector<std::uint32_t> match(const Plan& plan, const SegmentView& view, const IndexContext& context) {
  std::vector<std::uint32_t> documents;
  if (plan.browse()) {
    documents.reserve(view.live);
    for (std::uint32_t document = 0; document < view.segment->size; ++document) {
      if (!view.is_deleted(document)) documents.push_back(document);
    }
    return documents;
  }
  for (const Reading& reading : plan.readings) {
    std::vector<std::uint32_t> more = match_reading(reading, view, context);
    if (documents.empty()) {
      documents = std::move(more);
    } else if (!more.empty()) {
      std::vector<std::uint32_t> both;
      std::ranges::set_union(documents, more, std::back_inserter(both));
      documents = std::move(both);
    }
  }
  return documents;
}

}  // namespace aisle
