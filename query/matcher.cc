#include "query/matcher.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

#include "query/intersect.h"

namespace aisle {
namespace {

using Group = PositionPostings::Group;
using Source = PositionPostings::Source;

DocumentSet documents_of(const Source& source, const Segment& segment) {
  const auto list = source.postings.documents;
  const bool dense = list.size() * DocumentSet::dense_share >= segment.size;
  return DocumentSet::borrow(list, dense ? segment.forms.bits(source.list) : nullptr);
}

// Documents of a group; of those among `within` at least, when it is given.
DocumentSet documents_of(const PositionPostings& position, const Group& group, const Segment& segment,
                         const DocumentSet* within) {
  if (group.united != nullptr)
    return within != nullptr ? intersection_of(*group.united, *within) : group.united->borrowed();
  if (group.end - group.begin == 1 && within == nullptr)
    return documents_of(position.sources[group.begin], segment);
  std::vector<DocumentSet> sets;
  sets.reserve(group.end - group.begin);
  for (std::size_t i = group.begin; i < group.end; ++i) {
    DocumentSet set = documents_of(position.sources[i], segment);
    sets.push_back(within != nullptr ? intersection_of(set, *within) : std::move(set));
  }
  return union_of(std::move(sets), segment.size);
}

// Whether so many documents, a list of them, are sooner looked for in each list than all lists are united.
bool is_sooner_looked_up(const PositionPostings& position, const Segment& segment, std::size_t documents) {
  constexpr std::size_t jump_cost = 8;
  std::size_t steps = 0;
  std::size_t total = 0;
  for (const Group& group : position.groups) {
    if (group.united != nullptr) {
      const std::size_t united = group.united->size();
      steps += std::min(documents, united);
      total += group.united->has_list() ? united : group.united->bits()->words().size();
      continue;
    }
    for (std::size_t i = group.begin; i < group.end; ++i) {
      const std::size_t list = position.sources[i].postings.documents.size();
      const auto [less, more] = std::minmax(list, documents);
      const bool dense = list * DocumentSet::dense_share >= segment.size;
      steps += dense ? documents : less * jump_ratio < more ? less * jump_cost : less + more;
      total += list;
    }
  }
  return steps <= total;
}

// Fills in the documents of a position; of those among `within` at least, when it is given.
void fill(PositionPostings& position, const Segment& segment, const DocumentSet* within) {
  if (within != nullptr && (position.sources.size() == 1 || !within->has_list() ||
                            !is_sooner_looked_up(position, segment, within->size())))
    within = nullptr;
  for (Group& group : position.groups) group.documents = documents_of(position, group, segment, within);
  if (position.united != nullptr && within == nullptr) {
    position.documents = position.united->borrowed();
    return;
  }
  if (position.groups.size() == 1) {
    position.documents = position.groups.front().documents.borrowed();
    return;
  }
  std::vector<DocumentSet> sets;
  sets.reserve(position.groups.size());
  for (const Group& group : position.groups) sets.push_back(group.documents.borrowed());
  position.documents = union_of(std::move(sets), segment.size);
}

std::vector<std::size_t> needed_rarest_first(const Reading& reading, const ReadingPostings& positions) {
  std::vector<std::size_t> order;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    if (reading.positions[p].weight > 0) order.push_back(p);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t p) { return positions[p].total; });
  return order;
}

// Documents that have all words.
DocumentSet match_reading_wholly(const Reading& reading, ReadingPostings& positions, const Segment& segment) {
  DocumentSet documents;
  bool first = true;
  for (const std::size_t p : needed_rarest_first(reading, positions)) {
    if (!first && documents.empty()) return {};
    fill(positions[p], segment, first ? nullptr : &documents);
    documents =
        first ? positions[p].documents.borrowed() : intersection_of(documents, positions[p].documents);
    first = false;
  }
  for (std::size_t p = 0; p < positions.size(); ++p) {  // what need not match counts where it does
    if (reading.positions[p].weight == 0) fill(positions[p], segment, &documents);
  }
  return documents;
}

