#include "query/facets.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace aisle {
namespace {

bool more_frequent(const FacetValue& a, const FacetValue& b) {
  return a.count != b.count ? a.count > b.count : a.value < b.value;
}

// Keeps the `values_max` most frequent values and those that must stay; true when any went.
bool keep_most_frequent(std::vector<FacetValue>& values, std::size_t values_max) {
  std::ranges::sort(values, more_frequent);
  std::size_t rank = 0;
  const std::size_t gone =
      std::erase_if(values, [&](const FacetValue& value) { return rank++ >= values_max && !value.selected; });
  return gone > 0;
}

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

constexpr std::size_t levels_max = 32;  // no product has a longer path

// "A", "A > B" and "A > B > C" of the last; nothing of a path with too many levels.
std::vector<std::string> levels_of(const std::string& path, const std::string& separator) {
  std::vector<std::string> levels;
  for (std::size_t end = path.find(separator); end != std::string::npos;
       end = path.find(separator, end + separator.size())) {
    if (end > 0) levels.push_back(path.substr(0, end));
  }
  levels.push_back(path);
  if (path.empty() || levels.size() > levels_max) levels.clear();
  return levels;
}

// Selected paths and all above them.
std::set<std::string, std::less<>> opened(const std::vector<std::string>& selected,
                                          const std::string& separator) {
  std::set<std::string, std::less<>> open;
  for (const std::string& path : selected) {
    for (std::string& level : levels_of(path, separator)) open.insert(std::move(level));
  }
  return open;
}

}  // namespace

FacetCounter::FacetCounter(const Field& field, const FacetCounts& counts)
    : field_(&field),
      documents_(counts.documents),
      min_(counts.min),
      max_(counts.max),
      missing_max_(counts.missing_max) {
  __extension__ using Unsigned = unsigned __int128;
  const auto high = static_cast<Unsigned>(static_cast<std::uint64_t>(counts.sum_high));
  sum_ = static_cast<Int128>((high << 64U) | counts.sum_low);
  for (const auto& [value, count] : counts.values) tally_.add(value, count);
}

void FacetCounter::add(const SegmentView& view, std::span<const std::uint32_t> documents) {
  if (field_->is_number()) {
    add_numbers(view, documents);
  } else {
    documents_ += tally_.add(view.segment->keywords[field_->number], documents);
  }
}

void FacetCounter::add_numbers(const SegmentView& view, std::span<const std::uint32_t> documents) {
  const NumberColumn& column = view.numbers(field_->number);
  std::uint64_t trues = 0;
  std::uint64_t present = 0;
  column.each(documents, [&](std::size_t, std::int64_t value) {
    if (value == missing_number) return;
    if (documents_ + present == 0) min_ = max_ = value;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    sum_ += value;
    trues += value != 0 ? 1U : 0U;
    ++present;
  });
  documents_ += present;
  if (field_->type != FieldType::Bool) return;
  if (trues > 0) tally_.add("true", trues);
  if (present > trues) tally_.add("false", present - trues);
}

void FacetCounter::merge(const FacetCounter& more) {
  tally_.merge(more.tally_);
  if (more.documents_ > 0) {
    min_ = documents_ > 0 ? std::min(min_, more.min_) : more.min_;
    max_ = documents_ > 0 ? std::max(max_, more.max_) : more.max_;
  }
  sum_ += more.sum_;
  documents_ += more.documents_;
  missing_max_ += more.missing_max_;
}

FacetCounts FacetCounter::counts(const std::vector<std::string>& selected, std::size_t values_max) const {
  __extension__ using Unsigned = unsigned __int128;
  FacetCounts counts;
  counts.documents = documents_;
  counts.min = min_;
  counts.max = max_;
  counts.sum_low = static_cast<std::uint64_t>(static_cast<Unsigned>(sum_));
  counts.sum_high = static_cast<std::int64_t>(static_cast<std::uint64_t>(static_cast<Unsigned>(sum_) >> 64U));
  counts.missing_max = missing_max_;
  counts.values = tally_.values();
  if (counts.values.size() > FacetCounts::values_whole_max) cut(counts, selected, values_max);
  std::ranges::sort(counts.values);
  return counts;
}

