// Exact counts of what a shopper can narrow to. Counts of several segments add up; nothing is sampled.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/facet_tally.h"
#include "query/search_result.h"
#include "query/segment.h"
#include "schemas/number_text.h"

namespace aisle {

// What one part of the shards counted, as it travels: all values when they are at most `values_whole_max`,
// else the most frequent and those that are shown in any case.
struct FacetCounts {
  static constexpr std::size_t values_whole_max = 5'000;

  std::uint64_t documents = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::int64_t sum_high = 0;  // of the 128 bits of the sum
  std::uint64_t sum_low = 0;
  std::uint64_t missing_max = 0;  // a value that is not listed may have that many products; 0: all are listed
  std::vector<std::pair<std::string_view, std::uint64_t>> values;  // by value
};

// Counts one field over the segments of a view, which must outlive it. One thread.
class FacetCounter {
 public:
  explicit FacetCounter(const Field& field) : field_(&field) {}
  // What another part counted; its texts must outlive this.
  FacetCounter(const Field& field, const FacetCounts& counts);

  void add(const SegmentView& view, std::span<const std::uint32_t> documents);
  // Adds the counts of other documents. What `more` counted must outlive this.
  void merge(const FacetCounter& more);
  // `selected` values are listed whatever their count; `values_max` bounds the others, by level in a
  // hierarchy.
  FacetResult result(const std::vector<std::string>& selected, std::size_t values_max) const;
  // For another node, which will call result() with the same arguments.
  FacetCounts counts(const std::vector<std::string>& selected, std::size_t values_max) const;
  const Field& field() const { return *field_; }

 private:
  void add_numbers(const SegmentView& view, std::span<const std::uint32_t> documents);
  FacetResult flat(const std::vector<std::string>& selected, std::size_t values_max) const;
  FacetResult tree(const std::vector<std::string>& selected, std::size_t values_max) const;
  FacetResult statistics() const;
  void cut(FacetCounts& counts, const std::vector<std::string>& selected, std::size_t values_max) const;

  const Field* field_;
  FacetTally tally_;
  std::uint64_t documents_ = 0;  // with a value
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  Int128 sum_ = 0;
  std::uint64_t missing_max_ = 0;
};

}  // namespace aisle