DocumentSet spelt_right(const PositionPostings& position, const Segment& segment) {
  std::vector<DocumentSet> sets;
  for (const Group& group : position.groups) {
    if (position.sources[group.begin].alternative->typos == 0) sets.push_back(group.documents.borrowed());
  }
  return union_of(std::move(sets), segment.size);
}

void mark(std::span<const std::uint32_t> documents, const DocumentSet& set, std::uint32_t weight,
          std::vector<std::uint64_t>& weights) {
  if (set.bits() != nullptr) {
    for (std::size_t i = 0; i < documents.size(); ++i)
      weights[i] += set.bits()->test(documents[i]) ? weight : 0U;
  } else {
    intersect(documents, set.list(), [&](std::size_t i, std::size_t) { weights[i] += weight; });
  }
}

// Documents whose positions weigh `least` together. Whoever has none but the most frequent positions, as long
// as these weigh less, is not among them; so only the lists of the others are united.
DocumentSet match_reading_partly(const Reading& reading, ReadingPostings& positions, std::uint64_t least,
                                 const Segment& segment) {
  for (PositionPostings& position : positions) fill(position, segment, nullptr);
  std::vector<std::size_t> order(positions.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t i) { return positions[i].documents.size(); });
  std::vector<DocumentSet> needed;
  std::uint64_t passed_over = 0;
  for (const std::size_t i : order) {
    const std::uint32_t weight = reading.positions[i].weight;
    if (passed_over + weight < least) {
      passed_over += weight;
      continue;
    }
    needed.push_back(positions[i].documents.borrowed());
  }
  std::vector<std::uint32_t> documents = union_of(std::move(needed), segment.size).to_list();
  std::vector<std::uint64_t> weights(documents.size());
  for (std::size_t p = 0; p < positions.size(); ++p) {
    if (reading.positions[p].weight > 0)
      mark(documents, positions[p].documents, reading.positions[p].weight, weights);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    documents[kept] = documents[i];
    kept += weights[i] >= least ? 1U : 0U;
  }
  documents.resize(kept);
  return DocumentSet(std::move(documents));
}

DocumentSet all_live(const SegmentView& view) {
  std::vector<std::uint32_t> documents;
  documents.reserve(view.live);
  for (std::uint32_t document = 0; document < view.segment->size; ++document) {
    if (!view.is_deleted(document)) documents.push_back(document);
  }
  return DocumentSet(std::move(documents));
}