// Keeps what can be shown: three times the values asked for and a few, and those that are shown in any case.
// Paths below closed ones are not shown at all.
void FacetCounter::cut(FacetCounts& counts, const std::vector<std::string>& selected,
                       std::size_t values_max) const {
  const bool tree = field_->type == FieldType::Hierarchy;
  const auto open = tree ? opened(selected, field_->separator)
                         : std::set<std::string, std::less<>>(selected.begin(), selected.end());
  if (tree) {
    std::erase_if(counts.values, [&](const auto& value) {
      const std::size_t end = value.first.rfind(field_->separator);
      return end != std::string_view::npos && end > 0 && !open.contains(value.first.substr(0, end));
    });
    if (counts.values.size() <= FacetCounts::values_whole_max) return;
  }
  std::ranges::sort(counts.values, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::size_t rank = 0;
  std::uint64_t dropped = 0;
  std::erase_if(counts.values, [&](const auto& value) {
    if (rank++ < 3 * values_max + 50 || open.contains(value.first)) return false;
    dropped = std::max(dropped, value.second);
    return true;
  });
  counts.missing_max += dropped;
}

FacetResult FacetCounter::flat(const std::vector<std::string>& selected, std::size_t values_max) const {
  FacetResult result;
  result.count = documents_;
  const FacetTally::Top top = tally_.most_frequent(values_max + selected.size());
  for (const auto& [value, count] : top.values) {
    if (!contains(selected, value)) result.values.push_back({std::string(value), count, false, {}});
  }
  for (const std::string& value : selected) result.values.push_back({value, tally_.count(value), true, {}});
  result.truncated = keep_most_frequent(result.values, values_max) || !top.all;
  return result;
}

FacetResult FacetCounter::tree(const std::vector<std::string>& selected, std::size_t values_max) const {
  FacetResult result;
  result.count = documents_;
  result.hierarchical = true;
  // Selected paths and what is above them are listed and opened.
  const auto open = opened(selected, field_->separator);
  const auto parent_of = [&](std::string_view path) {
    const std::size_t end = path.rfind(field_->separator);
    return path.substr(0, end == std::string_view::npos ? 0 : end);
  };
  const auto is_listed = [&](std::string_view path) {
    const std::string_view parent = parent_of(path);
    return parent.empty() || open.contains(parent);
  };
  std::map<std::string_view, std::uint64_t> counts;
  for (const auto& [path, count] : tally_.values(is_listed)) counts[path] = count;
  for (const std::string& level : open) counts.try_emplace(level, 0);
  std::map<std::string, std::vector<FacetValue>> levels;  // by the path above
  for (const auto& [path, count] : counts) {
    // an opened value stays listed whatever its count
    if (is_listed(path))
      levels[std::string(parent_of(path))].push_back({std::string(path), count, open.contains(path), {}});
  }
  const auto fill = [&](auto&& self, const std::string& parent, std::vector<FacetValue>& values) -> void {
    values = levels[parent];
    result.truncated |= keep_most_frequent(values, values_max);
    for (FacetValue& value : values) {
      if (value.selected) self(self, value.value, value.children);
      value.selected = contains(selected, value.value);
    }
  };
  fill(fill, "", result.values);
  return result;
}

FacetResult FacetCounter::statistics() const {
  FacetResult result;
  result.numeric = true;
  result.count = documents_;
  const bool any = documents_ > 0;
  result.min = any ? number_json(*field_, min_) : "null";
  result.max = any ? number_json(*field_, max_) : "null";
  if (field_->type != FieldType::Date) {
    result.avg = mean_json(*field_, sum_, documents_);
    result.sum = any ? sum_json(*field_, sum_) : "null";
  }
  return result;
}

FacetResult FacetCounter::result(const std::vector<std::string>& selected, std::size_t values_max) const {
  FacetResult result = field_->type == FieldType::Hierarchy                     ? tree(selected, values_max)
                       : field_->is_number() && field_->type != FieldType::Bool ? statistics()
                                                                                : flat(selected, values_max);
  result.field = field_->name;
  result.error_max = missing_max_;
  return result;
}

}  // namespace aisle
