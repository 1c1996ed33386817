// Exact counts of what a shopper can narrow to. Counts of several segments add up; nothing is sampled.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "query/search_result.h"
#include "query/segment.h"
#include "schemas/number_text.h"

namespace aisle {

// Counts one field over the segments of a view, which must outlive it. One thread.
class FacetCounter {
 public:
  explicit FacetCounter(const Field& field) : field_(&field) {}

  void add(const SegmentView& view, std::span<const std::uint32_t> documents);
  // Adds the counts of other documents. What `more` counted must outlive this.
  void merge(const FacetCounter& more);
  // `selected` values are listed whatever their count; `values_max` bounds the others, by level in a
  // hierarchy.
  FacetResult result(const std::vector<std::string>& selected, std::size_t values_max) const;
  const Field& field() const { return *field_; }

 private:
  void add_keywords(const SegmentView& view, std::span<const std::uint32_t> documents);
  void add_numbers(const SegmentView& view, std::span<const std::uint32_t> documents);
  FacetResult flat(const std::vector<std::string>& selected, std::size_t values_max) const;
  FacetResult tree(const std::vector<std::string>& selected, std::size_t values_max) const;
  FacetResult statistics() const;

  const Field* field_;
  std::unordered_map<std::string_view, std::uint64_t> counts_;  // views into the segments' dictionaries
  std::uint64_t documents_ = 0;                                 // with a value
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  Int128 sum_ = 0;
};

}  // namespace aisle
