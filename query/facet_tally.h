// How many documents have each value of a keyword field, over segments that number the values each in its own
// way.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "query/keyword_column.h"

namespace aisle {

// Counts by number; looks at texts only where the numbers of several segments meet, and there at no more
// values than may be among the most frequent. Borrows the columns' texts. One thread.
class FacetTally {
 public:
  using Value = std::pair<std::string_view, std::uint64_t>;

  // Returns how many of the documents have a value.
  std::uint64_t add(const KeywordColumn& column, std::span<const std::uint32_t> documents);
  void add(std::string_view value, std::uint64_t count) { texts_[value] += count; }
  void merge(const FacetTally& more);

  std::uint64_t count(std::string_view value) const;
  // Each value that `wanted` accepts, once, in no order.
  std::vector<Value> values(const std::function<bool(std::string_view)>& wanted) const;
  std::vector<Value> values() const;
  // At least the `count` most frequent values; of equally frequent ones those that come first by text.
  struct Top {
    std::vector<Value> values;
    bool all = true;  // there are no others; else more than `count` others when several segments were counted
  };
  Top most_frequent(std::size_t count) const;

 private:
  struct Count {
    std::uint32_t code = 0;
    std::uint32_t documents = 0;
  };
  struct Part {  // one column's values that some document has, by code
    const TermDictionary* texts = nullptr;
    std::vector<Count> counts;
    std::uint64_t count(std::string_view value) const;
  };

  static Top most_frequent_of(const Part& part, std::size_t count);
  std::size_t lists() const { return parts_.size() + (texts_.empty() ? 0 : 1); }
  // The `count`-th largest of some list; no list's value that is beyond `count` everywhere has more.
  std::uint64_t largest_nth(std::size_t count) const;
  std::vector<Value> at_least(std::uint64_t count) const;

  std::vector<Part> parts_;
  std::unordered_map<std::string_view, std::uint64_t> texts_;  // of small columns and of other nodes
};

}  // namespace aisle
