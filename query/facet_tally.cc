#include "query/facet_tally.h"

#include <algorithm>
#include <utility>

#include "query/prefetch.h"

namespace aisle {
namespace {

constexpr std::size_t small_max = 64;  // values of a column that are united by their texts at once

// Counts by code and the codes counted; all zero between two uses.
struct Scratch {
  std::vector<std::uint32_t> counts;
  std::vector<std::uint32_t> seen;
};

Scratch& scratch(std::size_t values, std::size_t documents) {
  thread_local Scratch some;
  if (some.counts.size() < values) some.counts.resize(values);
  const std::size_t most = std::min(values, documents) + 1;
  if (some.seen.size() < most) some.seen.resize(most);
  return some;
}

// Calls add(code) for each value of the documents; returns how many have one.
template <class Add>
std::uint64_t each_code(const KeywordColumn& column, std::span<const std::uint32_t> documents,
                        const Add& add) {
  std::uint64_t present = 0;
  if (!column.is_single()) {
    for (const std::uint32_t document : documents) {
      bool any = false;
      column.each_code(document, [&](std::uint32_t code) {
        add(code);
        any = true;
      });
      present += any ? 1U : 0U;
    }
    return present;
  }
  column.visit([&]<class Code>(std::span<const Code> codes) {
    each_block(
        documents, [&](std::uint32_t document) { prefetch(&codes[document]); },
        [&](std::size_t begin, std::size_t end) {
          for (const std::uint32_t document : documents.subspan(begin, end - begin)) {
            const Code code = codes[document];
            if (code == KeywordColumn::no_code_of<Code>) continue;
            add(code);
            ++present;
          }
        });
  });
  return present;
}

}  // namespace

std::uint64_t FacetTally::Part::count(std::string_view value) const {
  const TermId code = texts->find(value);
  const auto at = std::ranges::lower_bound(counts, code, {}, &Count::code);
  return at != counts.end() && at->code == code ? at->documents : 0;
}

std::uint64_t FacetTally::add(const KeywordColumn& column, std::span<const std::uint32_t> documents) {
  Part part{&column.values(), {}};
  const std::size_t values = column.values().size();
  Scratch& kept = scratch(values, documents.size() * (column.is_single() ? 1 : values));
  std::uint32_t* counts = kept.counts.data();
  std::uint64_t present = 0;
  if (documents.size() >= values / 2) {
    present = each_code(column, documents, [=](std::uint32_t code) { ++counts[code]; });
    for (std::uint32_t code = 0; code < values; ++code) {
      if (counts[code] > 0) part.counts.push_back({code, std::exchange(counts[code], 0)});
    }
  } else {
    std::uint32_t* end = kept.seen.data();
    present = each_code(column, documents, [&end, counts](std::uint32_t code) {
      *end = code;
      end += counts[code]++ == 0 ? 1 : 0;
    });
    const std::span codes(kept.seen.data(), end);
    std::ranges::sort(codes);
    part.counts.reserve(codes.size());
    for (const std::uint32_t code : codes) part.counts.push_back({code, std::exchange(counts[code], 0)});
  }
  if (part.counts.size() > small_max || lists() == 0) {
    parts_.push_back(std::move(part));
  } else {
    for (const Count& some : part.counts) texts_[part.texts->term(some.code)] += some.documents;
  }
  return present;
}

void FacetTally::merge(const FacetTally& more) {
  parts_.insert(parts_.end(), more.parts_.begin(), more.parts_.end());
  for (const auto& [value, count] : more.texts_) texts_[value] += count;
}

std::uint64_t FacetTally::count(std::string_view value) const {
  const auto found = texts_.find(value);
  std::uint64_t total = found == texts_.end() ? 0 : found->second;
  for (const Part& part : parts_) total += part.count(value);
  return total;
}

std::vector<FacetTally::Value> FacetTally::values(const std::function<bool(std::string_view)>& wanted) const {
  std::unordered_map<std::string_view, std::uint64_t> united;
  for (const auto& [value, count] : texts_) {
    if (wanted(value)) united[value] += count;
  }
  for (const Part& part : parts_) {
    for (const Count& some : part.counts) {
      const std::string_view value = part.texts->term(some.code);
      if (wanted(value)) united[value] += some.documents;
    }
  }
  return {united.begin(), united.end()};
}

std::vector<FacetTally::Value> FacetTally::values() const {
  if (parts_.empty()) return {texts_.begin(), texts_.end()};
  return values([](std::string_view) { return true; });
}

std::uint64_t FacetTally::largest_nth(std::size_t count) const {
  std::uint64_t largest = 0;
  std::vector<std::uint64_t> counts;
  const auto see = [&] {
    if (counts.size() >= count) {
      const auto nth = counts.begin() + static_cast<std::ptrdiff_t>(count) - 1;
      std::ranges::nth_element(counts, nth, std::greater<>());
      largest = std::max(largest, *nth);
    }
    counts.clear();
  };
  for (const auto& [value, some] : texts_) counts.push_back(some);
  see();
  for (const Part& part : parts_) {
    for (const Count& some : part.counts) counts.push_back(some.documents);
    see();
  }
  return largest;
}

// Values that some list has so often, each once, with what all lists count.
std::vector<FacetTally::Value> FacetTally::at_least(std::uint64_t count) const {
  std::vector<Value> found;
  for (const auto& [value, some] : texts_) {
    if (some >= count) found.emplace_back(value, 0);
  }
  for (const Part& part : parts_) {
    for (const Count& some : part.counts) {
      if (some.documents >= count) found.emplace_back(part.texts->term(some.code), 0);
    }
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  for (Value& value : found) value.second = this->count(value.first);
  return found;
}

FacetTally::Top FacetTally::most_frequent_of(const Part& part, std::size_t count) {
  std::vector<Count> counts = part.counts;
  if (counts.size() > count) {
    std::ranges::nth_element(
        counts, counts.begin() + static_cast<std::ptrdiff_t>(count), [](const Count& a, const Count& b) {
          return a.documents != b.documents ? a.documents > b.documents : a.code < b.code;
        });
    counts.resize(count);
  }
  Top top{{}, counts.size() == part.counts.size()};
  for (const Count& some : counts) top.values.emplace_back(part.texts->term(some.code), some.documents);
  return top;
}

// `count` values have at least as many documents as the count-th of one list. A value with as many in all has
// a fair share of them in one list at least.
FacetTally::Top FacetTally::most_frequent(std::size_t count) const {
  if (parts_.size() == 1 && texts_.empty()) return most_frequent_of(parts_.front(), count);
  const std::uint64_t nth = count == 0 || parts_.empty() ? 0 : largest_nth(count);
  const std::uint64_t share = (nth + lists() - 1) / std::max<std::size_t>(lists(), 1);
  if (share <= 1) return {values(), true};
  std::size_t longest = texts_.size();
  for (const Part& part : parts_) longest = std::max(longest, part.counts.size());
  Top top{at_least(share), false};
  if (longest <= top.values.size() + count) top = {values(), true};  // perhaps nothing is missing
  return top;
}

}  // namespace aisle