DocumentSet live_of(DocumentSet documents, const SegmentView& view) {
  return view.deleted ? difference_of(documents, *view.deleted) : std::move(documents);
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

// What the beginnings of a position have in common, when it was united beforehand: all of them, and besides
// nothing but what is nearer to the word. Null when not.
const BeginningUnions::Union* united_beginnings(const Position& position, const PreparedSegment& prepared) {
  const BeginningUnions::Union* united = prepared.beginnings().find(position.beginning);
  if (united == nullptr) return nullptr;
  const auto term_of = [&](const Alternative& some) { return prepared.term_of(some.known, some.term); };
  auto left = std::span(united->terms);
  const auto is_nearer = [&](TermId term) {
    return std::ranges::any_of(position.alternatives, [&](const Alternative& some) {
      return some.is_own() && some.fields == ~0U && term_of(some) == term;
    });
  };
  for (const Alternative& some : position.alternatives) {
    const TermId term = some.kind == MatchKind::Prefix ? term_of(some) : no_term;
    if (term == no_term) continue;
    while (!left.empty() && left.front() != term && is_nearer(left.front())) left = left.subspan(1);
    if (left.empty() || left.front() != term || some.fields != ~0U) return nullptr;
    left = left.subspan(1);
  }
  return std::ranges::all_of(left, is_nearer) ? united : nullptr;
}

// Groups that are beginnings alone have what is united.
void note_united(const Position& position, const PreparedSegment& prepared, PositionPostings& resolved) {
  const BeginningUnions::Union* united = united_beginnings(position, prepared);
  if (united == nullptr) return;
  const auto is_prefix = [](const Source& source) { return source.alternative->kind == MatchKind::Prefix; };
  for (Group& group : resolved.groups) {
    const auto sources = std::span(resolved.sources).subspan(group.begin, group.end - group.begin);
    if (!std::ranges::all_of(sources, is_prefix)) continue;
    for (const auto& [field, documents] : united->documents) {
      if (field == sources.front().postings.field) group.united = &documents;
    }
  }
  const auto& [field, documents] = united->documents.front();
  const auto is_among = [&](const Source& source) {
    return source.postings.field == field &&
           std::ranges::find(united->terms, source.term) != united->terms.end();
  };
  if (std::ranges::all_of(resolved.sources, is_among)) resolved.united = &documents;
}

PositionPostings resolve(const Position& position, const Segment& segment, const PreparedSegment& prepared,
                         const std::vector<int>& bits) {
  PositionPostings resolved;
  for (const Alternative& alternative : position.alternatives) {
    const TermId term = prepared.term_of(alternative.known, alternative.term);
    if (term == no_term) continue;
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      const Postings postings = segment.postings(list);
      if (((alternative.fields >> static_cast<unsigned>(bits[postings.field])) & 1U) == 0) continue;
      resolved.sources.push_back({postings, &alternative, term, list});
      resolved.total += postings.documents.size();
    }
  }
  const auto worth = [](const Source& source) {
    return std::tuple(source.postings.field, source.alternative->typos, source.alternative->distance(),
                      source.alternative->points);
  };
  std::ranges::stable_sort(resolved.sources, {}, worth);
  for (std::size_t i = 0; i < resolved.sources.size(); ++i) {
    if (i == 0 || worth(resolved.sources[i]) != worth(resolved.sources[i - 1]))
      resolved.groups.push_back({i, i});
    resolved.groups.back().end = i + 1;
  }
  note_united(position, prepared, resolved);
  return resolved;
}

DocumentSet demanded(const Plan& plan, const SegmentView& view, DocumentSet documents) {
  if (plan.demands.empty()) return documents;
  std::vector<std::uint32_t> list = std::move(documents).to_list();
  keep_demanded(plan.demands, *view.segment, list);
  return DocumentSet(std::move(list));
}

}  // namespace

PlanPostings resolve(const Plan& plan, const Segment& segment, const PreparedSegment& prepared,
                     const IndexContext& context) {
  const std::vector<int> bits = field_bits(*context.schema);
  PlanPostings resolved;
  resolved.reserve(plan.readings.size());
  for (const Reading& reading : plan.readings) {
    ReadingPostings& positions = resolved.emplace_back();
    positions.reserve(reading.positions.size());
    for (const Position& position : reading.positions)
      positions.push_back(resolve(position, segment, prepared, bits));
  }
  return resolved;
}

DocumentSet match(const Plan& plan, PlanPostings& postings, const SegmentView& view) {
  if (plan.browse()) return demanded(plan, view, all_live(view));
  const Segment& segment = *view.segment;
  std::vector<DocumentSet> sets;
  for (std::size_t r = 0; r < postings.size(); ++r) {
    const Reading& reading = plan.readings[r];
    sets.push_back(plan.partial()
                       ? match_reading_partly(reading, postings[r], reading.least_weight(plan.share), segment)
                       : match_reading_wholly(reading, postings[r], segment));
  }
  return demanded(plan, view, live_of(union_of(std::move(sets), segment.size), view));
}

DocumentSet match_wholly(const Plan& plan, const PlanPostings& postings, const SegmentView& view,
                         bool typos) {
  const Segment& segment = *view.segment;
  std::vector<DocumentSet> readings;
  for (std::size_t r = 0; r < postings.size(); ++r) {
    DocumentSet documents;
    bool first = true;
    for (const std::size_t p : needed_rarest_first(plan.readings[r], postings[r])) {
      const PositionPostings& position = postings[r][p];
      DocumentSet some = typos ? position.documents.borrowed() : spelt_right(position, segment);
      documents = first ? std::move(some) : intersection_of(documents, some);
      first = false;
    }
    readings.push_back(std::move(documents));
  }
  return live_of(union_of(std::move(readings), segment.size), view);
}

}  // namespace aisle
