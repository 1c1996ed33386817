#include "query/document_order.h"

#include <algorithm>
#include <tuple>

namespace aisle {

std::vector<std::uint32_t> document_numbers(std::span<const std::uint8_t> lengths,
                                            std::span<const std::uint32_t> groups) {
  struct Place {
    std::uint32_t group = 0;
    std::uint32_t by_id = 0;
    std::uint8_t length = 0;
  };
  std::vector<Place> places(lengths.size());
  for (std::uint32_t i = 0; i < places.size(); ++i)
    places[i] = {groups.empty() ? 0 : groups[i], i, lengths[i]};
  std::ranges::sort(places, {},
                    [](const Place& some) { return std::tuple(some.length, some.group, some.by_id); });
  std::vector<std::uint32_t> numbers(places.size());
  for (std::uint32_t number = 0; number < places.size(); ++number) numbers[places[number].by_id] = number;
  return numbers;
}

int grouping_field(const IndexSchema& schema, std::span<const std::size_t> values) {
  constexpr std::size_t variety = 64;  // values; with fewer the documents of one lie nearly everywhere
  const auto rank = [&](const Field& field) {
    const std::size_t count = values[field.number];
    const bool varied = count >= variety;
    return std::tuple(field.type == FieldType::Hierarchy, varied,
                      varied ? -static_cast<std::int64_t>(count) : static_cast<std::int64_t>(count));
  };
  const Field* best = nullptr;
  for (const Field& field : schema.fields) {
    if (!field.facet || !field.is_keyword() || values[field.number] == 0) continue;
    if (best == nullptr || rank(field) > rank(*best)) best = &field;
  }
  return best == nullptr ? -1 : best->number;
}

}  // namespace aisle
