#include "query/name_numbers.h"

#include <algorithm>

#include "base/hash.h"

namespace aisle {

std::uint32_t NameNumbers::number_of(std::string_view wanted) {
  if ((ends_.size() + 1) * 3 > slots_.size() * 2) grow();
  const auto hash = static_cast<std::uint32_t>(hash64(wanted));
  std::size_t at = hash & (slots_.size() - 1);
  for (; slots_[at] != none; at = (at + 1) & (slots_.size() - 1)) {
    if (hashes_[slots_[at]] == hash && name(slots_[at]) == wanted) return slots_[at];
  }
  slots_[at] = size();
  text_ += wanted;
  ends_.push_back(text_.size());
  hashes_.push_back(hash);
  return slots_[at];
}

void NameNumbers::grow() {
  slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), none);
  for (std::uint32_t number = 0; number < hashes_.size(); ++number) {
    std::size_t at = hashes_[number] & (slots_.size() - 1);
    while (slots_[at] != none) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = number;
  }
}

std::pair<TermDictionary, std::vector<std::uint32_t>> NameNumbers::sorted(TermDictionary::Find find) const {
  std::vector<std::pair<std::string_view, std::uint32_t>> order;
  order.reserve(size());
  for (std::uint32_t number = 0; number < size(); ++number) order.emplace_back(name(number), number);
  std::ranges::sort(order);
  std::vector<std::string_view> names;
  names.reserve(order.size());
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    names.push_back(order[i].first);
    place[order[i].second] = i;
  }
  return {TermDictionary::build(names, find), std::move(place)};
}

}  // namespace aisle
