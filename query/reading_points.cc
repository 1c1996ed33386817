#include "query/reading_points.h"

#include <algorithm>
#include <array>
#include <utility>

#include "query/intersect.h"

namespace aisle {
namespace {

constexpr std::uint8_t no_typos_known = 255;  // the position does not match

std::int64_t impact(std::uint64_t factor, std::uint32_t saturation) {
  return static_cast<std::int64_t>((factor * saturation) >> 12U);
}

}  // namespace

ReadingPoints::ReadingPoints(const ScoreBasis& basis, const PlanPostings& postings, std::size_t reading,
                             const Segment& segment)
    : segment_(segment), statistics_(basis.statistics), distance_(basis.plan.readings[reading].distance()) {
  const bool wholly = basis.plan.readings.size() == 1 && !basis.plan.partial();
  const std::vector<Position>& positions = basis.plan.readings[reading].positions;
  positions_.reserve(positions.size());
  for (std::size_t p = 0; p < positions.size(); ++p) {
    const PositionPostings& found = postings[reading][p];
    const bool sure = wholly && found.groups.size() == 1 && positions[p].weight > 0;
    PositionGroups& position = positions_.emplace_back(PositionGroups{&positions[p], &found, {}, sure});
    position.groups.reserve(found.groups.size());
    for (const PositionPostings::Group& group : found.groups) {
      const auto& source = found.sources[group.begin];
      const std::uint16_t field = source.postings.field;
      if (!position.groups.empty() && position.groups.back().field != field)
        position.groups.back().ends_field = true;
      const auto factor =
          static_cast<std::uint64_t>(std::int64_t{source.alternative->points} * basis.weight(field));
      position.groups.push_back({&group,
                                 field,
                                 factor,
                                 source.alternative->typos,
                                 source.alternative->distance(),
                                 false,
                                 false,
                                 false,
                                 0,
                                 {}});
    }
    if (!position.groups.empty()) position.groups.back().ends_field = true;
    for (std::size_t begin = 0, i = 0; i < position.groups.size(); ++i) {
      if (!position.groups[i].ends_field) continue;
      mark_outstanding(std::span(position.groups).subspan(begin, i + 1 - begin));
      begin = i + 1;
    }
  }
}

// Groups that are worth more than the largest.
void ReadingPoints::mark_outstanding(std::span<Group> field) {
  const auto largest =
      std::ranges::max_element(field, {}, [](const Group& group) { return group.from->documents.size(); });
  for (Group& group : field) group.outstanding = group.factor > largest->factor;
}

bool ReadingPoints::holds(Group& group, std::uint32_t document) {
  const DocumentSet& documents = group.from->documents;
  if (documents.bits() != nullptr) return documents.bits()->test(document);
  const auto list = documents.list();
  if (list.empty() || list.back() < document) return false;
  if (group.at >= list.size() || list[group.at] > document) group.at = 0;
  group.at = gallop(list, group.at, document);
  return list[group.at] == document;
}

std::uint8_t ReadingPoints::frequency(const PositionPostings& position, Group& group, Repeats repeats) {
  if (repeats.empty()) return 1;
  if (group.lists.empty()) {
    for (std::size_t i = group.from->begin; i < group.from->end; ++i)
      group.lists.push_back(position.sources[i].list);
    std::ranges::sort(group.lists);
  }
  std::uint8_t most = 1;
  for (const PostingForms::Repeat& repeat : repeats) {
    if (repeat.frequency > most && std::ranges::binary_search(group.lists, repeat.list))
      most = repeat.frequency;
  }
  return most;
}

// Of each field the best source counts, and the fields add up. Only the nearest sources count: what a document
// misspells besides a literal match would else earn more where misspellings are tried.
TextPoints ReadingPoints::of(std::uint32_t document, std::uint8_t length, Repeats repeats) {
  TextPoints total{.distance = distance_};
  for (PositionGroups& position : positions_) {
    std::uint8_t typos = no_typos_known;
    std::uint8_t distance = distances - 1;
    std::array<std::int64_t, distances> best = {};
    std::array<std::int64_t, distances> sum = {};
    for (Group& group : position.groups) {
      if (position.sure || holds(group, document)) {
        typos = std::min(typos, group.typos);
        distance = std::min(distance, group.distance);
        const bool forward = group.field == segment_.forward_field;
        const std::uint8_t tokens = forward ? length : segment_.lengths[group.field][document];
        const std::uint8_t times = frequency(*position.postings, group, repeats);
        std::int64_t& kept = best[group.distance];
        kept = std::max(kept, impact(group.factor, statistics_.saturation(group.field, times, tokens)));
      }
      if (!group.ends_field) continue;
      for (std::size_t far = 0; far < sum.size(); ++far) sum[far] += std::exchange(best[far], 0);
    }
    if (position.asked->weight == 0 && distance == 1) continue;  // it need not match, and does so from afar
    total.points += sum[distance];
    if (typos != no_typos_known) {
      total.typos = static_cast<std::uint8_t>(total.typos + typos);
      total.distance = std::max(total.distance, distance);
      total.weight += position.asked->weight;
    } else if (position.asked->weight > 0) {
      total.missing |= position.asked->words;
    }
  }
  return total;
}

void ReadingPoints::note(std::uint32_t list) {
  for (PositionGroups& position : positions_) {
    for (Group& group : position.groups) {
      const auto sources = std::span(position.postings->sources)
                               .subspan(group.from->begin, group.from->end - group.from->begin);
      group.noted = std::ranges::find(sources, list, &PositionPostings::Source::list) != sources.end();
    }
  }
}

std::int64_t ReadingPoints::most(std::uint8_t length, Frequencies frequencies, bool outstanding) const {
  std::int64_t sum = 0;
  for (const PositionGroups& position : positions_) {
    std::uint64_t noted = 0;
    std::uint64_t others = 0;
    for (const Group& group : position.groups) {
      std::uint64_t& factor = group.noted ? noted : others;
      if (outstanding || !group.outstanding) factor = std::max(factor, group.factor);
      if (!group.ends_field) continue;
      const std::uint8_t tokens = group.field == segment_.forward_field ? length : std::uint8_t{0};
      sum += std::max(impact(noted, statistics_.saturation(group.field, frequencies.noted, tokens)),
                      impact(others, statistics_.saturation(group.field, frequencies.others, tokens)));
      noted = others = 0;
    }
  }
  return sum;
}

void ReadingPoints::add_outstanding(std::vector<DocumentSet>& sets) const {
  for (const PositionGroups& position : positions_) {
    for (const Group& group : position.groups) {
      if (group.outstanding && !group.from->documents.empty())
        sets.push_back(group.from->documents.borrowed());
    }
  }
}

}  // namespace aisle
