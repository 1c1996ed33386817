#include "query/matcher.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

#include "query/intersect.h"

namespace aisle {
namespace {

using Documents = std::vector<std::uint32_t>;

Documents members(const Bitmap& bitmap, std::size_t count_max) {
  Documents documents;
  documents.reserve(count_max);
  const auto& words = bitmap.words();
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
      documents.push_back(i * 64U + static_cast<std::uint32_t>(std::countr_zero(word)));
    }
  }
  return documents;
}

// Documents in any of the lists. Bits when they are many, else collect and sort.
Documents unite(const PositionPostings& position, std::uint32_t size) {
  Documents documents;
  if (position.sources.size() == 1) {
    const auto& only = position.sources.front().postings.documents;
    return {only.begin(), only.end()};
  }
  constexpr std::uint32_t bits_ratio = 1024;  // so many zero bits are read sooner than one number is sorted
  if (position.total > size / bits_ratio) {
    Bitmap found(size);
    for (const auto& source : position.sources) {
      for (const std::uint32_t document : source.postings.documents) found.set(document);
    }
    return members(found, std::min<std::size_t>(position.total, size));
  }
  documents.reserve(position.total);
  for (const auto& source : position.sources) {
    documents.insert(documents.end(), source.postings.documents.begin(), source.postings.documents.end());
  }
  std::ranges::sort(documents);
  documents.erase(std::ranges::unique(documents).begin(), documents.end());
  return documents;
}

// found[i] becomes 1 where documents[i] is in any list of the position.
void mark(const Documents& documents, const PositionPostings& position, std::uint32_t size,
          std::vector<std::uint8_t>& found) {
  const auto meet = [&](std::size_t i, std::size_t) { found[i] = 1; };
  if (position.sources.size() > 1 && position.total > documents.size() / 4) {
    const DocumentPlaces places(documents, size);
    for (const auto& source : position.sources) places.intersect(source.postings.documents, meet);
  } else {
    for (const auto& source : position.sources) intersect(documents, source.postings.documents, meet);
  }
}

// Keeps the documents that are in any list of the position.
void retain(Documents& documents, const PositionPostings& position, std::uint32_t size) {
  std::size_t kept = 0;
  if (position.sources.size() == 1) {
    intersect(documents, position.sources.front().postings.documents,
              [&](std::size_t i, std::size_t) { documents[kept++] = documents[i]; });
    documents.resize(kept);
    return;
  }
  std::vector<std::uint8_t> found(documents.size(), 0);
  mark(documents, position, size, found);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (found[i] != 0) documents[kept++] = documents[i];
  }
  documents.resize(kept);
}

// Documents whose positions weigh `least` together. Whoever has none but the most frequent positions, as long as
// these weigh less, is not among them; so only the lists of the others are united.
Documents match_partly(const Reading& reading, const ReadingPostings& positions, std::uint64_t least,
                       std::uint32_t size) {
  std::vector<std::size_t> order(positions.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return positions[i].total; });
  PositionPostings needed;
  std::uint64_t passed_over = 0;
  for (const std::size_t i : order) {
    const std::uint32_t weight = reading.positions[i].weight;
    if (passed_over + weight < least) {
      passed_over += weight;
      continue;
    }
    needed.total += positions[i].total;
    needed.sources.insert(needed.sources.end(), positions[i].sources.begin(), positions[i].sources.end());
  }
  if (needed.total == 0) return {};
  Documents documents = unite(needed, size);
  std::vector<std::uint64_t> weights(documents.size());
  std::vector<std::uint8_t> found(documents.size());
  for (std::size_t p = 0; p < positions.size(); ++p) {
    if (reading.positions[p].weight == 0) continue;
    std::ranges::fill(found, 0);
    mark(documents, positions[p], size, found);
    for (std::size_t i = 0; i < documents.size(); ++i) weights[i] += found[i] * reading.positions[p].weight;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (weights[i] >= least) documents[kept++] = documents[i];
  }
  documents.resize(kept);
  return documents;
}

Documents match_wholly(const Reading& reading, const ReadingPostings& positions, std::uint32_t size) {
  std::vector<std::size_t> order;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    if (reading.positions[p].weight > 0) order.push_back(p);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return positions[i].total; });  // rarest first
  if (order.empty() || positions[order.front()].total == 0) return {};
  Documents documents = unite(positions[order.front()], size);
  for (std::size_t i = 1; i < order.size() && !documents.empty(); ++i)
    retain(documents, positions[order[i]], size);
  return documents;
}

Documents match_reading(const Reading& reading, int share, const ReadingPostings& positions,
                        const SegmentView& view) {
  const std::uint32_t size = view.segment->size;
  Documents documents = share < Plan::share_all
                            ? match_partly(reading, positions, reading.least_weight(share), size)
                            : match_wholly(reading, positions, size);
  if (view.deleted)
    std::erase_if(documents, [&](std::uint32_t document) { return view.deleted->test(document); });
  return documents;
}

// Bit n of Alternative::fields, by field number; -1 where a field is not searched.
std::vector<int> field_bits(const IndexSchema& schema) {
  std::vector<int> bits(schema.fields.size(), -1);
  int next = 0;
  for (const Field& field : schema.fields) {
    if (field.search) bits[field.number] = next++;
  }
  return bits;
}

PositionPostings resolve(const Position& position, const Segment& segment, const std::vector<int>& bits) {
  PositionPostings resolved;
  for (const Alternative& alternative : position.alternatives) {
    const TermId term = segment.terms.find(alternative.term);
    if (term == no_term) continue;
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      const Postings postings = segment.postings(list);
      if (((alternative.fields >> static_cast<unsigned>(bits[postings.field])) & 1U) == 0) continue;
      resolved.sources.push_back({postings, &alternative, term});
      resolved.total += postings.documents.size();
    }
  }
  std::ranges::stable_sort(resolved.sources, {}, [](const auto& source) { return source.postings.field; });
  return resolved;
}

}  // namespace

PlanPostings resolve(const Plan& plan, const Segment& segment, const IndexContext& context) {
  const std::vector<int> bits = field_bits(*context.schema);
  PlanPostings resolved;
  resolved.reserve(plan.readings.size());
  for (const Reading& reading : plan.readings) {
    ReadingPostings& positions = resolved.emplace_back();
    positions.reserve(reading.positions.size());
    for (const Position& position : reading.positions) positions.push_back(resolve(position, segment, bits));
  }
  return resolved;
}

std::vector<std::uint32_t> match(const Plan& plan, const PlanPostings& postings, const SegmentView& view) {
  Documents documents;
  if (plan.browse()) {
    documents.reserve(view.live);
    for (std::uint32_t document = 0; document < view.segment->size; ++document) {
      if (!view.is_deleted(document)) documents.push_back(document);
    }
    return documents;
  }
  for (std::size_t r = 0; r < postings.size(); ++r) {
    Documents more = match_reading(plan.readings[r], plan.share, postings[r], view);
    if (documents.empty()) {
      documents = std::move(more);
    } else if (!more.empty()) {
      Documents both;
      std::ranges::set_union(documents, more, std::back_inserter(both));
      documents = std::move(both);
    }
  }
  return documents;
}

}  // namespace aisle
