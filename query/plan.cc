#include "query/plan.h"

#include <algorithm>

namespace aisle {

std::string_view kind_name(MatchKind kind) {
  switch (kind) {
    case MatchKind::Literal:
      return "literal";
    case MatchKind::Stem:
      return "stem";
    case MatchKind::Synonym:
      return "synonym";
    case MatchKind::Prefix:
      return "prefix";
    case MatchKind::Joined:
      return "joined";
    case MatchKind::Code:
      return "code";
    case MatchKind::Phrase:
      return "phrase";
    case MatchKind::Typo:
      return "typo";
    case MatchKind::Infix:
      return "infix";
  }
  return "literal";
}

std::uint64_t Reading::weight() const {
  std::uint64_t sum = 0;
  for (const Position& position : positions) sum += position.weight;
  return std::max<std::uint64_t>(sum, 1);
}

std::uint8_t Reading::distance() const {
  std::uint8_t most = 0;
  for (const Position& position : positions) {
    if (position.alternatives.empty()) continue;
    const auto nearest = std::ranges::min_element(position.alternatives, {}, &Alternative::distance);
    most = std::max(most, nearest->distance());
  }
  return most;
}

std::uint64_t Reading::least_weight(int share) const {
  constexpr std::uint64_t all = Plan::share_all;
  return std::max<std::uint64_t>((weight() * static_cast<std::uint64_t>(share) + all - 1) / all, 1);
}

std::vector<const Field*> search_fields(const IndexSchema& schema) {
  std::vector<const Field*> fields;
  for (const Field& field : schema.fields) {
    if (field.search) fields.push_back(&field);
  }
  return fields;
}

}  // namespace aisle
