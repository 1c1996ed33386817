// Explicit sorting by columns: "price:asc,released:desc".
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/limits.h"
#include "query/segment.h"
#include "schemas/index_schema.h"

namespace aisle {

struct SortKey {
  const Field* field = nullptr;
  bool descending = false;
};

// InvalidArgument names the unknown field, the direction or the limit.
Result<std::vector<SortKey>> compile_sort(const std::vector<std::string>& keys, const IndexSchema& schema,
                                          const QueryLimits& limits);

// One document's values for the keys, comparable across segments.
struct SortValues {
  struct Value {
    bool missing = true;
    std::int64_t number = 0;
    std::string_view text;
  };
  std::vector<Value> values;
};
SortValues sort_values(std::span<const SortKey> keys, const SegmentView& view, std::uint32_t document);

// Negative when a stands before b. Products without a value come last in both directions.
int compare(std::span<const SortKey> keys, const SortValues& a, const SortValues& b);

// The first `count` of ascending `documents` of one segment in order of one key or several; ties by
// id.
std::vector<std::uint32_t> first_in_order(std::span<const SortKey> keys, const SegmentView& view,
                                          std::span<const std::uint32_t> documents, std::size_t count);

}  // namespace aisle
